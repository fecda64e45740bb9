package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one incarnation writes: lines that wait, and the file they go to. A line is on the file
 * either whole or, after a failure, cut off again; where it cannot be cut off it gets an end of its
 * own, so that no other line is glued to it. A file that is long enough is finished, and the next
 * part begun; so is one that somebody removed. Not thread-safe.
 */
final class Segment {
  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  /** From here on lines are written without waiting for the writer to have caught up. */
  static final int BATCH_BYTES = 64 * 1024;

  /** A shorter part that is not followed by another is read as fast as its summary. */
  private static final long LEAST_SUMMARIZED = 1 << 20;

  private static final byte[] LINE_BREAK = {'\n'};

  private final String epoch;
  private final SegmentFile.Opener opener;
  private final Durability durability;
  private final long rotateBytes;
  private final LineWriter lines = new LineWriter(BATCH_BYTES + BATCH_BYTES / 4);
  private final EventEncoder encoder = new EventEncoder(lines);
  private @Nullable SegmentFile file;
  private long wholeEnd;

  /** How many bytes of the first line that waits are on the file behind {@link #wholeEnd}. */
  private int torn;

  private PartSummary.Tally tally = new PartSummary.Tally(); // of the file, and of what waits
  private boolean unforced;
  private int nextAttempt = BATCH_BYTES;
  private int parts; // finished
  private long lastMillis;
  private long written;
  private long waiting;

  Segment(String epoch, SegmentFile.Opener opener, Durability durability, long rotateBytes) {
    this.epoch = epoch;
    this.opener = opener;
    this.durability = durability;
    this.rotateBytes = rotateBytes;
  }

  /**
   * Adds a line to those that wait.
   *
   * @throws CodecException if the event has no spelling; nothing changed then
   */
  void append(Event event) {
    int before = lines.size();
    encoder.append(event);
    waiting++;
    lastMillis = SegmentCursor.millisOf(event.time());
    tally.add(event.id().seq(), lastMillis, lines.size() - before);
  }

  /** How many bytes wait. */
  int waitingBytes() {
    return lines.size();
  }

  /** How many lines wait. */
  long waiting() {
    return waiting;
  }

  /** How many parts were finished. */
  int parts() {
    return parts;
  }

  /** The time of the event that was added last. */
  long lastMillis() {
    return lastMillis;
  }

  /** How many lines are on files. */
  long written() {
    return written;
  }

  /**
   * Whether enough lines wait, or enough more since the last failure, to write before the writer
   * has caught up.
   */
  boolean isBatchFull() {
    return lines.size() >= nextAttempt;
  }

  /**
   * Writes what waits. After a failure the lines that did not get out whole still wait.
   *
   * @return false if nothing waited
   */
  boolean writeOut() throws IOException {
    if (lines.size() == 0) {
      return false;
    }
    nextAttempt = lines.size() + BATCH_BYTES; // unless this goes well
    SegmentFile target = file;
    if (target != null && torn == 0 && !target.isThere()) {
      target
          .close(); // whoever removed it wants what is in it no more; what comes is another matter
      leave();
      tally.spoil(); // it counted what was removed
      target = null;
    }
    if (target == null) {
      target = opener.open(epoch);
      file = target;
    }
    if (torn > 0) {
      mend(target);
    }
    long start = target.position();
    try {
      target.write(lines.bytes(), 0, lines.size());
    } catch (IOException e) {
      settle((int) Math.max(0, Math.min(lines.size(), target.position() - start)));
      cutOff(target, e);
      throw e;
    }
    settle(lines.size());
    nextAttempt = BATCH_BYTES;
    if (wholeEnd >= rotateBytes) {
      finish(target);
    }
    return true;
  }

  /** Nothing more goes into the file; the next line begins another. */
  private void finish(SegmentFile target) throws IOException {
    if (durability == Durability.FSYNC) {
      force();
    }
    long bytes = wholeEnd;
    leave();
    PartSummary.Tally full = tally;
    tally = new PartSummary.Tally();
    parts++;
    target.close();
    summarize(target, full.summary(bytes));
  }

  private void summarize(SegmentFile target, @Nullable PartSummary summary) {
    if (summary != null) {
      try {
        target.summarize(summary);
      } catch (IOException e) {
        log.debug("a part of the journal of {} has no summary", epoch, e); // it is read instead
      }
    }
  }

  private void leave() {
    file = null;
    wholeEnd = 0;
    unforced = false;
  }

  /**
   * Takes the first {@code count} bytes that wait as written; a line of which that is only a part
   * still waits.
   */
  private void settle(int count) {
    byte[] bytes = lines.bytes();
    int whole = count;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    long complete = 0;
    for (int i = 0; i < whole; i++) {
      complete += bytes[i] == '\n' ? 1 : 0;
    }
    lines.discard(whole);
    wholeEnd += whole;
    written += complete;
    waiting -= complete;
    torn = count - whole;
    unforced |= whole > 0;
  }

  private void cutOff(SegmentFile target, IOException reason) {
    if (torn > 0) {
      try {
        target.truncate(wholeEnd);
        torn = 0;
      } catch (IOException e) {
        reason.addSuppressed(e); // the next attempt begins with this
      }
    }
  }

  private void mend(SegmentFile target) throws IOException {
    try {
      target.truncate(wholeEnd);
    } catch (IOException e) {
      tally.spoil();
      boolean wasAllButItsEnd = lines.bytes()[torn] == '\n';
      target.write(LINE_BREAK, 0, 1);
      wholeEnd = target.position();
      if (wasAllButItsEnd) {
        lines.discard(torn + 1);
        written++;
        waiting--;
        unforced = true;
      }
    }
    torn = 0;
  }

  /**
   * Waits until the disk has what was written since the last time.
   *
   * @return false if nothing was
   */
  boolean force() throws IOException {
    SegmentFile target = file;
    if (!unforced || target == null) {
      return false;
    }
    target.force();
    unforced = false;
    return true;
  }

  /** Closes the file; what still waits is lost. */
  void close() throws IOException {
    SegmentFile target = file;
    if (target != null) {
      target.close();
      if (wholeEnd >= LEAST_SUMMARIZED && waiting == 0 && torn == 0) {
        summarize(target, tally.summary(wholeEnd));
      }
    }
  }
}
