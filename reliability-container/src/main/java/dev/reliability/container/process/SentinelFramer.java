package dev.reliability.container.process;

import dev.reliability.container.Framing;
import dev.reliability.container.ProtocolError.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Payloads between two lines.
 *
 * <p>It does not look at every line. "Line feed, sentinel" is so long that one byte out of each
 * stretch of that length is enough: unless the byte occurs in a sentinel, and the byte beside it
 * next to it, none lies across it. Only where they do, the line feeds of the stretch are looked at,
 * so no output costs much more than a search for line feeds does.
 *
 * <p>Between two reads, positions are relative to the first undecided byte; during one, to the
 * buffer. The stream begins as if a line had just ended.
 */
final class SentinelFramer implements Framer {
  private static final VarHandle PAIRS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int HASHES = 4096;

  private final byte[] start;
  private final byte[] end;
  private final int stride;
  private final long bytes; // a bit for each byte in a sentinel; some bytes share one
  private final byte[] pairs = new byte[HASHES]; // 1: a pair with this hash is in a sentinel
  private final FrameSink sink;
  private final PayloadBuffer payload;

  private boolean inside;
  private int payloadFrom; // position of the first byte of a payload that is not gathered yet
  private long base = -1; // offset in the stream of position 0

  /**
   * A framer.
   *
   * @param nonce what stands behind each sentinel; null for nothing
   */
  SentinelFramer(Framing.Sentinels framing, @Nullable Nonce nonce, FrameSink sink) {
    String behind = nonce == null ? "" : " " + nonce.value();
    this.start = ("\n" + framing.start() + behind).getBytes(StandardCharsets.UTF_8);
    this.end = ("\n" + framing.end() + behind).getBytes(StandardCharsets.UTF_8);
    this.stride = Math.min(start.length, end.length);
    this.sink = sink;
    this.payload = new PayloadBuffer(framing.maxPayloadBytes(), nonce != null, sink);
    long seen = 0;
    for (byte[] pattern : new byte[][] {start, end}) {
      for (int i = 0; i < stride; i++) {
        seen |= 1L << (pattern[i] >> 1); // of the distance of a shift the lower six bits count
        if (i > 0) {
          pairs[hash(pattern, i - 1)] = 1;
        }
      }
    }
    this.bytes = seen;
  }

  @Override
  public int mostKept() {
    return Math.max(start.length, end.length) + 1;
  }

  @Override
  public int before() {
    return 1;
  }

  @Override
  public int feed(byte[] buffer, int from, int to) {
    payloadFrom += from;
    base -= from;
    int undecided = search(buffer, from, to);
    if (inside && undecided > payloadFrom) {
      payload.append(buffer, payloadFrom, undecided);
      payloadFrom = undecided;
    }
    payloadFrom -= undecided;
    base += undecided;
    return to - undecided;
  }

  @Override
  public void close(byte[] buffer, int from, int to) {
    buffer[to] = '\n';
    int left = feed(buffer, from, to + 1);
    if (inside) {
      payload.append(
          buffer, to + 1 - left + payloadFrom, to); // without the line feed that was not there
      payload.close();
      payload.violation(Kind.EOF_INSIDE, payload.offset());
      inside = false;
    }
  }

  /**
   * Handles every sentinel line in the buffer and returns the first position at which one may still
   * begin.
   */
  private int search(byte[] buffer, int from, int limit) {
    int at = from;
    while (true) {
      int sample = nextSample(buffer, at + stride - 1, limit);
      at = sample - stride + 1;
      if (sample >= limit - 1) {
        return at;
      }
      int behind =
          sample + 1; // the last position whose sentinel would lie across the sample, and one
      while (at < behind) {
        at = Newlines.next(buffer, at, behind);
        if (at < 0) {
          at = behind;
          break;
        }
        int lineEnd = match(start, buffer, at, limit);
        if (lineEnd > 0) {
          started(buffer, at, lineEnd);
          at = lineEnd;
          break;
        }
        int endLineEnd = match(end, buffer, at, limit);
        if (endLineEnd > 0) {
          ended(buffer, at);
          at = endLineEnd;
          break;
        }
        if (lineEnd < 0 || endLineEnd < 0) {
          return at;
        }
        at++;
      }
    }
  }

  /**
   * From {@code first} on in strides, the first byte that may be in a sentinel, or one behind all
   * but the last.
   */
  private int nextSample(byte[] buffer, int first, int limit) {
    int i = first;
    while (true) {
      for (int last = limit - 2 - 3 * stride; i <= last; i += 4 * stride) {
        long any =
            bytes >>> (buffer[i] >> 1)
                | bytes >>> (buffer[i + stride] >> 1)
                | bytes >>> (buffer[i + 2 * stride] >> 1)
                | bytes >>> (buffer[i + 3 * stride] >> 1);
        if ((any & 1) != 0) {
          break;
        }
      }
      for (int k = 0; k < 4; k++) {
        if (i >= limit - 1 || ((bytes >>> (buffer[i] >> 1) & 1) != 0 && isPair(buffer, i))) {
          return i;
        }
        i += stride;
      }
    }
  }

  private boolean isPair(byte[] buffer, int at) {
    return (pairs[hash(buffer, at - 1)] | pairs[hash(buffer, at)]) != 0;
  }

  private static int hash(byte[] buffer, int at) {
    int pair = (short) PAIRS.get(buffer, at) & 0xffff;
    return (pair * 0x9E3779B1) >>> 20;
  }

  /**
   * Whether {@code pattern} and then a line end stand at {@code at}.
   *
   * @return the position of the line feed after it; 0 if they do not; -1 if that cannot be said
   *     before more was read
   */
  private static int match(byte[] pattern, byte[] buffer, int at, int limit) {
    if (buffer[at] != '\n') {
      return 0;
    }
    int have = Math.min(pattern.length, limit - at);
    if (!Arrays.equals(buffer, at, at + have, pattern, 0, have)) {
      return 0;
    }
    int next = at + pattern.length;
    if (next < limit && buffer[next] == '\r') {
      next++;
    }
    if (next >= limit) {
      return -1;
    }
    return buffer[next] == '\n' ? next : 0;
  }

  private void started(byte[] buffer, int at, int lineEnd) {
    if (inside) {
      payload.append(buffer, payloadFrom, at);
      payload.close();
      payload.violation(Kind.NESTED_START, base + at + 1);
    }
    payload.open(base + at + 1);
    inside = true;
    payloadFrom = lineEnd + 1;
  }

  private void ended(byte[] buffer, int at) {
    if (!inside) {
      sink.violation(Kind.STRAY_END, base + at + 1);
      return;
    }
    payload.append(buffer, payloadFrom, at);
    payload.close();
    payload.deliver();
    inside = false;
  }
}
