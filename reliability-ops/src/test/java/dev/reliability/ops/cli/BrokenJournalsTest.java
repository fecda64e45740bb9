package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.journal.CodecException;
import dev.reliability.journal.EventCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 10,000 journals of a real run, each cut, torn, overwritten or put together wrongly in some way: a
 * verb never fails because of it, counts every whole line, and tells what is missing.
 */
@Tag("once")
class BrokenJournalsTest {
  private static final int JOURNALS = 10_000;
  private static final Path RECORDED =
      Path.of(
          "src",
          "test",
          "resources",
          "recorded",
          "main",
          "journal-20261122T051659Z-2ddeae8a.jsonl");
  private static final List<String> VERBS =
      List.of(
          "trace",
          "reliability",
          "timeline",
          "hotspots",
          "fingerprints",
          "explain-zero",
          "correlate",
          "unclassified");

  @TempDir private Path directory;

  /** What a naive reader finds: whole lines, lines that are none, and jumps. */
  private record Naive(long events, long duplicates, long malformed, long torn, long gaps) {
    static Naive of(byte[] bytes) {
      long events = 0;
      long duplicates = 0;
      Map<EventId, Instant> seen = new HashMap<>();
      long malformed = 0;
      long torn = 0;
      long gaps = 0;
      String epoch = "20261122T051659Z-2ddeae8a";
      long expected = 1;
      for (int from = 0; from < bytes.length; ) {
        int end = from;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        try {
          Event event = EventCodec.decode(bytes, from, end - from);
          if (event.time().equals(seen.put(event.id(), event.time()))) {
            duplicates++;
          } else {
            events++;
          }
          if (event.id().epoch().equals(epoch) && event.id().seq() != expected) {
            gaps++;
          }
          epoch = event.id().epoch();
          expected = event.id().seq() + 1;
        } catch (CodecException e) {
          if (end < bytes.length) {
            malformed++;
          } else {
            torn++;
          }
        }
        from = end + 1;
      }
      return new Naive(events, duplicates, malformed, torn, gaps);
    }
  }

  @Test
  void noVerbFailsEveryWholeLineCountsAndWhatIsMissingIsTold() throws IOException {
    byte[] whole = Files.readAllBytes(RECORDED);
    AtomicInteger different = new AtomicInteger();
    IntStream.range(0, JOURNALS)
        .parallel()
        .forEach(
            seed -> {
              byte[] broken = broken(whole, new Random(seed));
              different.addAndGet(Arrays.equals(whole, broken) ? 0 : 1);
              look(VERBS.get(seed % VERBS.size()), broken, "seed " + seed);
            });
    assertThat(different.get()).isGreaterThan(JOURNALS * 9 / 10);
  }

  private void look(String verb, byte[] broken, String seed) {
    Path of = directory.resolve(String.valueOf(Thread.currentThread().getId()));
    try {
      Files.createDirectories(of);
      Files.write(of.resolve(RECORDED.getFileName()), broken);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Told told =
        Told.by(
            verb,
            "--json",
            "--since",
            "-1000000-01-01T00:00:00Z",
            "--until",
            "+1000000-01-01T00:00:00Z",
            "--now",
            "2026-11-22T06:00:00Z",
            "--dir",
            of.toString());
    String what = seed + ", " + verb;
    assertThat(told.err()).as(what).isEmpty();
    assertThat(told.code()).as(what).isIn(0, 1, 3);
    JsonNode journal = told.document().get("journal");
    assertThat(
            new Naive(
                journal.get("events").asLong(),
                journal.get("duplicates").asLong(),
                journal.get("malformed").asLong(),
                journal.get("torn").asLong(),
                journal.get("gaps").asLong()))
        .as(what)
        .isEqualTo(Naive.of(broken));
  }

  private static byte[] broken(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int times = random.nextInt(3); times >= 0; times--) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + random.nextInt(random.nextBoolean() ? 20 : 2_000));
    switch (random.nextInt(9)) {
      case 0: // cut off
        return Arrays.copyOf(bytes, Math.max(1, at));
      case 1: // the beginning is gone
        return Arrays.copyOfRange(bytes, Math.min(at, bytes.length - 1), bytes.length);
      case 2: // something is gone in the middle
        return joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, to, bytes.length));
      case 3: // something is there twice
        return joined(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, at, bytes.length));
      case 4: // blocks that a crash left empty
        byte[] empty = bytes.clone();
        Arrays.fill(empty, Math.min(at, to), to, (byte) 0);
        return empty;
      case 5: // single bits
        byte[] flipped = bytes.clone();
        for (int bits = random.nextInt(8); bits >= 0; bits--) {
          flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
      case 6: // other digits: numbers and times that nobody wrote
        byte[] digits = bytes.clone();
        for (int i = at; i < to; i++) {
          digits[i] = Character.isDigit(digits[i]) ? (byte) ('0' + random.nextInt(10)) : digits[i];
        }
        return digits;
      case 7: // a line end too many or too few
        byte[] ends = bytes.clone();
        if (at < ends.length) {
          ends[at] = ends[at] == '\n' ? (byte) ' ' : (byte) '\n';
        }
        return ends;
      default: // something else in between
        String other =
            List.of("\n\n\n", "{}\n", "null\n", "\u0000", "{\"v\":2}\n", "\"", "[[[[[", "\r\n", "é")
                .get(random.nextInt(9));
        return joined(
            joined(Arrays.copyOf(bytes, at), other.getBytes(StandardCharsets.UTF_8)),
            Arrays.copyOfRange(bytes, at, bytes.length));
    }
  }

  private static byte[] joined(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }
}
