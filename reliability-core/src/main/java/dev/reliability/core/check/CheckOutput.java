package dev.reliability.core.check;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The last that a check's attempt put out: 16 KiB of standard output and as much of standard error,
 * however much there is, and never shown but through a {@link Masker}. Thread-safe; appending costs
 * a lock that is held for a copy.
 */
public final class CheckOutput {
  /** Bytes kept of each stream: more than is shown, so that secrets are recognised. */
  public static final int KEPT = 16 * 1024;

  private final Tail out = new Tail();
  private final Tail err = new Tail();

  /** Nothing so far. */
  public CheckOutput() {}

  /** Adds text. */
  public void append(String text, boolean isError) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    append(bytes, 0, bytes.length, isError);
  }

  /**
   * Adds bytes, which are taken for UTF-8 later.
   *
   * @throws IndexOutOfBoundsException if there are fewer of them
   */
  public void append(byte[] bytes, int from, int length, boolean isError) {
    (isError ? err : out).append(bytes, from, length);
  }

  /** Forgets everything, for whoever has the whole of it anew. */
  public void clear() {
    out.clear();
    err.clear();
  }

  /**
   * What people should see: the end of standard error, of standard output if there is none.
   *
   * @param most how many characters at most
   */
  public String snippet(Masker masker, int most) {
    String errors = err.shown(masker, most);
    return errors.isBlank() ? out.shown(masker, most) : errors;
  }

  /** A ring of the last bytes. */
  private static final class Tail {
    private final byte[] ring = new byte[KEPT];
    private long total;

    synchronized void append(byte[] bytes, int from, int length) {
      Objects.checkFromIndexSize(from, length, bytes.length);
      int skipped = Math.max(0, length - KEPT);
      total += skipped;
      for (int at = from + skipped; at < from + length; ) {
        int to = (int) (total % KEPT);
        int step = Math.min(from + length - at, KEPT - to);
        System.arraycopy(bytes, at, ring, to, step);
        at += step;
        total += step;
      }
    }

    synchronized void clear() {
      total = 0;
    }

    String shown(Masker masker, int most) {
      byte[] copy;
      boolean cut;
      synchronized (this) {
        cut = total > KEPT;
        int start = cut ? (int) (total % KEPT) : 0;
        copy = new byte[(int) Math.min(total, KEPT)];
        System.arraycopy(ring, start, copy, 0, copy.length - start);
        System.arraycopy(ring, 0, copy, copy.length - start, start);
      }
      return masker.tail(new String(copy, StandardCharsets.UTF_8), cut, most);
    }
  }
}
