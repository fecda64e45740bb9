package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
  @TempDir Path directory;

  private List<Event> events() {
    try (Stream<JournalEntry> entries = JournalReader.open(directory).stream()) {
      return entries.map(entry -> ((JournalEntry.Read) entry).event()).toList();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatABusEmitsIsInTheFileOfItsIncarnation() throws IOException {
    SameThreadRuntime runtime = new SameThreadRuntime(1);
    JournalWriter journal = JournalWriter.open(directory);
    EventBus bus = EventBus.builder(runtime).sink(journal).build();
    for (int i = 0; i < 500; i++) {
      runtime.pass(7);
      bus.emit(
          Subject.ofRun("lane", "item", "run"),
          bus.recent().snapshot().get(0).id(),
          new RunEvent.Starting(i));
      bus.emit(Subject.NONE, new CustomEvent("mine", Map.of("i", "" + i)));
    }
    bus.close();
    journal.close();

    assertThat(names()).containsExactly("journal-" + bus.epoch() + ".jsonl");
    assertThat(events()).hasSize(1002).isEqualTo(bus.recent().snapshot());
    assertThat(journal.status()).isEqualTo(new JournalStatus(1002, 0, 0, 0, 0, false, null));
    assertThat(journal.name()).isEqualTo("journal");
  }

  @Test
  void anotherIncarnationNeverTouchesTheFilesThatAreThere() throws IOException {
    Path torn = directory.resolve("journal-old.jsonl");
    Files.writeString(torn, "{\"v\":1,\"epo");
    for (int seed = 1; seed <= 2; seed++) {
      JournalWriter journal = JournalWriter.open(directory);
      EventBus.builder(new SameThreadRuntime(seed)).sink(journal).build().close();
      journal.close();
    }

    assertThat(names()).hasSize(3);
    assertThat(torn).hasContent("{\"v\":1,\"epo");
  }

  @Test
  void anIncarnationWhoseFileIsThereBeginsItsNextPart() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (JournalWriter journal = JournalWriter.open(directory)) {
        journal.accept(EventSamples.event(i + 1));
      }
    }

    assertThat(names())
        .containsExactly(
            "journal-" + EventSamples.EPOCH + ".000002.jsonl",
            "journal-" + EventSamples.EPOCH + ".000003.jsonl",
            "journal-" + EventSamples.EPOCH + ".jsonl");
    assertThat(events())
        .containsExactly(EventSamples.event(1), EventSamples.event(2), EventSamples.event(3));
  }

  @Test
  void eventsOfTwoIncarnationsInTurnGoToTwoFiles() throws IOException {
    try (JournalWriter journal = JournalWriter.open(directory)) {
      for (int i = 1; i <= 3; i++) {
        journal.accept(EventSamples.event("a", i, EventSamples.START.plusSeconds(i)));
        journal.accept(EventSamples.event("b", i, EventSamples.START.plusSeconds(i)));
      }
    }

    assertThat(names()).containsExactly("journal-a.jsonl", "journal-b.jsonl");
    assertThat(events()).hasSize(6);
  }

  @Test
  void ofManyIncarnationsTheOldestMakeRoomAndLoseNothing() throws IOException {
    try (JournalWriter journal = JournalWriter.open(directory)) {
      for (int i = 1; i <= 20; i++) {
        journal.accept(EventSamples.event("e" + i, 1, EventSamples.START.plusSeconds(i)));
      }
      assertThat(journal.status().written()).isEqualTo(12);
      assertThat(journal.status().waiting()).isEqualTo(8);
    }

    assertThat(names()).hasSize(20);
    assertThat(events()).hasSize(20);
  }

  @Test
  void linesAreWrittenWhenTheWriterHasCaughtUpOrABatchIsFull() {
    try (JournalWriter journal = JournalWriter.open(directory)) {
      journal.accept(EventSamples.event(1));
      assertThat(journal.status().waiting()).isEqualTo(1);
      assertThat(events()).isEmpty();

      journal.caughtUp();
      assertThat(journal.status().written()).isEqualTo(1);
      assertThat(events()).containsExactly(EventSamples.event(1));

      journal.accept(EventSamples.big(2, Segment.BATCH_BYTES));
      assertThat(journal.status().waiting()).isZero();
      assertThat(events()).hasSize(2);
    }
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() {
    for (Durability durability : Durability.values()) {
      String epoch = durability.name();
      try (JournalWriter journal = JournalWriter.open(directory, durability)) {
        Thread.currentThread().interrupt();
        journal.accept(EventSamples.event(epoch, 1, EventSamples.START));
        journal.caughtUp();
        journal.accept(EventSamples.event(epoch, 2, EventSamples.START));
        journal.caughtUp();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(journal.status()).isEqualTo(new JournalStatus(2, 0, 0, 0, 0, false, null));
      }
    }
    assertThat(events()).hasSize(4);
  }

  @Test
  void aDirectoryThatIsNotThereIsMade() throws IOException {
    Path deep = directory.resolve("a/b");
    JournalWriter.open(deep).close();

    assertThat(deep).isDirectory().isEmptyDirectory();
  }

  @Test
  void aLinkToADirectoryWillDo() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    try (JournalWriter journal = JournalWriter.open(link)) {
      journal.accept(EventSamples.event(1));
    }

    assertThat(real).isDirectoryContaining("glob:**.jsonl");
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsOneClearErrorAtOnce() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");

    assertThatThrownBy(() -> JournalWriter.open(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "journal directory " + file + " cannot be written to: there is a file of that name");
    assertThatThrownBy(() -> JournalWriter.open(file.resolve("below")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "journal directory "
                + file.resolve("below")
                + " cannot be written to: Not a directory");
    assertThatThrownBy(() -> JournalWriter.open(Path.of("/proc/journal")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("journal directory /proc/journal cannot be written to: ");
    assertThat(names()).containsExactly("file");
    assertThat(file).hasContent("mine");
  }

  @Test
  void anEventWithoutASpellingIsCountedAndHurtsNoOther() {
    JournalWriter journal = JournalWriter.open(directory);
    journal.accept(EventSamples.event(1));
    journal.accept(
        EventSamples.event(
            EventSamples.EPOCH, 2, EventSamples.START, new ProcessEvent.Stopped(null)));
    journal.accept(EventSamples.big(3, EventCodec.MAX_LINE_BYTES));
    journal.accept(EventSamples.event("../up", 4, EventSamples.START));
    journal.accept(EventSamples.event(5));
    journal.close();

    assertThat(journal.status().written()).isEqualTo(2);
    assertThat(journal.status().dropped()).isEqualTo(3);
    assertThat(journal.status().lastError()).contains("../up#4").contains("epoch");
    assertThat(directory.getParent().resolve("journal-..")).doesNotExist();
    try (JournalReader reader = JournalReader.open(directory)) {
      assertThat(reader.stream().map(e -> e.getClass().getSimpleName()))
          .containsExactly("Read", "Gap", "Read");
    }
  }

  @Test
  void afterTheCloseEventsAreOnlyCounted() {
    JournalWriter journal = JournalWriter.open(directory);
    journal.accept(EventSamples.event(1));
    journal.close();
    journal.close();
    journal.accept(EventSamples.sample(2));
    journal.caughtUp();

    assertThat(events()).containsExactly(EventSamples.event(1));
    assertThat(journal.status().dropped()).isEqualTo(1);
    assertThat(journal.status().droppedSamples()).isEqualTo(1);
    assertThat(journal.status().lastError()).contains("closed");
  }
}
