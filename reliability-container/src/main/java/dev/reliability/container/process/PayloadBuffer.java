package dev.reliability.container.process;

import dev.reliability.container.ProtocolError.Kind;
import java.util.Arrays;

/** Gathers one payload, up to a limit. Belongs to one framer. */
final class PayloadBuffer {
  private static final int FIRST = 1024;
  private static final int LARGE = 64 * 1024;

  private final int limit;
  private final FrameSink sink;
  private final FrameView view;
  private byte[] bytes = new byte[0];
  private long offset;
  private long length; // of the payload, kept or not
  private byte last;
  private boolean overflown;

  PayloadBuffer(int limit, boolean nonced, FrameSink sink) {
    this.limit = limit;
    this.view = new FrameView(false, nonced);
    this.sink = sink;
  }

  /** Begins a block whose start line is at {@code offset} in the stream. */
  void open(long offset) {
    this.offset = offset;
    length = 0;
    overflown = false;
    if (bytes.length > LARGE) {
      bytes = new byte[0]; // one large payload does not keep its memory for ever
    }
  }

  long offset() {
    return offset;
  }

  /** Adds {@code [from, to)}, or nothing if that is not a range. */
  void append(byte[] source, int from, int to) {
    int more = to - from;
    if (more <= 0) {
      return;
    }
    int have = (int) Math.min(length, limit);
    int take = Math.min(more, limit - have);
    if (take > 0) {
      if (have + take > bytes.length) {
        long size = Math.max(have + take, Math.max(FIRST, 2L * bytes.length));
        bytes = Arrays.copyOf(bytes, (int) Math.min(size, limit));
      }
      System.arraycopy(source, from, bytes, have, take);
    }
    length += more;
    last = source[to - 1];
  }

  /** The block has no more bytes: takes the line end off, and says if it is too long. */
  void close() {
    if (length > 0 && last == '\r') {
      length--;
    }
    overflown = length > limit;
    if (overflown) {
      sink.violation(Kind.OVERFLOW, offset);
      sink.dropped(length);
    }
  }

  /** The block is void, for a reason other than its length. */
  void violation(Kind kind, long where) {
    sink.violation(kind, where);
    if (!overflown) {
      sink.dropped(length);
    }
  }

  /** The block is complete: hands it on, unless it is void. */
  void deliver() {
    if (overflown) {
      return;
    }
    if (Utf8.isValid(bytes, 0, (int) length)) {
      sink.frame(view.over(bytes, 0, (int) length, false));
    } else {
      violation(Kind.BAD_UTF8, offset);
    }
  }
}
