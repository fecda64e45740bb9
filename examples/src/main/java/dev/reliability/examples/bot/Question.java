package dev.reliability.examples.bot;

import dev.reliability.whatsapp.IncomingMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What somebody asked, as it stands in the queue.
 *
 * @param chat where
 * @param text what
 */
record Question(String chat, String text) {

  /** Under which item it stands: senders choose their ids, so nothing but a digest is safe. */
  static String item(IncomingMessage message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((message.chat() + "\n" + message.id()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** As the queue keeps it. */
  static String payload(IncomingMessage message) {
    return message.chat() + "\n" + String.valueOf(message.text()).replace("\0", "");
  }

  static Question of(String payload) {
    int end = payload.indexOf('\n');
    return new Question(payload.substring(0, end), payload.substring(end + 1));
  }
}
