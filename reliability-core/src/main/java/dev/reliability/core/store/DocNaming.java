package dev.reliability.core.store;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names for documents about things whose names may hold anything. */
public final class DocNaming {
  private static final int LONGEST = 120;

  private DocNaming() {}

  /**
   * {@code kind/name}, or {@code kind/name/name}: with every byte of a name that a document's name
   * cannot hold, and every slash, spelled {@code @2f}, and a name that is too long cut and made
   * unique by a hash. Different names give different documents.
   *
   * @throws IllegalArgumentException naming the name that has half of a surrogate pair or NUL in it
   */
  public static String document(String kind, String... names) {
    StringBuilder document = new StringBuilder(kind);
    for (String name : names) {
      StoredText.checkText("name", name);
      document.append('/').append(spelled(name, LONGEST / names.length));
    }
    return document.toString();
  }

  private static String spelled(String name, int longest) {
    StringBuilder spelled = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c == '@' || c == '/' || c >= 0x80 || !DocNames.areFine(String.valueOf(c))) {
        spelled.append(String.format("@%02x", (int) c));
      } else {
        spelled.append(c);
      }
    }
    if (spelled.length() > longest) {
      UUID hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      spelled.setLength(longest);
      spelled.append("@@").append(hash);
    }
    return spelled.toString();
  }
}
