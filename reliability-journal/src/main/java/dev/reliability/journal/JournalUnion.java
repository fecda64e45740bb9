package dev.reliability.journal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Two accounts of one incarnation as one; see {@link JournalMerge#union}. Not thread-safe. */
final class JournalUnion implements Iterator<JournalEntry> {
  private final Account one;
  private final Account other;
  private final Deque<JournalEntry> ready = new ArrayDeque<>();

  /** The number behind the last event that was given; 0 before the first. */
  private long behind;

  JournalUnion(Iterator<? extends JournalEntry> one, Iterator<? extends JournalEntry> other) {
    this.one = new Account(one);
    this.other = new Account(other);
    this.one.advance(ready);
    this.other.advance(ready);
  }

  /** One of the two: its next event, and what it last said is missing before that. */
  private static final class Account {
    private final Iterator<? extends JournalEntry> entries;
    private JournalEntry.@Nullable Read head;
    private JournalEntry.@Nullable Gap gap;

    private boolean begun;

    Account(Iterator<? extends JournalEntry> entries) {
      this.entries = entries;
    }

    /** Goes on to its next event, and puts out on the way what is neither event nor gap. */
    void advance(Deque<JournalEntry> faults) {
      begun = head != null;
      head = null;
      while (head == null && entries.hasNext()) {
        JournalEntry entry = entries.next();
        if (entry instanceof JournalEntry.Read read) {
          head = read;
        } else if (entry instanceof JournalEntry.Gap jump) {
          gap = jump;
        } else {
          faults.add(entry);
        }
      }
    }

    long seq() {
      return head == null ? Long.MAX_VALUE : head.event().id().seq();
    }

    /** Whether it says that something is missing just before its next event. */
    boolean jumps() {
      return gap != null && gap.foundSeq() == seq();
    }

    /** Whether it has nothing to say of what stands before the next event: none, or a jump. */
    boolean lacks() {
      return !begun || head == null || jumps();
    }
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || one.head != null || other.head != null;
  }

  @Override
  public JournalEntry next() {
    if (ready.isEmpty()) {
      step();
    }
    JournalEntry entry = ready.poll();
    if (entry == null) {
      throw new NoSuchElementException("the journal has no more entries");
    }
    return entry;
  }

  private void step() {
    Account first = one.seq() <= other.seq() ? one : other;
    Account second = first == one ? other : one;
    JournalEntry.Read read = first.head;
    if (read == null) {
      return;
    }
    tellMissing(read);
    ready.add(read);
    behind = read.event().id().seq() + 1;
    boolean both = second.seq() == first.seq();
    first.advance(ready);
    if (both) {
      second.advance(ready);
    }
  }

  /** What neither has of what should stand before this event. */
  private void tellMissing(JournalEntry.Read read) {
    long found = read.event().id().seq();
    long expected = behind == 0 ? firstExpected(found) : behind;
    if (expected != found && one.lacks() && other.lacks()) {
      ready.add(
          new JournalEntry.Gap(
              read.event().id().epoch(), expected, found, read.file(), read.line(), read.offset()));
    }
  }

  /** Where the sequence begins, if one of the two knows. */
  private long firstExpected(long found) {
    long expected = found;
    for (Account account : new Account[] {one, other}) {
      if (account.gap != null) {
        expected = Math.min(expected, account.gap.expectedSeq());
      }
    }
    return expected;
  }
}
