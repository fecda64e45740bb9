package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever parts a journal has, whatever the wall clock did and whichever events were never
 * written: what is read of a time is what a naive filter leaves of everything.
 */
class JournalPartsProperties {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** How far the clock moved since the event before, and how many events were lost in between. */
  record Step(long millis, long lost) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> moves =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.longs().between(0, 100)),
            Tuple.of(1, Arbitraries.longs().between(-3000, 3000)));
    Arbitrary<Long> lost =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(0L)), Tuple.of(1, Arbitraries.longs().between(1, 5)));
    return Combinators.combine(moves, lost).as(Step::new).list().ofMaxSize(80);
  }

  @Property(tries = 300)
  void whatIsReadOfATimeIsWhatANaiveFilterLeaves(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(min = 1, max = 2000) int rotateBytes,
      @ForAll @IntRange(min = -4000, max = 8000) int from,
      @ForAll @IntRange(min = 0, max = 4000) int length)
      throws IOException {
    Path directory = Files.createTempDirectory("parts");
    try {
      List<Event> events = write(directory, steps, rotateBytes);
      Instant since = START.plusMillis(from);
      Instant until = since.plusMillis(length);
      JournalFilter filter = JournalFilter.ALL.since(since).until(until);
      assertThat(read(directory, filter)).isEqualTo(naive(events, since, until));
      JournalRetention.purge(directory, since);
      assertThat(read(directory, JournalFilter.ALL.since(since)).stream().filter(isEvent()))
          .isEqualTo(naive(events, since, Instant.MAX).stream().filter(isEvent()).toList());
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Parts that are long enough to be read in pieces. */
  @Property(tries = 15)
  void aPieceOfALongPartIsWhatANaiveFilterLeavesOfIt(
      @ForAll @IntRange(min = -500, max = 12_000) int from,
      @ForAll @IntRange(max = 2000) int length,
      @ForAll @IntRange(min = -3000, max = 3000) int jump)
      throws IOException {
    Path directory = Files.createTempDirectory("pieces");
    try {
      try (JournalWriter journal = JournalWriter.builder(directory).rotateBytes(2 << 20).open()) {
        for (int i = 0; i < 10_000; i++) {
          Instant time = START.plusMillis(i + (i > 5000 && i < 7000 ? jump : 0));
          journal.accept(JournalRotationTest.event("a", i + 1, time));
        }
      }
      Instant since = START.plusMillis(from);
      Instant until = since.plusMillis(length);
      List<JournalEntry> expected = new ArrayList<>();
      try (JournalReader reader = JournalReader.open(directory)) {
        reader.forEachRemaining(
            entry -> {
              Instant time = ((JournalEntry.Read) entry).event().time();
              if (!time.isBefore(since) && time.isBefore(until)) {
                expected.add(entry);
              }
            });
      }
      JournalFilter filter = JournalFilter.ALL.since(since).until(until);
      try (Stream<JournalEntry> entries = JournalReader.open(directory, filter).stream()) {
        assertThat(entries.toList()).isEqualTo(expected);
      }
    } finally {
      delete(directory);
    }
  }

  private static Predicate<String> isEvent() {
    return text -> text.startsWith("event");
  }

  private static List<Event> write(Path directory, List<Step> steps, int rotateBytes) {
    List<Event> events = new ArrayList<>();
    long seq = 0;
    long millis = 0;
    try (JournalWriter journal = JournalWriter.builder(directory).rotateBytes(rotateBytes).open()) {
      for (Step step : steps) {
        seq += 1 + step.lost();
        millis += step.millis();
        events.add(JournalRotationTest.event("a", seq, START.plusMillis(millis)));
        journal.accept(events.get(events.size() - 1));
        journal.caughtUp();
      }
    }
    return events;
  }

  private static List<String> read(Path directory, JournalFilter filter) {
    try (Stream<JournalEntry> entries = JournalReader.open(directory, filter).stream()) {
      return entries
          .map(
              entry ->
                  entry.fold(
                      read -> "event " + read.event().id().seq(),
                      malformed -> "malformed",
                      torn -> "torn",
                      gap -> "gap " + gap.expectedSeq() + " " + gap.foundSeq()))
          .toList();
    }
  }

  private static List<String> naive(List<Event> events, Instant since, Instant until) {
    List<String> expected = new ArrayList<>();
    long next = 1;
    boolean before = false;
    for (Event event : events) {
      boolean isIn = !event.time().isBefore(since) && event.time().isBefore(until);
      long seq = event.id().seq();
      if (seq != next && (isIn || before)) {
        expected.add("gap " + next + " " + seq);
      }
      if (isIn) {
        expected.add("event " + seq);
      }
      next = seq + 1;
      before = isIn;
    }
    return expected;
  }
}
