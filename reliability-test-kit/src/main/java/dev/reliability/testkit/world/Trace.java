package dev.reliability.testkit.world;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened, as a running hash of every step, and the last lines of it as text if somebody
 * wants to read them.
 */
final class Trace {
  private static final long STEP = 0x9FB21C651E98DF25L;
  private static final long TIME = 0xD6E8FEB86659FD93L;

  private final Lines labels;
  private final int keep;
  private final ArrayDeque<Line> lines = new ArrayDeque<>();
  private long hash;
  private long dropped;

  private record Line(long time, String text) {
    @Override
    public String toString() {
      return "+" + Duration.ofNanos(time) + " " + text;
    }
  }

  Trace(Lines lines, int keep) {
    this.labels = lines;
    this.keep = keep;
  }

  /** A task is about to run. */
  void step(long time, int strand, boolean timer) {
    long what = 2L * strand + (timer ? 0 : 1);
    hash = (Long.rotateLeft(hash, 23) ^ (time * TIME + what)) * STEP;
    if (keep > 0) {
      keep(time, labels.label(strand) + (timer ? " (timer)" : " (task)"));
    }
  }

  /** Anything else. */
  void line(long time, String text) {
    hash = (Long.rotateLeft(hash, 23) ^ (time * TIME + Mix.hash(text))) * STEP;
    if (keep > 0) {
      keep(time, text);
    }
  }

  long hash(long time) {
    return Mix.mix(hash, time);
  }

  /** The last lines, oldest first. */
  List<String> lines() {
    List<String> texts = new ArrayList<>();
    if (dropped > 0) {
      texts.add("... " + dropped + " earlier lines");
    }
    lines.forEach(line -> texts.add(line.toString()));
    return texts;
  }

  private void keep(long time, String text) {
    if (lines.size() == keep) {
      lines.remove();
      dropped++;
    }
    lines.add(new Line(time, text));
  }
}
