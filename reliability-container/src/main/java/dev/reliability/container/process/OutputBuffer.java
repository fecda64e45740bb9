package dev.reliability.container.process;

import dev.reliability.container.ProtocolError;
import dev.reliability.container.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one pump reads into. The last bytes read stay where they are as the tail for diagnosis, so
 * keeping it costs no copy per read; the first ones are copied once. Takes memory only as output
 * comes, and never more than its settings say.
 *
 * <p>One thread reads into it; a {@link #snapshot} may be taken by anybody at any time. Reads are
 * as large as the JDK passes through without buffers of its own, and small enough that what was
 * read is still in the processor's nearest cache when it is framed: larger ones cost more.
 */
final class OutputBuffer {
  /** Bytes per read. */
  static final int READ = 8 * 1024;

  private static final int READS_BEFORE_MOVE = 3;
  private static final int ERRORS_KEPT = 16;

  private final ReentrantLock lock =
      new ReentrantLock(); // for moves and snapshots; a read takes none
  private final int headBytes;
  private final int tailBytes;
  private byte[] head = new byte[0];
  private int headUsed;
  private byte[] bytes = {'\n'}; // so that the stream begins as if a line had just ended
  private volatile int end = 1; // everything before it was read
  private long moved; // bytes that are in here no more
  private long dropped;
  private long errorCount;
  private final List<ProtocolError> errors = new ArrayList<>(0);

  OutputBuffer(int headBytes, int tailBytes) {
    this.headBytes = headBytes;
    this.tailBytes = tailBytes;
  }

  // --- for the pump --------------------------------------------------------------------------

  /** The array to read into, as it is after the last {@link #makeRoom}. */
  byte[] array() {
    return bytes;
  }

  int end() {
    return end;
  }

  /**
   * Makes room for one read and one byte more.
   *
   * @param needed bytes before {@link #end} that must stay, beside the tail
   * @return how far everything has moved to the front
   */
  int makeRoom(int needed) {
    if (bytes.length - end > READ) {
      return 0;
    }
    lock.lock();
    try {
      int stay = Math.min(end, Math.max(needed, tailBytes));
      int far = end - stay;
      int most = Math.max(needed, tailBytes) + READS_BEFORE_MOVE * READ + 1;
      byte[] to = bytes.length < most ? new byte[Math.min(most, 2 * bytes.length + READ)] : bytes;
      if (to.length - end > READ) {
        far = 0; // it grew enough
      }
      System.arraycopy(bytes, far, to, 0, end - far);
      int kept = end - far;
      bytes = to;
      moved += far;
      end = kept; // only the reading thread writes it
      return far;
    } finally {
      lock.unlock();
    }
  }

  /** {@code count} bytes were read behind {@link #end}. */
  void added(int count) {
    int from = end;
    if (headUsed < headBytes) {
      addHead(from, count);
    }
    end = from + count;
  }

  void dropped(long count) {
    lock.lock();
    try {
      dropped += count;
    } finally {
      lock.unlock();
    }
  }

  void violation(ProtocolError.Kind kind, long offset) {
    lock.lock();
    try {
      errorCount++;
      if (errors.size() < ERRORS_KEPT) {
        errors.add(new ProtocolError(kind, offset));
      }
    } finally {
      lock.unlock();
    }
  }

  // --- for everybody -------------------------------------------------------------------------

  Transcript.Stream snapshot() {
    lock.lock();
    try {
      int last = end;
      long total = moved + last - 1;
      long behindHead = Math.max(0, total - headUsed);
      int kept = (int) Math.min(behindHead, tailBytes);
      return new Transcript.Stream(
          total,
          new String(head, 0, headUsed, StandardCharsets.UTF_8),
          new String(bytes, last - kept, kept, StandardCharsets.UTF_8),
          behindHead - kept,
          dropped,
          errorCount,
          errors);
    } finally {
      lock.unlock();
    }
  }

  private void addHead(int from, int count) {
    lock.lock();
    try {
      int take = Math.min(count, headBytes - headUsed);
      if (headUsed + take > head.length) {
        head = Arrays.copyOf(head, Math.min(headBytes, Math.max(headUsed + take, 2 * head.length)));
      }
      System.arraycopy(bytes, from, head, headUsed, take);
      headUsed += take;
    } finally {
      lock.unlock();
    }
  }
}
