package dev.reliability.core.store;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Small versioned documents: streaks, windows of failures, cursors, incidents. Each method is one
 * atomic and durable step, may block, and may be called by many threads and, unless the
 * implementation says otherwise, by many processes. After a crash a document is the one before the
 * step or the one after it, never another and never none.
 *
 * <p>Keys and values are any strings, with NUL, line ends and halves of surrogate pairs among them,
 * and come back as they were.
 */
public interface StateStore {

  /** The version to write a document with that does not exist yet. */
  long NEW = 0;

  /**
   * A document.
   *
   * @param name its name: letters, digits and any of {@code . _ - / : @}, at most 200 characters
   * @param version counts the writes, from 1; where documents were removed, a new one begins behind
   *     the greatest version that a removed one had, so that no version of a name comes twice
   * @param values what it says, in any order
   */
  record Doc(String name, long version, Map<String, String> values) {
    /** Copies {@code values}. */
    public Doc {
      values = ImmutableMap.copyOf(values);
    }
  }

  /**
   * Checks the name of a document.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  static String checkedName(String name) {
    if (!DocNames.areFine(name)) {
      throw new IllegalArgumentException(
          "document name: expected 1 to 200 of letters, digits and . _ - / : @, got \""
              + name
              + "\"");
    }
    return name;
  }

  /**
   * The document of that name.
   *
   * @throws IllegalArgumentException if the name cannot be one
   */
  Optional<Doc> read(String name);

  /**
   * Writes a document if its version is still {@code expected}, or {@link #NEW} and there is none.
   *
   * @return whether it was written; its version is then {@code expected + 1}, or, if it is new, one
   *     more than the greatest version of any document that was removed
   * @throws IllegalArgumentException if the name cannot be one
   */
  boolean write(String name, long expected, Map<String, String> values);

  /**
   * Removes a document if its version is still {@code expected}.
   *
   * @return whether it was removed
   * @throws IllegalArgumentException if the name cannot be one
   */
  boolean remove(String name, long expected);

  /** The names that begin with {@code prefix}, in order. */
  List<String> names(String prefix);
}
