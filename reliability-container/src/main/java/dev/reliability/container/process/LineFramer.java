package dev.reliability.container.process;

import java.util.Arrays;

/**
 * Lines. A line that lies in one read is handed on where it lies; one that crosses reads is
 * gathered, up to the limit. Memory is bounded by the limit, and nothing is allocated per line.
 */
final class LineFramer implements Framer {
  private static final int FIRST_GATHERED = 512;

  private final int limit;
  private final FrameSink sink;
  private final FrameView view;
  private byte[] gathered = new byte[0];
  private long pending; // bytes of the unfinished line so far, gathered or not
  private byte lastPending;

  LineFramer(boolean error, int limit, FrameSink sink) {
    this.limit = limit;
    this.sink = sink;
    this.view = new FrameView(error);
  }

  @Override
  public int mostKept() {
    return 0;
  }

  @Override
  public int before() {
    return 0;
  }

  @Override
  public int feed(byte[] buffer, int begin, int to) {
    int from = begin;
    int newline;
    while ((newline = Newlines.next(buffer, from, to)) >= 0) {
      if (pending == 0) {
        whole(buffer, from, newline);
      } else {
        gather(buffer, from, newline);
        finish();
      }
      from = newline + 1;
    }
    gather(buffer, from, to);
    return 0;
  }

  @Override
  public void close(byte[] buffer, int from, int to) {
    if (pending > 0) {
      finish();
    }
  }

  private void whole(byte[] buffer, int from, int newline) {
    int length = newline - from;
    if (length > 0 && buffer[newline - 1] == '\r') {
      length--;
    }
    int kept = Math.min(length, limit);
    if (kept < length) {
      sink.dropped(length - kept);
    }
    sink.frame(view.over(buffer, from, kept, kept < length));
  }

  private void gather(byte[] buffer, int from, int to) {
    int more = to - from;
    if (more == 0) {
      return;
    }
    int have = (int) Math.min(pending, limit);
    int take = Math.min(more, limit - have);
    if (take > 0) {
      if (have + take > gathered.length) {
        int size = Math.max(have + take, Math.max(FIRST_GATHERED, 2 * gathered.length));
        gathered = Arrays.copyOf(gathered, Math.min(size, limit));
      }
      System.arraycopy(buffer, from, gathered, have, take);
    }
    pending += more;
    lastPending = buffer[to - 1];
  }

  private void finish() {
    long length = lastPending == '\r' ? pending - 1 : pending;
    int kept = (int) Math.min(length, limit);
    if (kept < length) {
      sink.dropped(length - kept);
    }
    pending = 0;
    sink.frame(view.over(gathered, 0, kept, kept < length));
  }
}
