package dev.reliability.whatsapp;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message that came. Immutable.
 *
 * @param id WhatsApp's name for it, unique within its chat
 * @param chat where it was said: a person's jid or a group's
 * @param sender who said it; null if nobody said
 * @param isFromMe whether this account said it, on another device
 * @param name how the sender calls himself; null if nobody said
 * @param at when, by the sender's server
 * @param kind what it is, in the words of the library behind the socket, such as {@code
 *     conversation}
 * @param text its text, or the caption of what it shows; null if it has none
 * @param isTruncated whether the text was longer than what is handed on
 * @param isLive false for what came before the link was open and is made up for
 */
public record IncomingMessage(
    String id,
    String chat,
    @Nullable String sender,
    boolean isFromMe,
    @Nullable String name,
    Instant at,
    String kind,
    @Nullable String text,
    boolean isTruncated,
    boolean isLive) {

  /** Checks that nothing is null that must not be. */
  public IncomingMessage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(chat, "chat");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(kind, "kind");
  }
}
