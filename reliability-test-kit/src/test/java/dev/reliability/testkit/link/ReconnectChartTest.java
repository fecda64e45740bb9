package dev.reliability.testkit.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.link.LinkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/**
 * A link that opens at once and is lost a second later, for a day: how often ours connects it, and
 * how often others would. Theirs are written down here as they are described in public: a delay
 * after the n-th failure in a row, of which {@code open} makes an end. The chart in {@code docs} is
 * the one that this test makes, in {@code target/reconnect}.
 */
class ReconnectChartTest {
  private static final Duration FLAP = Duration.ofSeconds(1);
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path MADE = Path.of("target", "reconnect");
  private static final String TITLE =
      "Attempts to connect per minute, to a link that opens and is lost after a second, for 24 h";

  /** Attempts in each minute of a day, by ours in the simulated world. */
  private static int[] ours() {
    LinkRig rig =
        new LinkRig(
            LinkPolicy.ofDefaults(),
            world -> FakeLink.playing(world, LinkPlan.opens().closing(FLAP, LinkRig.LOST)));
    rig.start();
    rig.pass(Duration.ofDays(1));
    int[] counts = new int[ReconnectChart.MINUTES];
    for (long nanos : rig.times(LinkEvent.Connecting.class)) {
      count(counts, nanos);
    }
    return counts;
  }

  /** The same by a delay in milliseconds after so many failures in a row. */
  private static int[] theirs(IntToLongFunction delay) {
    int[] counts = new int[ReconnectChart.MINUTES];
    int failures = 0;
    long millis = 0;
    while (millis < Duration.ofDays(1).toMillis()) {
      count(counts, millis * 1_000_000);
      failures = 0; // it opens
      millis += FLAP.toMillis();
      failures++; // it is lost
      millis += delay.applyAsLong(failures);
    }
    return counts;
  }

  private static void count(int[] counts, long nanos) {
    int minute = (int) (nanos / Duration.ofMinutes(1).toNanos());
    if (minute < counts.length) {
      counts[minute]++;
    }
  }

  private static Map<String, int[]> all() {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, int[]> all = new LinkedHashMap<>();
    all.put("ours, all defaults", ours());
    all.put("NanoClaw: no delay", theirs(failures -> 0));
    all.put("whatsmeow: 2 s x failures before", theirs(failures -> 2_000L * (failures - 1)));
    all.put("WAHA: 2 s", theirs(failures -> 2_000));
    all.put(
        "OpenClaw: 2 s x 1.8, jitter, then cap",
        theirs(
            failures -> {
              double plain = 2_000 * Math.pow(1.8, failures - 1.0);
              return (long) Math.min(30_000, plain * (1 + 0.25 * random.nextDouble()));
            }));
    return all;
  }

  @Test
  void oursStaysBoundedWhereOthersDoNot() throws IOException {
    Map<String, int[]> all = all();
    String text = ReconnectChart.text(TITLE, all);
    String svg = ReconnectChart.svg(TITLE, all);
    Files.createDirectories(MADE);
    Files.writeString(MADE.resolve("reconnect.txt"), text);
    Files.writeString(MADE.resolve("reconnect.svg"), svg);

    int[] ours = all.remove("ours, all defaults");
    assertThat(ReconnectChart.most(ours, 10)).isLessThanOrEqualTo(25);
    all.forEach(
        (name, theirs) ->
            assertThat(ReconnectChart.sum(theirs, 0, theirs.length))
                .as(name)
                .isGreaterThan(5 * ReconnectChart.sum(ours, 0, ours.length)));
    assertThat(text).isEqualTo(Files.readString(DOCS.resolve("reconnect.txt")));
    assertThat(svg).isEqualTo(Files.readString(DOCS.resolve("reconnect.svg")));
  }
}
