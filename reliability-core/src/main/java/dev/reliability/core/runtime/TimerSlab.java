package dev.reliability.core.runtime;

import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;

/**
 * The memory of one stripe's timers: entries that are numbered, not objects, in chunks of primitive
 * arrays.
 *
 * <p>An entry costs three longs and two references (32 bytes), whatever happens to it; linking one
 * into a list writes no reference, so no garbage collector's write barrier is paid for it. A freed
 * entry is the next to be used again, and once none is in use all chunks but the first are given
 * back. Entry 0 does not exist: {@link #NONE}. Not thread-safe.
 */
final class TimerSlab {
  /** No entry. */
  static final int NONE = 0;

  /** The largest number an entry can have: a timer's id has this many bits for it. */
  static final int LAST_INDEX = (1 << 27) - 1;

  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
  private static final int CHUNK_MASK = CHUNK_SIZE - 1;
  private static final long LOW = 0xffff_ffffL;

  /**
   * Per entry: the deadline; the next (high) and the previous entry (low); the generation (high)
   * and the slot (low).
   */
  private static final int WORDS = 3;

  /** Per entry: the task, then the strand. */
  private static final int REFERENCES = 2;

  private long[][] words = new long[4][];
  private Object[][] references = new Object[4][];
  private int chunks;
  private int unused = 1; // the lowest number that was never handed out
  private int free = NONE; // the first of the freed entries, linked by "next"
  private int generation;
  private int live;

  /** Entries in use. */
  int live() {
    return live;
  }

  /** Entries there is memory for. */
  int capacity() {
    return chunks << CHUNK_BITS;
  }

  /**
   * Takes an entry into use. Each has its own generation, which tells it from any other that had or
   * will have its number.
   *
   * @throws RejectedExecutionException if there are more than a hundred million already
   */
  int allocate(long deadline, Strand strand, Runnable task) {
    int index = free;
    if (index == NONE) {
      index = unused;
      if (index >>> CHUNK_BITS == chunks) {
        addChunk();
      }
      unused++;
    } else {
      free = next(index);
    }
    if (++generation == 0) {
      generation = 1; // 0 marks an entry that is not in use
    }
    live++;
    int word = word(index);
    long[] chunk = words[index >>> CHUNK_BITS];
    chunk[word] = deadline;
    chunk[word + 2] = (long) generation << 32;
    Object[] held = references[index >>> CHUNK_BITS];
    int reference = (index & CHUNK_MASK) * REFERENCES;
    held[reference] = task;
    held[reference + 1] = strand;
    return index;
  }

  void release(int index) {
    Object[] held = references[index >>> CHUNK_BITS];
    int reference = (index & CHUNK_MASK) * REFERENCES;
    held[reference] = null;
    held[reference + 1] = null;
    long[] chunk = words[index >>> CHUNK_BITS];
    int word = word(index);
    chunk[word + 1] = (long) free << 32;
    chunk[word + 2] = 0;
    free = index;
    if (--live == 0 && chunks > 1) {
      forgetAll();
    }
  }

  /** Whether the entry is in use and of this generation. */
  boolean isCurrent(int index, int expected) {
    return index != NONE && index < unused && expected != 0 && generation(index) == expected;
  }

  long deadline(int index) {
    return words[index >>> CHUNK_BITS][word(index)];
  }

  Runnable task(int index) {
    return (Runnable) references[index >>> CHUNK_BITS][(index & CHUNK_MASK) * REFERENCES];
  }

  Strand strand(int index) {
    return (Strand) references[index >>> CHUNK_BITS][(index & CHUNK_MASK) * REFERENCES + 1];
  }

  int generation(int index) {
    return (int) (words[index >>> CHUNK_BITS][word(index) + 2] >>> 32);
  }

  int slot(int index) {
    return (int) words[index >>> CHUNK_BITS][word(index) + 2];
  }

  int next(int index) {
    return (int) (words[index >>> CHUNK_BITS][word(index) + 1] >>> 32);
  }

  int previous(int index) {
    return (int) words[index >>> CHUNK_BITS][word(index) + 1];
  }

  /**
   * Puts the entry in front of {@code head}, which may be {@link #NONE}, in the list of {@code
   * slot}.
   */
  void linkBefore(int head, int index, int slot) {
    long[] chunk = words[index >>> CHUNK_BITS];
    int word = word(index);
    chunk[word + 1] = (long) head << 32;
    chunk[word + 2] = (chunk[word + 2] & ~LOW) | slot;
    if (head != NONE) {
      long[] neighbour = words[head >>> CHUNK_BITS];
      int link = word(head) + 1;
      neighbour[link] = (neighbour[link] & ~LOW) | index;
    }
  }

  /** Makes the neighbours of an entry each other's. */
  void unlink(int next, int previous) {
    if (next != NONE) {
      long[] chunk = words[next >>> CHUNK_BITS];
      int link = word(next) + 1;
      chunk[link] = (chunk[link] & ~LOW) | previous;
    }
    if (previous != NONE) {
      long[] chunk = words[previous >>> CHUNK_BITS];
      int link = word(previous) + 1;
      chunk[link] = (chunk[link] & LOW) | (long) next << 32;
    }
  }

  private static int word(int index) {
    return (index & CHUNK_MASK) * WORDS;
  }

  private void addChunk() {
    if (chunks > LAST_INDEX >>> CHUNK_BITS) {
      throw new RejectedExecutionException("too many timers: " + live + " are pending");
    }
    if (chunks == words.length) {
      references = Arrays.copyOf(references, chunks * 2);
      words = Arrays.copyOf(words, chunks * 2);
    }
    references[chunks] = new Object[CHUNK_SIZE * REFERENCES];
    words[chunks] = new long[CHUNK_SIZE * WORDS];
    chunks++;
  }

  private void forgetAll() {
    Arrays.fill(words, 1, chunks, null);
    Arrays.fill(references, 1, chunks, null);
    chunks = 1;
    unused = 1;
    free = NONE;
    // the generation goes on: an id from before must not fit an entry from after
  }
}
