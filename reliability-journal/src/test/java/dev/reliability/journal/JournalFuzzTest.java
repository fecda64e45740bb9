package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class JournalFuzzTest {

  @Provide
  Arbitrary<List<Event>> events() {
    return EventArbitraries.events().list().ofSize(25);
  }

  /** 100 times 25 events, each mutated 4 times. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void noMutationThrowsOrCostsALineThatIsWhole(
      @ForAll("events") List<Event> events, @ForAll Random random) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    List<Event> whole = new ArrayList<>();
    for (int i = 0; i < 4 * events.size(); i++) {
      Event event = events.get(i % events.size());
      Event marker = EventSamples.event("whole", whole.size() + 1, EventSamples.START);
      whole.add(marker);
      content.write((EventCodec.encode(marker) + "\n").getBytes(StandardCharsets.UTF_8));
      content.write(mutated(EventCodec.encode(event).getBytes(StandardCharsets.UTF_8), random));
      content.write('\n');
    }

    List<Event> found = new ArrayList<>();
    Path file = Files.createTempFile("fuzz", ".jsonl");
    try {
      Files.write(file, content.toByteArray());
      try (Stream<JournalEntry> entries = JournalReader.open(file).stream()) {
        entries.forEach(
            entry -> {
              if (entry instanceof JournalEntry.Read read
                  && read.event().id().epoch().equals("whole")) {
                found.add(read.event());
              }
            });
      }
    } finally {
      Files.delete(file);
    }
    assertThat(found).isEqualTo(whole);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void theShortCutAndTheCarefulWayAgreeAboutMutations(
      @ForAll("events") List<Event> events, @ForAll Random random) {
    for (Event event : events) {
      byte[] line = mutated(EventCodec.encode(event).getBytes(StandardCharsets.UTF_8), random);
      if (line.length > 0 && line[0] == '{') {
        byte[] careful = new byte[line.length + 1];
        careful[0] = '{';
        careful[1] = ' ';
        System.arraycopy(line, 1, careful, 2, line.length - 1);

        assertThat(decoded(line))
            .as(() -> new String(line, StandardCharsets.UTF_8))
            .isEqualTo(decoded(careful));
      }
    }
  }

  private static @Nullable Event decoded(byte[] line) {
    try {
      return EventCodec.decode(line, 0, line.length);
    } catch (CodecException e) {
      assertThat(e).hasMessageContaining(": expected ").hasMessageContaining(", got ");
      return null;
    }
  }

  static byte[] mutated(byte[] line, Random random) {
    byte[] mutated = line;
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(mutated.length + 1);
      int length = random.nextInt(Math.min(12, mutated.length - at + 1));
      mutated =
          switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(mutated, at); // cut off
            case 1 -> replaced(mutated, at, length, new byte[0]);
            case 2 -> replaced(mutated, at, 0, Arrays.copyOfRange(mutated, at, at + length));
            case 3 ->
                replaced(mutated, at, Math.min(1, length), new byte[] {(byte) random.nextInt(256)});
            case 4 ->
                replaced(
                    mutated,
                    at,
                    Math.min(1, length),
                    pick(random, "0", "-", "9", "\"", "\\", "{", "}", ",", ":", " "));
            default ->
                replaced(
                    mutated,
                    at,
                    length,
                    pick(random, "null", "1e99", "\\ud800", "[", "\0\0", "\uFEFF", "\n", "\r"));
          };
    }
    return mutated;
  }

  private static byte[] pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)].getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] replacement) {
    byte[] result = new byte[bytes.length - length + replacement.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(replacement, 0, result, at, replacement.length);
    System.arraycopy(
        bytes, at + length, result, at + replacement.length, bytes.length - at - length);
    return result;
  }
}
