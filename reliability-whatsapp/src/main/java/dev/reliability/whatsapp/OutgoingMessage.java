package dev.reliability.whatsapp;

import dev.reliability.whatsapp.wire.Json;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A message to send. Immutable.
 *
 * @param id the host's own name for it, unique: 1 to 64 letters, digits, {@code -} and {@code _}
 * @param jid to whom, in WhatsApp's spelling, such as {@code 4915112345678@s.whatsapp.net}
 * @param content what it says: a JSON object in the words of Baileys, such as {@code
 *     {"text":"hello"}}
 */
public record OutgoingMessage(String id, String jid, String content) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern JID = Pattern.compile("[^@\\s]{1,128}@[A-Za-z0-9.-]{1,64}");

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one cannot be used
   */
  public OutgoingMessage {
    Objects.requireNonNull(content, "content");
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "id: expected 1 to 64 letters, digits, - and _, got \"" + id + "\"");
    }
    if (!JID.matcher(jid).matches()) {
      throw new IllegalArgumentException(
          "jid: expected a name, @ and a server, such as 4915112345678@s.whatsapp.net, got \""
              + jid
              + "\"");
    }
    Json.requireObject("content", content);
  }

  /** A message of text. */
  public static OutgoingMessage text(String id, String jid, String text) {
    return new OutgoingMessage(id, jid, Json.object("text", text));
  }
}
