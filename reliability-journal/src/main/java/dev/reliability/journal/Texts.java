package dev.reliability.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * ASCII texts that came lately, so that one that comes again is the same object: most do, and then
 * it is neither made nor hashed nor kept twice. Not thread-safe.
 */
final class Texts {
  private static final int SIZE = 1024; // a power of two
  private static final int LONGEST = 64;

  private final @Nullable String[] texts = new @Nullable String[SIZE];
  private final byte[][] spellings = new byte[SIZE][];

  /** The text that these bytes are. */
  String text(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    int at = ByteWords.hash(bytes, from, length) & (SIZE - 1);
    String known = texts[at];
    if (known != null && known.length() == length && ByteWords.equal(bytes, from, spellings[at])) {
      return known;
    }
    String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    texts[at] = text;
    spellings[at] = Arrays.copyOfRange(bytes, from, from + length);
    return text;
  }
}
