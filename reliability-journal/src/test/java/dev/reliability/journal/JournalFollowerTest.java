package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFollowerTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private final List<EventId> seen = new ArrayList<>();
  private JournalFollower follower = new JournalFollower(List.of());

  @BeforeEach
  void follow() {
    follower = new JournalFollower(List.of(directory));
  }

  private List<EventId> poll() {
    seen.clear();
    follower.poll(event -> seen.add(event.id()));
    return seen;
  }

  private static String line(String epoch, long seq, long seconds) {
    Event event = EventSamples.event(epoch, seq, START.plusSeconds(seconds));
    return EventCodec.encode(event) + "\n";
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(
        directory.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void whatIsThereComesFirstAndThenWhatIsAdded() throws IOException {
    assertThat(poll()).isEmpty();
    write("journal-a.jsonl", line("a", 1, 1) + line("a", 2, 3));
    write("journal-b.jsonl", line("b", 1, 2));
    assertThat(poll()).containsExactly(id("a", 1), id("b", 1), id("a", 2));
    assertThat(poll()).isEmpty();
    write("journal-a.jsonl", line("a", 3, 4));
    write("journal-a.000002.jsonl", line("a", 4, 5));
    assertThat(poll()).containsExactly(id("a", 3), id("a", 4));
    assertThat(follower.unreadable()).isZero();
  }

  @Test
  void aLineThatIsNotWholeYetComesOnceItIs() throws IOException {
    String line = line("a", 2, 2);
    write("journal-a.jsonl", line("a", 1, 1) + line.substring(0, 20));
    assertThat(poll()).containsExactly(id("a", 1));
    assertThat(poll()).isEmpty();
    write("journal-a.jsonl", line.substring(20));
    assertThat(poll()).containsExactly(id("a", 2));
    write("journal-a.jsonl", "no event\n" + line("a", 3, 3));
    assertThat(poll()).containsExactly(id("a", 3));
    assertThat(follower.unreadable()).isEqualTo(1);
  }

  @Test
  void thePartsOfAnIncarnationComeInTheirOrderHoweverLargeTheyAre() throws IOException {
    assertThat(poll()).isEmpty();
    StringBuilder first = new StringBuilder();
    for (int i = 1; i <= 15_000; i++) {
      first.append(line("a", i, i));
    }
    assertThat(first.length()).isGreaterThan(2 << 20);
    write("journal-a.jsonl", first + "torn");
    write("journal-a.000002.jsonl", line("a", 15_001, 1));
    write("journal-a.000003.jsonl", line("a", 15_002, 2));
    assertThat(poll().stream().map(EventId::seq)).hasSize(15_002).isSorted();
  }

  @Test
  void whatIsRemovedIsForgottenAndMuchIsReadInSteps() throws IOException {
    StringBuilder much = new StringBuilder();
    for (int i = 1; i <= 20_000; i++) {
      much.append(line("a", i, i));
    }
    assertThat(poll()).isEmpty();
    write("journal-a.jsonl", much.toString());
    assertThat(much.length()).isGreaterThan(3 << 20);
    assertThat(poll()).hasSize(20_000).endsWith(id("a", 20_000));
    Files.delete(directory.resolve("journal-a.jsonl"));
    assertThat(poll()).isEmpty();
    write("journal-a.jsonl", "x".repeat(EventCodec.MAX_LINE_BYTES + 10) + "\n" + line("a", 1, 1));
    assertThat(poll()).containsExactly(id("a", 1));
    assertThat(follower.unreadable()).isPositive();
  }

  @Test
  void whatWasReadBesideADirectoryThatIsGoneComesOnceThatIsBack() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    follower = new JournalFollower(List.of(directory, other));
    write("journal-a.jsonl", line("a", 1, 1));
    write("other/journal-b.jsonl", line("b", 1, 1));
    assertThat(poll()).hasSize(2);
    write("journal-a.jsonl", line("a", 2, 2));
    Path away = directory.resolve("away");
    Files.move(other, away);
    assertThatThrownBy(this::poll).hasMessageContaining(other + " is not there any more");
    assertThat(seen).isEmpty();
    Files.move(away, other);
    write("other/journal-b.jsonl", line("b", 2, 3));
    assertThat(poll()).containsExactly(id("a", 2), id("b", 2));
  }

  @Test
  void aFileThatWasPutBackShorterIsReadAnew() throws IOException {
    write("journal-a.jsonl", line("a", 1, 1) + line("a", 2, 2) + line("a", 3, 3));
    assertThat(poll()).hasSize(3);
    write("journal-a.jsonl", line("a", 4, 4));
    assertThat(poll()).containsExactly(id("a", 4));
    Files.writeString(directory.resolve("journal-a.jsonl"), line("a", 1, 1) + line("a", 9, 9));
    assertThat(poll()).containsExactly(id("a", 1), id("a", 9));
  }

  /** However the writing and the looking fall together, each event comes once and in order. */
  @Property(tries = 200)
  void eachEventOnceInOrder(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    Path place = Files.createTempDirectory("follow");
    JournalFollower following = new JournalFollower(List.of(place));
    Map<String, List<Long>> got = new HashMap<>();
    Map<String, Long> written = new HashMap<>();
    Map<String, StringBuilder> rest = new HashMap<>();
    for (int step = 0; step < 40; step++) {
      String epoch = "e" + random.nextInt(3);
      long seq = written.merge(epoch, 1L, Long::sum);
      StringBuilder text = rest.computeIfAbsent(epoch, name -> new StringBuilder());
      text.append(line(epoch, seq, random.nextInt(100)));
      int some = random.nextInt(text.length() + 1);
      append(place, epoch, text.substring(0, some));
      text.delete(0, some);
      if (random.nextInt(3) == 0) {
        following.poll(event -> add(got, event.id()));
      }
    }
    for (Map.Entry<String, StringBuilder> one : rest.entrySet()) {
      append(place, one.getKey(), one.getValue().toString());
    }
    following.poll(event -> add(got, event.id()));
    written.forEach(
        (epoch, most) ->
            assertThat(got.getOrDefault(epoch, Collections.emptyList()))
                .hasSize(most.intValue())
                .isSorted()
                .doesNotHaveDuplicates());
    for (String epoch : written.keySet()) {
      Files.delete(place.resolve("journal-" + epoch + ".jsonl"));
    }
    Files.delete(place);
  }

  private static void append(Path place, String epoch, String text) throws IOException {
    Files.write(
        place.resolve("journal-" + epoch + ".jsonl"),
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static void add(Map<String, List<Long>> got, EventId id) {
    got.computeIfAbsent(id.epoch(), epoch -> new ArrayList<>()).add(id.seq());
  }

  private static EventId id(String epoch, long seq) {
    return new EventId(epoch, seq);
  }
}
