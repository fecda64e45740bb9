package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * What is left out because of its type is counted and told, and hides nothing: neither a line that
 * is torn or malformed nor a gap; whoever helps with reading.
 */
class LeavingOutProperties {
  private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);
  private static final Executor NOBODY =
      task -> {
        throw new RejectedExecutionException();
      };

  @AfterContainer
  static void end() {
    THREADS.shutdown();
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return EventArbitraries.events().list().ofMaxSize(60);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void whatIsReadAndToldTogetherIsAllThereIs(
      @ForAll("events") List<Event> events, @ForAll Random random) throws IOException {
    Path directory = Files.createTempDirectory("types");
    List<Path> files = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        files.add(Files.write(directory.resolve("journal-" + i + ".jsonl"), lines(events, random)));
      }
      JournalFilter everything = filter(events, random);
      List<String> types = new ArrayList<>(EventTypes.all().keySet());
      types.add("custom.x");
      types.removeIf(type -> random.nextInt(3) > 0);
      JournalFilter some = everything.types(types.toArray(String[]::new));

      List<String> expected = new ArrayList<>();
      try (JournalReader reader = JournalReader.open(directory, everything)) {
        reader.forEachRemaining(entry -> expected.add(shortly(entry, some)));
      }
      for (Executor helper : List.of(NOBODY, Runnable::run, THREADS)) {
        List<String> found = new ArrayList<>();
        LeftOut told = (epoch, seq, millis) -> found.add(other(epoch, seq, millis));
        try (JournalReader reader =
            JournalReader.openAll(List.of(directory), some, epoch -> true, told, helper)) {
          reader.forEachRemaining(entry -> found.add(shortly(entry, some)));
        }
        assertThat(found).isEqualTo(expected);
      }
    } finally {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(directory);
    }
  }

  private static byte[] lines(List<Event> events, Random random) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Event event : events) {
      byte[] line = EventCodec.encode(event).getBytes(StandardCharsets.UTF_8);
      content.write(random.nextInt(3) == 0 ? JournalFuzzTest.mutated(line, random) : line);
      content.write('\n');
    }
    byte[] bytes = content.toByteArray();
    return random.nextBoolean() ? bytes : java.util.Arrays.copyOf(bytes, bytes.length * 9 / 10);
  }

  private static JournalFilter filter(List<Event> events, Random random) {
    JournalFilter filter = JournalFilter.ALL;
    if (!events.isEmpty() && random.nextBoolean()) {
      filter = filter.since(events.get(random.nextInt(events.size())).time());
    }
    if (!events.isEmpty() && random.nextBoolean()) {
      filter = filter.until(events.get(random.nextInt(events.size())).time());
    }
    return filter;
  }

  private static String shortly(JournalEntry entry, JournalFilter filter) {
    if (entry instanceof JournalEntry.Read read
        && !filter.types().isEmpty()
        && !filter.types().contains(read.event().type())) {
      Event event = read.event();
      return other(event.id().epoch(), event.id().seq(), SegmentCursor.millisOf(event.time()));
    }
    return entry.toString();
  }

  private static String other(String epoch, long seq, long millis) {
    return "other " + epoch + "#" + seq + " at " + millis;
  }
}
