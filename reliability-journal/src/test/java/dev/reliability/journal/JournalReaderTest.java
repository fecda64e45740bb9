package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ProcessEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalReaderTest {
  private static final Instant START = EventSamples.START;

  @TempDir Path directory;

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        Arrays.stream(lines).map(l -> l + "\n").collect(Collectors.joining()));
  }

  private static String line(long seq) {
    return EventCodec.encode(EventSamples.event(seq));
  }

  private static String line(String epoch, long seq, long second) {
    return EventCodec.encode(EventSamples.event(epoch, seq, START.plusSeconds(second)));
  }

  private static List<JournalEntry> entries(Path path, JournalFilter filter) {
    try (Stream<JournalEntry> entries = JournalReader.open(path, filter).stream()) {
      return entries.toList();
    }
  }

  /** Entries in short: an event as its id, anything else in words. */
  private static List<String> shortly(Path path, JournalFilter filter) {
    return entries(path, filter).stream()
        .map(
            entry ->
                entry.<String>fold(
                    read -> read.event().id().toString(),
                    malformed -> "malformed " + malformed.line(),
                    torn -> "torn " + torn.line(),
                    gap -> "gap " + gap.epoch() + " " + gap.expectedSeq() + ".." + gap.foundSeq()))
        .toList();
  }

  private static List<String> shortly(Path path) {
    return shortly(path, JournalFilter.ALL);
  }

  @Test
  void everyEntrySaysWhereItStands() throws IOException {
    Path file = write("x.jsonl", line(1), "{\"no\":", line(2));
    Files.writeString(file, "{\"torn", java.nio.file.StandardOpenOption.APPEND);
    byte[] bytes = Files.readAllBytes(file);
    int first = line(1).length() + 1;

    List<JournalEntry> entries = entries(file, JournalFilter.ALL);

    assertThat(entries).hasSize(4).allMatch(entry -> entry.file().equals(file));
    assertThat(entries.get(0)).isEqualTo(new JournalEntry.Read(EventSamples.event(1), file, 1, 0));
    assertThat(entries.get(1))
        .isInstanceOfSatisfying(
            JournalEntry.Malformed.class,
            malformed -> {
              assertThat(malformed.line()).isEqualTo(2);
              assertThat(malformed.offset()).isEqualTo(first);
              assertThat(malformed.why())
                  .startsWith("line: expected one JSON object, got at byte 6: ")
                  .doesNotContain("\n");
            });
    assertThat(entries.get(2))
        .isEqualTo(new JournalEntry.Read(EventSamples.event(2), file, 3, first + 7));
    assertThat(entries.get(3)).isInstanceOf(JournalEntry.Torn.class);
    assertThat(entries.get(3).line()).isEqualTo(4);
    assertThat(entries.get(3).offset()).isEqualTo(bytes.length - 6);
  }

  @Test
  void aWholeEventWithoutItsLineBreakIsAnEvent() throws IOException {
    Path file = Files.writeString(directory.resolve("x.jsonl"), line(1) + "\n" + line(2));

    assertThat(shortly(file))
        .containsExactly(
            EventSamples.event(1).id().toString(), EventSamples.event(2).id().toString());
  }

  @Test
  void aFileCutOffAnywhereGivesEveryWholeLineAndTellsTheTornOne() throws IOException {
    byte[] bytes = (line(1) + "\n" + line(2) + "\n").getBytes(StandardCharsets.UTF_8);
    int first = line(1).length();
    Path file = directory.resolve("x.jsonl");
    for (int length = 0; length <= bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      long whole = length < first ? 0 : length < bytes.length - 1 ? 1 : 2;
      boolean torn =
          length > 0 && length != first && length != first + 1 && length < bytes.length - 1;

      List<JournalEntry> entries = entries(file, JournalFilter.ALL);

      assertThat(entries.stream().filter(JournalEntry.Read.class::isInstance)).hasSize((int) whole);
      assertThat(entries.stream().filter(JournalEntry.Torn.class::isInstance))
          .hasSize(torn ? 1 : 0);
      assertThat(entries).hasSize((int) whole + (torn ? 1 : 0));
    }
  }

  @Test
  void whatIsMissingFromTheSequenceIsToldBeforeTheEventThatCameInstead() throws IOException {
    write(
        "journal-e.jsonl",
        line("e", 2, 1),
        line("e", 3, 2),
        line("e", 7, 3),
        line("e", 7, 4),
        line("e", 8, 5));

    assertThat(shortly(directory))
        .containsExactly(
            "gap e 1..2", "e#2", "e#3", "gap e 4..7", "e#7", "gap e 8..7", "e#7", "e#8");
  }

  @Test
  void aFileOfAnotherNameMayBeginAnywhereAndHoldSeveralIncarnations() throws IOException {
    Path file =
        write("excerpt.jsonl", line("e", 5, 1), line("f", 9, 2), line("e", 6, 3), line("e", 8, 3));

    assertThat(shortly(file)).containsExactly("e#5", "f#9", "e#6", "gap e 7..8", "e#8");
  }

  @Test
  void thePartsOfAnIncarnationAreReadInTheirOrder() throws IOException {
    write("journal-e.000002.jsonl", line("e", 2, 2));
    write("journal-e.jsonl", line("e", 1, 1));
    write("journal-e.000010.jsonl", line("e", 4, 4));
    write("journal-e.000003.jsonl", line("e", 3, 3));

    assertThat(shortly(directory)).containsExactly("e#1", "e#2", "e#3", "e#4");
  }

  @Test
  void anIncarnationWhoseFirstPartsAreGoneBeginsWhereItBegins() throws IOException {
    write("journal-e.000002.jsonl", line("e", 10, 2), line("e", 11, 2));

    assertThat(shortly(directory)).containsExactly("e#10", "e#11");
  }

  @Test
  void incarnationsAreMergedByTime() throws IOException {
    write("journal-a.jsonl", line("a", 1, 10), line("a", 2, 20), line("a", 3, 30));
    write("journal-b.jsonl", line("b", 1, 5), line("b", 2, 20), line("b", 3, 25));
    write("journal-c.jsonl", line("c", 1, 22));

    assertThat(shortly(directory)).containsExactly("b#1", "a#1", "a#2", "b#2", "c#1", "b#3", "a#3");
  }

  @Test
  void withinAnIncarnationTheSequenceStandsWhateverTheClockDid() throws IOException {
    write(
        "journal-a.jsonl", line("a", 1, 10), line("a", 2, 100), line("a", 3, 11), line("a", 4, 12));
    write("journal-b.jsonl", line("b", 1, 11), line("b", 2, 50), line("b", 3, 200));

    assertThat(shortly(directory)).containsExactly("a#1", "b#1", "b#2", "a#2", "a#3", "a#4", "b#3");
  }

  @Test
  void anotherFileInTheDirectoryIsNoneOfOurs() throws IOException {
    write("notes.jsonl", "{");
    write("journal-a.jsonl.tmp", "{");
    write("journal-.jsonl", "{");
    Files.createDirectory(directory.resolve("sub"));

    assertThat(shortly(directory)).isEmpty();
  }

  @Test
  void theTimeAskedForBeginsWithSinceAndEndsBeforeUntil() throws IOException {
    write("journal-e.jsonl", line("e", 1, 1), line("e", 2, 2), line("e", 3, 3), line("e", 4, 4));

    JournalFilter window =
        JournalFilter.ALL.since(START.plusSeconds(2)).until(START.plusSeconds(4));
    assertThat(shortly(directory, window)).containsExactly("e#2", "e#3");
    assertThat(shortly(directory, JournalFilter.ALL.since(START.plusSeconds(2).plusNanos(1))))
        .containsExactly("e#3", "e#4");
    assertThat(shortly(directory, JournalFilter.ALL.until(START.plusSeconds(2).plusNanos(1))))
        .containsExactly("e#1", "e#2");
    assertThat(shortly(directory, JournalFilter.ALL.since(Instant.MAX))).isEmpty();
    assertThat(shortly(directory, JournalFilter.ALL.until(Instant.MIN))).isEmpty();
    assertThat(shortly(directory, JournalFilter.ALL.since(Instant.MIN).until(Instant.MAX)))
        .hasSize(4);
  }

  @Test
  void linesInAnySpellingAreFilteredAlike() throws IOException {
    String[] lines = new String[6];
    for (int i = 0; i < 6; i++) {
      Event event = EventSamples.event("e", i + 1, START.plusSeconds(i));
      if (i % 3 == 0) {
        event = EventSamples.event("e", i + 1, START.plusSeconds(i), new ProcessEvent.Stopped("x"));
      }
      lines[i] = EventCodec.encode(event);
    }
    JournalFilter filter =
        JournalFilter.ALL.since(START.plusSeconds(1)).until(START.plusSeconds(5));
    write("journal-e.jsonl", lines);
    assertThat(shortly(directory, filter.types("process.stopped"))).containsExactly("e#4");
    assertThat(shortly(directory, filter.types("run.starting")))
        .containsExactly("e#2", "e#3", "e#5");

    write(
        "journal-e.jsonl",
        Arrays.stream(lines).map(l -> "{ " + l.substring(1)).toArray(String[]::new));
    assertThat(shortly(directory, filter.types("process.stopped"))).containsExactly("e#4");
    assertThat(shortly(directory, filter.types("run.starting", "process.stopped")))
        .containsExactly("e#2", "e#3", "e#4", "e#5");
  }

  @Test
  void faultsAreToldForTheTimeTheyBelongToWhateverTheTypes() throws IOException {
    write(
        "journal-e.jsonl",
        "?",
        line("e", 1, 1),
        "?",
        line("e", 3, 3),
        "?",
        line("e", 5, 5),
        "?",
        line("e", 7, 7),
        "?");

    JournalFilter filter =
        JournalFilter.ALL.since(START.plusSeconds(3)).until(START.plusSeconds(5));
    assertThat(shortly(directory, filter))
        .containsExactly("malformed 1", "gap e 2..3", "e#3", "malformed 5", "gap e 4..5");
    assertThat(shortly(directory, filter.types("other")))
        .containsExactly("malformed 1", "gap e 2..3", "malformed 5", "gap e 4..5");
  }

  @Test
  void aLineThatIsFarTooLongIsToldAndPassedOver() throws IOException {
    String tooLong = EventCodec.encode(EventSamples.big(2, 3_000_000)).replace("xxx", "xxxxx");
    assertThat(tooLong.length()).isGreaterThan(EventCodec.MAX_LINE_BYTES);
    Path file = write("x.jsonl", line(1), tooLong, line(3), tooLong.repeat(3), line(4));

    List<JournalEntry> entries = entries(file, JournalFilter.ALL);

    assertThat(shortly(file))
        .containsExactly(
            EventSamples.event(1).id().toString(),
            "malformed 2",
            "gap " + EventSamples.EPOCH + " 2..3",
            EventSamples.event(3).id().toString(),
            "malformed 4",
            EventSamples.event(4).id().toString());
    assertThat(entries.get(1).offset()).isEqualTo(line(1).length() + 1);
    assertThat(entries.get(3).offset()).isEqualTo(line(1).length() + tooLong.length() + 2);
    Files.writeString(file, tooLong);
    assertThat(shortly(file)).containsExactly("torn 1");
  }

  @Test
  void whatCannotBeReadIsOneClearError() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> JournalReader.open(missing))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("journal " + missing + " cannot be read: there is no such file");
  }

  @Test
  void aFileRemovedMeanwhileIsNoLongerPartOfTheJournal() throws IOException {
    write("journal-a.jsonl", line("a", 1, 1));
    Path gone = write("journal-b.jsonl", line("b", 1, 2));
    write("journal-c.jsonl", line("c", 1, 3));
    try (JournalReader reader = JournalReader.open(directory)) {
      Files.delete(gone);
      assertThat(reader.stream()).hasSize(2);
    }
  }

  @Test
  void aReaderGivesNothingAfterItsEndOrItsClose() throws IOException {
    write("journal-a.jsonl", line("a", 1, 1), line("a", 2, 2));
    JournalReader reader = JournalReader.open(directory);
    reader.next();
    reader.close();
    assertThat(reader.hasNext()).isFalse();
    assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void manyIncarnationsAreReadWithFewOpenFiles() throws IOException {
    for (int i = 0; i < 2000; i++) {
      write("journal-e" + i + ".jsonl", line("e" + i, 1, i));
    }
    try (JournalReader reader = JournalReader.open(directory)) {
      long most = 0;
      long seen = 0;
      while (reader.hasNext()) {
        reader.next();
        seen++;
        if (seen % 100 == 0) {
          most = Math.max(most, openFilesIn(directory));
        }
      }
      assertThat(seen).isEqualTo(2000);
      assertThat(most).isLessThan(5);
    }
  }

  private static long openFilesIn(Path directory) throws IOException {
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      return handles
          .filter(
              handle -> {
                try {
                  return Files.readSymbolicLink(handle).startsWith(directory.toRealPath());
                } catch (IOException e) {
                  return false; // closed meanwhile
                }
              })
          .count();
    }
  }
}
