package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reliability.core.event.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class JournalWriterFullDiskTest {
  private final FakeDisk disk = new FakeDisk();
  private final JournalWriter journal = new JournalWriter("fake", Durability.OS, disk);

  private static List<JournalEntry> read(byte[] content) {
    try {
      Path file = Files.createTempFile("full-disk", ".jsonl");
      try {
        Files.write(file, content);
        try (Stream<JournalEntry> entries = JournalReader.open(file).stream()) {
          return entries.toList();
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Event> events(byte[] content) {
    return read(content).stream()
        .filter(JournalEntry.Read.class::isInstance)
        .map(entry -> ((JournalEntry.Read) entry).event())
        .toList();
  }

  @Test
  void aFullDiskThrowsNothingAndIsTold() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "this system has no /dev/full");
    JournalWriter writer =
        new JournalWriter("full", Durability.FSYNC, epoch -> SegmentFile.of(full));
    for (int i = 1; i <= 3; i++) {
      writer.accept(EventSamples.event(i));
      writer.caughtUp();
    }

    assertThat(writer.status().failures()).isEqualTo(3);
    assertThat(writer.status().failing()).isTrue();
    assertThat(writer.status().waiting()).isEqualTo(3);
    assertThat(writer.status().lastError()).contains("No space left on device");

    writer.close();
    assertThat(writer.status().written()).isZero();
    assertThat(writer.status().waiting()).isZero();
    assertThat(writer.status().dropped()).isEqualTo(3);
  }

  @Test
  void aLineThatGotOutInPartIsCutOffAgain() {
    disk.room = 700;
    for (int i = 1; i <= 5; i++) {
      journal.accept(EventSamples.event(i));
    }
    journal.caughtUp();

    byte[] content = disk.files.get(0).content();
    assertThat(new String(content, StandardCharsets.UTF_8)).endsWith("}\n");
    assertThat(events(content)).hasSize((int) journal.status().written()).hasSizeBetween(1, 4);
    assertThat(journal.status().waiting()).isEqualTo(5 - journal.status().written());
  }

  @Test
  void onceThereIsRoomAgainNothingIsMissing() {
    disk.room = 300;
    List<Event> events = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      events.add(EventSamples.event(i));
      journal.accept(EventSamples.event(i));
      journal.caughtUp();
    }
    assertThat(journal.status().failing()).isTrue();
    disk.room = Integer.MAX_VALUE;
    journal.caughtUp();

    assertThat(events(disk.files.get(0).content())).isEqualTo(events);
    assertThat(journal.status().failing()).isFalse();
    assertThat(journal.status().written()).isEqualTo(10);
    assertThat(journal.status().waiting()).isZero();
    assertThat(journal.status().dropped()).isZero();
    assertThat(journal.status().lastError()).contains("No space left on device");
  }

  @Test
  void aTornLineThatCannotBeCutOffIsNeverGluedToAnother() {
    disk.room = 300;
    disk.mayTruncate = false;
    journal.accept(EventSamples.event(1));
    journal.accept(EventSamples.event(2));
    journal.caughtUp();
    disk.room = Integer.MAX_VALUE;
    journal.caughtUp();

    List<JournalEntry> entries = read(disk.files.get(0).content());
    assertThat(entries.stream().map(entry -> entry.getClass().getSimpleName()))
        .containsExactly("Read", "Malformed", "Read");
    assertThat(events(disk.files.get(0).content()))
        .containsExactly(EventSamples.event(1), EventSamples.event(2));
  }

  @Property(tries = 300)
  void howeverTheDiskFillsAndEmptiesEveryEventIsThereOnceAndInOrder(
      @ForAll @Size(max = 30) List<@IntRange(max = 800) Integer> rooms,
      @ForAll boolean mayTruncate) {
    FakeDisk disk = new FakeDisk(); // one per try
    JournalWriter journal = new JournalWriter("fake", Durability.OS, disk);
    disk.mayTruncate = mayTruncate;
    disk.room = 0;
    List<Event> events = new ArrayList<>();
    for (int room : rooms) {
      disk.room += room;
      events.add(EventSamples.event(events.size() + 1));
      journal.accept(events.get(events.size() - 1));
      journal.caughtUp();
    }
    disk.room = Integer.MAX_VALUE;
    journal.close();

    byte[] content = disk.files.isEmpty() ? new byte[0] : disk.files.get(0).content();
    assertThat(events(content)).isEqualTo(events);
    assertThat(journal.status().written()).isEqualTo(events.size());
    if (mayTruncate) {
      assertThat(read(content)).allMatch(JournalEntry.Read.class::isInstance);
    }
  }

  @Test
  void whatWaitsIsBoundedAndSamplesAreDroppedFirst() {
    disk.room = 0;
    int size = 256 * 1024;
    long seq = 0;
    for (int i = 0; i < 17; i++) { // a little more than 4 MiB
      journal.accept(EventSamples.big(++seq, size));
    }
    journal.accept(EventSamples.sample(++seq));
    assertThat(journal.status().dropped()).isEqualTo(1);
    assertThat(journal.status().droppedSamples()).isEqualTo(1);

    for (int i = 0; i < 40; i++) {
      journal.accept(EventSamples.big(++seq, size));
    }
    long waiting = journal.status().waiting();
    assertThat(waiting).isBetween(31L, 32L); // of 256 KiB and a little each: 8 MiB
    assertThat(journal.status().dropped()).isEqualTo(seq - waiting);

    disk.room = Integer.MAX_VALUE;
    journal.close();
    assertThat(events(disk.files.get(0).content())).hasSize((int) waiting);
    assertThat(read(disk.files.get(0).content()))
        .filteredOn(JournalEntry.Gap.class::isInstance)
        .hasSize(1);
  }

  @Test
  void aFailingDiskIsTriedOncePerBatchNotOncePerEvent() {
    disk.room = 0;
    for (int i = 1; i <= 4000; i++) { // about 900 KB
      journal.accept(EventSamples.event(i));
    }

    assertThat(journal.status().failures()).isBetween(5L, 20L);
  }

  @Test
  void aFileThatCannotBeMadeYetIsMadeLater() {
    disk.mayOpen = false;
    journal.accept(EventSamples.event(1));
    journal.caughtUp();
    assertThat(journal.status().lastError()).contains("No inodes left");
    disk.mayOpen = true;
    journal.caughtUp();

    assertThat(events(disk.files.get(0).content())).containsExactly(EventSamples.event(1));
  }

  @Test
  void withFsyncTheDiskIsWaitedForWheneverTheWriterHasCaughtUpWithSomething() {
    JournalWriter writer = new JournalWriter("fake", Durability.FSYNC, disk);
    writer.accept(EventSamples.event(1));
    writer.accept(EventSamples.event(2));
    writer.caughtUp();
    writer.caughtUp();
    assertThat(disk.files.get(0).forced).isEqualTo(1);

    disk.mayForce = false;
    writer.accept(EventSamples.event(3));
    writer.caughtUp();
    assertThat(writer.status().failing()).isTrue();
    assertThat(writer.status().lastError()).contains("Input/output error");

    disk.mayForce = true;
    writer.close();
    assertThat(writer.status().failing()).isFalse();
    assertThat(disk.files.get(0).forced).isEqualTo(2);
    assertThat(disk.files.get(0).closed).isTrue();
  }

  @Test
  void withoutFsyncTheDiskIsNeverWaitedFor() {
    journal.accept(EventSamples.event(1));
    journal.close();

    assertThat(disk.files.get(0).forced).isZero();
    assertThat(disk.files.get(0).closed).isTrue();
  }
}
