package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads several journals as one: the files of several nodes, and what a database holds. Pure, as
 * far as what it reads is.
 */
public final class JournalMerge {
  private JournalMerge() {}

  /**
   * Merges by time journals of which no two have events of the same incarnation; each keeps its own
   * order. What is no event stays with the event that it precedes.
   */
  public static Iterator<JournalEntry> byTime(
      List<? extends Iterator<? extends JournalEntry>> journals) {
    return new ByTime(journals);
  }

  /**
   * Makes one of two accounts of the same incarnation: each event once, by sequence, and only what
   * is missing in both is missing.
   */
  public static Iterator<JournalEntry> union(
      Iterator<? extends JournalEntry> one, Iterator<? extends JournalEntry> other) {
    return new JournalUnion(one, other);
  }

  /** A journal, and when what it gives next happened. */
  private static final class Head {
    private final int order;
    private final Iterator<? extends JournalEntry> journal;
    private @Nullable JournalEntry next;
    private long millis = Long.MIN_VALUE;

    Head(int order, Iterator<? extends JournalEntry> journal) {
      this.order = order;
      this.journal = journal;
    }

    boolean advance() {
      next = journal.hasNext() ? journal.next() : null;
      Event event = next instanceof JournalEntry.Read read ? read.event() : null;
      millis = event == null ? millis : SegmentCursor.millisOf(event.time());
      return next != null;
    }
  }

  private static final class ByTime implements Iterator<JournalEntry> {
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(
            Comparator.comparingLong((Head head) -> head.millis)
                .thenComparingInt(head -> head.order));

    ByTime(List<? extends Iterator<? extends JournalEntry>> journals) {
      for (Iterator<? extends JournalEntry> journal : journals) {
        Head head = new Head(heads.size(), journal);
        if (head.advance()) {
          heads.add(head);
        }
      }
    }

    @Override
    public boolean hasNext() {
      return !heads.isEmpty();
    }

    @Override
    public JournalEntry next() {
      Head first = heads.remove();
      JournalEntry entry = first.next;
      if (first.advance()) {
        heads.add(first);
      }
      return Objects.requireNonNull(entry);
    }
  }
}
