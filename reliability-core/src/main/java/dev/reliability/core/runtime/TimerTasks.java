package dev.reliability.core.runtime;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the timers of one stripe run and where: two references for each timer, in chunks. Not
 * thread-safe.
 *
 * <p>Apart from the links between timers, because a reference that is written into an old object
 * costs a memory fence under the G1 collector. A chunk that is written to a lot is therefore
 * {@linkplain #renew renewed} now and then, and so stays young.
 */
final class TimerTasks {
  private static final int CHUNK_BITS = 10;
  private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;

  private @Nullable Object[][] chunks = new Object[4][];
  private int count;

  /** Makes room for timers up to and including {@code index}. */
  void reserve(int index) {
    while (index >>> CHUNK_BITS >= count) {
      if (count == chunks.length) {
        chunks = Arrays.copyOf(chunks, count * 2);
      }
      chunks[count] = new Object[2 << CHUNK_BITS];
      count++; // not before: there may be no memory
    }
  }

  /** Gives all memory back. */
  void clear() {
    chunks = new Object[4][];
    count = 0;
  }

  void put(int index, Runnable task, Strand strand) {
    @Nullable Object[] chunk = chunks[index >>> CHUNK_BITS];
    int at = (index & CHUNK_MASK) * 2;
    chunk[at] = task;
    chunk[at + 1] = strand;
  }

  void remove(int index) {
    @Nullable Object[] chunk = chunks[index >>> CHUNK_BITS];
    int at = (index & CHUNK_MASK) * 2;
    chunk[at] = null;
    chunk[at + 1] = null;
  }

  Runnable task(int index) {
    return (Runnable)
        Objects.requireNonNull(chunks[index >>> CHUNK_BITS][(index & CHUNK_MASK) * 2]);
  }

  Strand strand(int index) {
    return (Strand)
        Objects.requireNonNull(chunks[index >>> CHUNK_BITS][(index & CHUNK_MASK) * 2 + 1]);
  }

  /** Moves the chunk around {@code index} to young memory. */
  void renew(int index) {
    chunks[index >>> CHUNK_BITS] = chunks[index >>> CHUNK_BITS].clone();
  }
}
