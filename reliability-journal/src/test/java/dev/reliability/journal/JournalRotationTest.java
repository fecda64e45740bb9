package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts that are finished, passed over and removed. */
class JournalRotationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;

  static Event event(String epoch, long seq, Instant at) {
    return new Event(
        new EventId(epoch, seq),
        at,
        seq,
        "node",
        Subject.NONE,
        null,
        new CustomEvent("tick", Map.of("seq", Long.toString(seq))));
  }

  /** One event per minute; each is some 130 bytes. */
  private static Event tick(long seq) {
    return event("a", seq, START.plus(Duration.ofMinutes(seq)));
  }

  private JournalWriter writer(long rotateBytes) {
    return JournalWriter.builder(directory).rotateBytes(rotateBytes).open();
  }

  private static void write(JournalWriter journal, long from, long to) {
    for (long seq = from; seq <= to; seq++) {
      journal.accept(tick(seq));
      journal.caughtUp();
    }
  }

  private List<String> parts() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jsonl"))
          .sorted(Comparator.comparing(String::length).thenComparing(name -> name))
          .toList();
    }
  }

  private List<JournalEntry> read(JournalFilter filter) {
    try (Stream<JournalEntry> entries = JournalReader.open(directory, filter).stream()) {
      return entries.toList();
    }
  }

  private static List<Long> seqs(List<JournalEntry> entries) {
    return entries.stream().map(entry -> ((JournalEntry.Read) entry).event().id().seq()).toList();
  }

  private static List<Long> to(long from, long to) {
    return IntStream.rangeClosed((int) from, (int) to).mapToObj(i -> (long) i).toList();
  }

  @Test
  void aPartThatIsLongEnoughIsFinishedAndAllAreReadAsOne() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
      assertThat(journal.status().written()).isEqualTo(100);
    }
    assertThat(parts()).hasSizeBetween(10, 20).startsWith("journal-a.jsonl");
    assertThat(seqs(read(JournalFilter.ALL))).isEqualTo(to(1, 100));
    for (String part : parts()) {
      assertThat(Files.size(directory.resolve(part))).isLessThan(1200);
    }
  }

  /** What is not of the time asked for is not even looked at. */
  @Test
  void finishedPartsOfAnotherTimeArePassedOver() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
    }
    Path first = directory.resolve("journal-a.jsonl");
    int length = (int) Files.size(first);
    Files.writeString(first, "x".repeat(length - 1) + "\n");
    JournalFilter filter =
        JournalFilter.ALL
            .since(START.plus(Duration.ofMinutes(50)))
            .until(START.plus(Duration.ofMinutes(60)));
    assertThat(seqs(read(filter))).isEqualTo(to(50, 59));
    assertThat(read(JournalFilter.ALL).get(0)).isInstanceOf(JournalEntry.Malformed.class);
  }

  @Test
  void aSummaryThatDoesNotFitIsNotBelieved() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
    }
    Path first = directory.resolve("journal-a.jsonl");
    String line = EventCodec.encode(event("a", 9, START.plus(Duration.ofMinutes(55)))) + "\n";
    Files.writeString(first, line, StandardOpenOption.APPEND);
    JournalFilter filter = JournalFilter.ALL.since(START.plus(Duration.ofMinutes(55)));
    assertThat(read(filter)).anyMatch(JournalRotationTest::isNine);
    for (String text : List.of("", "{}", "{\"v\":2}\n", "x".repeat(10_000))) {
      Files.writeString(PartSummary.of(first), text);
      assertThat(read(filter)).anyMatch(JournalRotationTest::isNine);
    }
  }

  private static boolean isNine(JournalEntry entry) {
    return entry instanceof JournalEntry.Read read && read.event().id().seq() == 9;
  }

  @Test
  void aPartThatIsMissingBetweenOthersIsAGap() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
    }
    Files.delete(directory.resolve("journal-a.000003.jsonl"));
    List<JournalEntry.Gap> gaps = gaps(JournalFilter.ALL);
    assertThat(gaps).hasSize(1);
    Instant after = START.plus(Duration.ofMinutes(gaps.get(0).expectedSeq()));
    assertThat(gaps(JournalFilter.ALL.until(after))).hasSize(1); // the part behind is passed over
    assertThat(gaps(JournalFilter.ALL.since(after))).hasSize(1);
    assertThat(gaps(JournalFilter.ALL.until(after.minus(Duration.ofMinutes(1))))).isEmpty();
  }

  private List<JournalEntry.Gap> gaps(JournalFilter filter) {
    return read(filter).stream()
        .filter(JournalEntry.Gap.class::isInstance)
        .map(JournalEntry.Gap.class::cast)
        .toList();
  }

  @Test
  void aFileThatSomebodyRemovedIsFollowedByTheNextPart() throws IOException {
    try (JournalWriter journal = writer(1 << 20)) {
      write(journal, 1, 10);
      Files.delete(directory.resolve("journal-a.jsonl"));
      write(journal, 11, 20);
      assertThat(journal.status().failures()).isZero();
    }
    assertThat(seqs(read(JournalFilter.ALL))).isEqualTo(to(11, 20));
  }

  @Test
  void aDiskThatIsFullInTheMiddleOfARotationLosesNothing() {
    FakeDisk disk = new FakeDisk();
    JournalWriter journal = new JournalWriter("fake", Durability.FSYNC, disk, 1000);
    write(journal, 1, 20);
    assertThat(disk.files).hasSizeGreaterThan(1);
    assertThat(disk.files.get(0).closed).isTrue();
    assertThat(disk.files.get(0).forced).isPositive();
    disk.mayOpen = false;
    write(journal, 21, 40);
    assertThat(journal.status().waiting()).isGreaterThan(10);
    disk.mayOpen = true;
    disk.room = 200;
    write(journal, 41, 42);
    disk.room = Integer.MAX_VALUE;
    journal.caughtUp();
    assertThat(journal.status().written()).isEqualTo(42);
    StringBuilder all = new StringBuilder();
    disk.files.forEach(file -> all.append(new String(file.content(), StandardCharsets.UTF_8)));
    assertThat(all.toString().lines().map(line -> EventCodec.decode(line).id().seq()))
        .isEqualTo(to(1, 42));
  }

  @Test
  void theJournalsOfSeveralNodesAreReadAsOne() throws IOException {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path two = Files.createDirectory(directory.resolve("two"));
    for (Path node : List.of(one, two)) {
      try (JournalWriter journal = JournalWriter.open(node)) {
        for (long seq = node == one ? 1 : 2; seq <= 10; seq += 2) {
          String epoch = node == one ? "a" : "b";
          journal.accept(event(epoch, (seq + 1) / 2, START.plusSeconds(seq)));
        }
      }
    }
    try (Stream<JournalEntry> entries =
        JournalReader.openAll(List.of(one, two), JournalFilter.ALL).stream()) {
      assertThat(entries.map(entry -> ((JournalEntry.Read) entry).event().id().toString()))
          .startsWith("a#1", "b#1", "a#2", "b#2")
          .hasSize(10);
    }
    assertThatThrownBy(
            () ->
                JournalReader.openAll(List.of(one, directory.resolve("three")), JournalFilter.ALL))
        .hasMessageContaining("three cannot be read");
  }

  // ---- retention ----

  @Test
  void whatIsTooOldIsRemovedPartByPart() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
    }
    int before = parts().size();
    JournalRetention.Purged purged =
        JournalRetention.purge(directory, START.plus(Duration.ofMinutes(50)));
    assertThat(purged.parts()).isBetween(3, before - 3);
    assertThat(purged.bytes()).isPositive();
    List<JournalEntry> left = read(JournalFilter.ALL);
    long first = seqs(left).get(0);
    assertThat(first).isLessThanOrEqualTo(50);
    assertThat(seqs(left)).isEqualTo(to(first, 100));
    assertThat(JournalRetention.purge(directory, START.plus(Duration.ofMinutes(50))))
        .isEqualTo(new JournalRetention.Purged(0, 0));
    JournalRetention.purge(directory, START.plus(Duration.ofDays(1)));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aWriterKeepsWhatItIsToldToKeep() throws IOException {
    try (JournalWriter journal =
        JournalWriter.builder(directory).rotateBytes(1000).keep(Duration.ofMinutes(30)).open()) {
      write(journal, 1, 200);
      assertThat(parts()).hasSizeLessThan(10);
      assertThat(journal.status().failures()).isZero();
    }
    List<Long> left = seqs(read(JournalFilter.ALL));
    assertThat(left).contains(175L, 200L).doesNotContain(150L);
  }

  @Test
  void whatCannotBeReadStaysAndSoDoesWhatIsBehindIt() throws IOException {
    try (JournalWriter journal = writer(1000)) {
      write(journal, 1, 100);
    }
    Path first = directory.resolve("journal-a.jsonl");
    Files.writeString(first, "no event\n");
    List<String> before = parts();
    JournalRetention.purge(directory, START.plus(Duration.ofDays(1)));
    assertThat(parts()).isEqualTo(before);
  }

  @Test
  void aWriterWhosePartIsRemovedUnderItGoesOn() throws IOException {
    try (JournalWriter journal = writer(1 << 20)) {
      write(journal, 1, 10);
      JournalRetention.purge(directory, START.plus(Duration.ofDays(1)));
      write(journal, 11, 12);
    }
    List<JournalEntry> entries = new ArrayList<>(read(JournalFilter.ALL));
    assertThat(seqs(entries.stream().filter(JournalEntry.Read.class::isInstance).toList()))
        .isEqualTo(to(11, 12));
  }

  @Test
  void settingsThatCannotBeUsedAreAllListed() {
    assertThatThrownBy(
            () -> JournalWriter.builder(directory).rotateBytes(0).keep(Duration.ZERO).open())
        .hasMessage(
            "a journal cannot be written: rotateBytes: expected at least 1, got 0; keep: expected"
                + " a positive duration, got PT0S");
  }
}
