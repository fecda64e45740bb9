package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Journals read as one. */
class JournalUnionProperties {
  private static final Path FILE = Path.of("somewhere");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Event event(String epoch, long seq, long millis) {
    return new Event(
        new EventId(epoch, seq),
        START.plusMillis(millis),
        seq,
        "node",
        Subject.ofRun("lane", "item", "run"),
        null,
        new RunEvent.Starting(1));
  }

  /** An account that has these events, in which the clock was set back again and again. */
  private static List<JournalEntry> account(Set<Integer> seqs) {
    List<JournalEntry> entries = new ArrayList<>();
    long before = 0;
    for (long seq : new TreeSet<>(seqs)) {
      if (!entries.isEmpty() && seq != before + 1) {
        entries.add(new JournalEntry.Gap("e", before + 1, seq, FILE, 1, 0));
      }
      entries.add(new JournalEntry.Read(event("e", seq, seq * 7919 % 50), FILE, 1, 0));
      before = seq;
    }
    return entries;
  }

  /** What is there, as numbers, and what is missing, as negative ones. */
  private static List<Long> told(Iterator<? extends JournalEntry> entries) {
    List<Long> told = new ArrayList<>();
    entries.forEachRemaining(
        entry -> {
          if (entry instanceof JournalEntry.Gap gap) {
            for (long seq = gap.expectedSeq(); seq < gap.foundSeq(); seq++) {
              told.add(-seq);
            }
          } else if (entry instanceof JournalEntry.Read read) {
            told.add(read.event().id().seq());
          }
        });
    return told;
  }

  @Property(tries = 2_000)
  void onlyWhatIsMissingInBothIsMissing(
      @ForAll @Size(max = 12) Set<@IntRange(min = 1, max = 12) Integer> one,
      @ForAll @Size(max = 12) Set<@IntRange(min = 1, max = 12) Integer> other) {
    Set<Integer> both = new TreeSet<>(one);
    both.addAll(other);
    assertThat(told(JournalMerge.union(account(one).iterator(), account(other).iterator())))
        .isEqualTo(told(account(both).iterator()));
  }

  @Property(tries = 500)
  void whatCannotBeReadIsToldWhoeverHasIt(
      @ForAll @IntRange(min = 0, max = 5) int at, @ForAll boolean inTheFirst) {
    List<JournalEntry> whole = account(Set.of(1, 2, 3, 4, 5));
    List<JournalEntry> broken = new ArrayList<>(whole);
    JournalEntry fault = new JournalEntry.Malformed(FILE, 9, 9, "broken");
    broken.add(at, fault);
    Iterator<JournalEntry> union =
        inTheFirst
            ? JournalMerge.union(broken.iterator(), whole.iterator())
            : JournalMerge.union(whole.iterator(), broken.iterator());
    List<JournalEntry> entries = new ArrayList<>();
    union.forEachRemaining(entries::add);
    assertThat(entries).hasSize(6).contains(fault);
  }

  @Property(tries = 500)
  void journalsOfSeveralNodesAreMergedByTimeAndKeepTheirOrder(
      @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 100) Integer> one,
      @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 100) Integer> other) {
    List<Event> a = events("a", one);
    List<Event> b = events("b", other);
    List<Event> merged = new ArrayList<>();
    JournalMerge.byTime(List.of(entries(a), entries(b)))
        .forEachRemaining(entry -> merged.add(((JournalEntry.Read) entry).event()));
    assertThat(merged).filteredOn(event -> event.id().epoch().equals("a")).isEqualTo(a);
    assertThat(merged).filteredOn(event -> event.id().epoch().equals("b")).isEqualTo(b);
    assertThat(merged).isSortedAccordingTo(Comparator.comparing(Event::time));
  }

  private static List<Event> events(String epoch, List<Integer> millis) {
    List<Integer> sorted = millis.stream().sorted().toList();
    List<Event> events = new ArrayList<>();
    for (int at : sorted) {
      events.add(event(epoch, events.size() + 1L, at));
    }
    return events;
  }

  private static Iterator<JournalEntry> entries(List<Event> events) {
    return events.stream()
        .<JournalEntry>map(event -> new JournalEntry.Read(event, FILE, 1, 0))
        .iterator();
  }
}
