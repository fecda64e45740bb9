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
  private static final int FIELDS = 2;
  private static final int INSTANT = 1;

  private String[] labels = new String[FEW];
  private long[] keys = new long[FEW];
  private long[] turns = new long[FEW];

  /** Tail, and the number of the instant to which the turn belongs: side by side. */
  private int[] fields = new int[FEW * FIELDS];

  private int size;

  /** A new line, empty. */
  int add(String label, long key) {
    int line = size++;
    if (line == keys.length) {
      int length = line * 2;
      labels = Arrays.copyOf(labels, length);
      keys = Arrays.copyOf(keys, length);
      turns = Arrays.copyOf(turns, length);
      fields = Arrays.copyOf(fields, length * FIELDS);
    }
    labels[line] = label;
    keys[line] = key;
    tail(line, NONE);
    return line;
  }

  String label(int line) {
    return labels[line];
  }

  /** What decides, with the instant, when it is this line's turn. */
  long key(int line) {
    return keys[line];
  }

  /** The last slot in the line, or {@link #NONE} if it is empty. */
  int tail(int line) {
    return fields[line * FIELDS];
  }

  void tail(int line, int slot) {
    fields[line * FIELDS] = slot;
  }

  /** The turn that was set last for this line at the instant with this number; -1 if none was. */
  long lastTurn(int line, int instant) {
    return fields[line * FIELDS + INSTANT] == instant ? turns[line] : -1;
  }

  void lastTurn(int line, int instant, long turn) {
    fields[line * FIELDS + INSTANT] = instant;
    turns[line] = turn;
  }
}
