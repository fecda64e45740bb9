package dev.reliability.core.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What a document of a {@link StateStore} says, read by whoever wrote it. Pure functions. */
public final class DocValues {
  private DocValues() {}

  /**
   * A value that has to be there.
   *
   * @throws NullPointerException naming the key if it is not
   */
  public static String text(Map<String, String> values, String key) {
    return Objects.requireNonNull(values.get(key), key);
  }

  /**
   * A whole number that has to be there.
   *
   * @throws NullPointerException naming the key if it is not
   * @throws NumberFormatException if it is none
   */
  public static long number(Map<String, String> values, String key) {
    return Long.parseLong(text(values, key));
  }

  /**
   * A time that has to be there.
   *
   * @throws NullPointerException naming the key if it is not
   * @throws DateTimeException if it is none
   */
  public static Instant time(Map<String, String> values, String key) {
    return Instant.parse(text(values, key));
  }

  /**
   * Reads a whole document.
   *
   * @param what it should be, such as {@code incident}
   * @throws StoreException naming the document if something is missing or cannot be read
   */
  public static <T> T read(
      String document,
      String what,
      Map<String, String> values,
      Function<Map<String, String>, T> as) {
    try {
      return as.apply(values);
    } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
      throw new StoreException("document " + document + " is no " + what + ": " + e, e);
    }
  }
}
