package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Some lines of a file, and what each of them is. One thread fills it, any one thread finds out
 * what its lines are, and one goes through them. Used again and again.
 */
final class Chunk {
  private static final int MOST_LINES = 4096; // known at a time: there may be many empty ones

  private final LineSorter sorter;
  private byte[] bytes = {};
  private int length;
  private long offset;
  private boolean terminated;
  private boolean tooLong;

  /** Up to where the lines are known. */
  private int sorted;

  private int count;
  private int next;
  private @Nullable Object[] what = new @Nullable Object[512];
  private long[] seqs = new long[512];
  private long[] times = new long[512];
  private int[] starts = new int[512];

  /** Whoever takes it out finds out what the lines are. */
  private final AtomicReference<@Nullable CompletableFuture<Void>> waiting =
      new AtomicReference<>();

  private @Nullable CompletableFuture<Void> done;

  /** What a line is that is no event. */
  record Fault(String why) {}

  Chunk(LineSorter sorter) {
    this.sorter = sorter;
  }

  // ---- for who reads the file ----

  /** An array of at least so many bytes, which has what was in it before. */
  byte[] room(int size) {
    if (bytes.length < size) {
      bytes = Arrays.copyOf(bytes, size);
    }
    return bytes;
  }

  /** So many bytes of the array are lines, the first of which begins at an offset of the file. */
  void fill(long fileOffset, int size, boolean isTerminated) {
    reset(fileOffset, size, isTerminated);
    tooLong = false;
  }

  /** Instead of lines there is one that is too long to be looked at. */
  void tooLong(long fileOffset, boolean isTerminated) {
    reset(fileOffset, 0, isTerminated);
    tooLong = true;
  }

  private void reset(long fileOffset, int size, boolean isTerminated) {
    offset = fileOffset;
    length = size;
    terminated = isTerminated;
    sorted = 0;
    count = 0;
    next = -1;
    done = null;
    waiting.set(null);
  }

  // ---- for who helps ----

  /** To be done by any thread, as long as nobody else did: see {@link #help()}. */
  void offer() {
    CompletableFuture<Void> offered = new CompletableFuture<>();
    done = offered;
    waiting.set(offered);
  }

  /** Whether somebody has begun and is not done. */
  boolean isBusy() {
    CompletableFuture<Void> offered = done;
    return offered != null && waiting.get() == null && !offered.isDone();
  }

  boolean isOffered() {
    return done != null;
  }

  /** Finds out what the lines are, if nobody has begun with that. */
  void help() {
    CompletableFuture<Void> mine = waiting.getAndSet(null);
    if (mine != null) {
      try {
        sort();
        mine.complete(null);
      } catch (RuntimeException | Error e) {
        mine.completeExceptionally(e); // for who waits for it
      }
    }
  }

  // ---- for who goes through the lines ----

  /** Goes to the next line; false if there is none. */
  boolean next() {
    CompletableFuture<Void> offered = done;
    if (offered != null) {
      done = null;
      help();
      offered.join(); // from here on it is nobody else's
    }
    next++;
    if (tooLong) {
      return next == 0;
    }
    if (next == count && sorted < length) {
      sort();
      next = 0;
    }
    return next < count;
  }

  /**
   * The line: an {@link Event} to be given, the epoch of one that is left out as a {@link String},
   * or a {@link Fault}.
   */
  Object what() {
    Object found = tooLong ? LineSorter.TOO_LONG : what[next];
    if (found == null) {
      throw new IllegalStateException("there is no line");
    }
    return found;
  }

  /** The sequence number of an event. */
  long seq() {
    return seqs[next];
  }

  /** The time of an event. */
  long millis() {
    return times[next];
  }

  /** Where the line begins in the file. */
  long offset() {
    return tooLong ? offset : offset + starts[next];
  }

  /** Whether the line ends with a line break. */
  boolean isTerminated() {
    return terminated || (!tooLong && (next < count - 1 || sorted < length));
  }

  // ---- finding out ----

  private void sort() {
    count = 0;
    int at = sorted;
    while (at < length && count < MOST_LINES) {
      if (count == what.length) {
        what = Arrays.copyOf(what, 2 * count);
        seqs = Arrays.copyOf(seqs, 2 * count);
        times = Arrays.copyOf(times, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count] = at;
      int end = sorter.line(bytes, at, length);
      what[count] = sorter.what;
      seqs[count] = sorter.seq;
      times[count] = sorter.millis;
      count++;
      at = end + 1;
    }
    sorted = Math.min(at, length);
  }
}
