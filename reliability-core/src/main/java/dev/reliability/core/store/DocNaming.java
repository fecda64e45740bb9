package dev.reliability.core.store;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names for documents about things whose names may hold anything. */
public final class DocNaming {
  private static final int LONGEST = 120;

  private DocNaming() {}

  /**
   * {@code kind/name}, with every byte of the name that a document's name cannot hold spelled
   * {@code @2f}, and one that is too long cut and made unique by a hash.
   */
  public static String document(String kind, String name) {
    StringBuilder spelled = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c == '@' || c >= 0x80 || !DocNames.areFine(String.valueOf(c))) {
        spelled.append(String.format("@%02x", (int) c));
      } else {
        spelled.append(c);
      }
    }
    if (spelled.length() > LONGEST) {
      UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      spelled.setLength(LONGEST);
      spelled.append("@@").append(hash);
    }
    return kind + "/" + spelled;
  }
}
