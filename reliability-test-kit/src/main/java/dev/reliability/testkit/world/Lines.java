package dev.reliability.testkit.world;

import java.util.Arrays;

/**
 * The strands by number: what each has due at the instant being run, and what decides whose turn it
 * is.
 *
 * <p>Kept apart from the {@link SimStrand strands} themselves, in arrays that are small enough to
 * stay in the processor's cache.
 */
final class Lines {
  static final int NONE = Slots.NONE;

  private static final int FEW = 64;
  private static final int FIELDS = 4;
  private static final int TAIL = 1;
  private static final int RUNS = 2;
  private static final int INSTANT = 3;

  private String[] labels = new String[FEW];
  private long[] tieKeys = new long[FEW];
  private int[] fields = new int[FEW * FIELDS];
  private int size;

  /** A new line, empty. */
  int add(String label, long tieKey) {
    int line = size++;
    if (line == tieKeys.length) {
      labels = Arrays.copyOf(labels, line * 2);
      tieKeys = Arrays.copyOf(tieKeys, line * 2);
      fields = Arrays.copyOf(fields, line * 2 * FIELDS);
    }
    labels[line] = label;
    tieKeys[line] = tieKey;
    fields[line * FIELDS] = NONE;
    fields[line * FIELDS + TAIL] = NONE;
    return line;
  }

  String label(int line) {
    return labels[line];
  }

  long tieKey(int line) {
    return tieKeys[line];
  }

  int head(int line) {
    return fields[line * FIELDS];
  }

  void head(int line, int slot) {
    fields[line * FIELDS] = slot;
  }

  int tail(int line) {
    return fields[line * FIELDS + TAIL];
  }

  void tail(int line, int slot) {
    fields[line * FIELDS + TAIL] = slot;
  }

  /** How many tasks of the line ran at the instant with this number. */
  int runs(int line, int instant) {
    return fields[line * FIELDS + INSTANT] == instant ? fields[line * FIELDS + RUNS] : 0;
  }

  void ran(int line, int instant) {
    int runs = runs(line, instant);
    fields[line * FIELDS + INSTANT] = instant;
    fields[line * FIELDS + RUNS] = runs + 1;
  }
}
