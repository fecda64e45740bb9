package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.TimeoutValues;
import dev.reliability.core.event.UnknownEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The lines in {@code golden-v1.jsonl} are the format. Lines may be added to that file; none may
 * ever change.
 */
class GoldenLinesTest {
  private static final Event ENDED =
      new Event(
          new EventId(EventSamples.EPOCH, 42),
          Instant.parse("2026-01-01T00:12:00.007Z"),
          720_007_000_000L,
          "worker-1",
          new Subject("andy-developer", "issue-42", "r-1", 3, null),
          new EventId(EventSamples.EPOCH, 41),
          new RunEvent.Ended(
              RunState.REVIEW_REQUESTED,
              EndReason.other("grüße \uD83D\uDE00"),
              "said \"done\"\n\tand left\u0001",
              2,
              "nanoclaw-andy-17",
              new TimeoutValues(
                  Duration.ofMinutes(12),
                  Duration.ofMinutes(5),
                  Duration.ofMinutes(30),
                  Duration.ofNanos(1_800_000_000_001L),
                  Duration.ofNanos(-1_500_000),
                  Duration.ZERO,
                  null),
              Duration.ofMillis(12),
              Duration.ofNanos(719_995_123_400L),
              17,
              99_999,
              null,
              9,
              "killed",
              "process_group",
              List.of("4711", "4712"),
              1,
              "none",
              null,
              "m-9",
              new LinkSnapshot(
                  "connecting", "428", 3, Instant.parse("2026-01-01T00:11:58.123456789Z")),
              ordered("group_folder", "main", "chat_jid", "123@g.us"),
              false));

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static List<String> golden() throws IOException {
    try (InputStream in = GoldenLinesTest.class.getResourceAsStream("golden-v1.jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void everyGoldenLineIsReadAndWrittenAgainByteForByte() throws IOException {
    for (String line : golden()) {
      assertThat(EventCodec.encode(EventCodec.decode(line))).isEqualTo(line);
    }
  }

  @Test
  void everyTypeHasAGoldenLine() throws IOException {
    Set<Class<? extends EventData>> covered =
        golden().stream()
            .map(line -> EventCodec.decode(line).data().getClass())
            .collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    EventTypes.all()
        .forEach(
            (name, type) -> {
              if (!covered.contains(type)) {
                missing.add(EventCodec.encode(EventSamples.of(type)));
              }
            });

    assertThat(missing)
        .as("lines to add to golden-v1.jsonl, once they are what they should be")
        .isEmpty();
    assertThat(covered).contains(CustomEvent.class, UnknownEvent.class);
  }

  @Test
  void theGoldenLinesMeanWhatTheyMeantWhenTheyWereWritten() throws IOException {
    List<Event> events = golden().stream().map(EventCodec::decode).toList();

    assertThat(events)
        .contains(
            ENDED,
            new Event(
                new EventId("e", 1),
                Instant.EPOCH,
                0,
                "n",
                Subject.NONE,
                null,
                new CustomEvent("deploy.marked", ordered("version", "1.2", "by", "ops"))),
            new Event(
                new EventId("e", 2),
                Instant.parse("1969-12-31T23:59:59.999Z"),
                -1,
                "n",
                Subject.NONE,
                null,
                new UnknownEvent("lane.napping", "{ \"b\": 1.50, \"a\": [true, null, {}] }")),
            new Event(
                new EventId("e", 3),
                Instant.EPOCH,
                0,
                "n",
                Subject.NONE,
                null,
                new RunEvent.Starting(1)));
  }

  @Test
  void theLineOfAnEndedRunIsSpelledLikeThis() {
    assertThat(EventCodec.encode(ENDED))
        .isEqualTo(
            """
            {"v":1,"epoch":"20260101T000000Z-0a1b2c3d","seq":42,"ts":"2026-01-01T00:12:00.007Z",\
            "mono":720007000000,"node":"worker-1","type":"run.ended","lane":"andy-developer",\
            "item":"issue-42","run":"r-1","token":3,"cause":"20260101T000000Z-0a1b2c3d#41",\
            "attrs":{"state":"review_requested","reason":"other:grüße \uD83D\uDE00",\
            "detail":"said \\"done\\"\\n\\tand left\\u0001","attempts":2,"worker":"nanoclaw-andy-17",\
            "timeouts":{"no_output_ms":720000,"idle_ms":300000,"hard_configured_ms":1800000,\
            "hard_effective_ms":1800000.000001,"start_deadline_ms":-1.5,"linger_ms":0},\
            "queued_ms":12,"running_ms":719995.1234,"progress_count":17,"output_bytes":99999,\
            "signal":9,"stopped_by":"killed","guarantee":"process_group","survivors":["4711","4712"],\
            "pipes_abandoned":1,"cursor":"none","input_last":"m-9","link":{"state":"connecting",\
            "reason":"428","reconnect_attempt":3,"since":"2026-01-01T00:11:58.123456789Z"},\
            "context":{"group_folder":"main","chat_jid":"123@g.us"},"recorded":false}}""");
  }
}
