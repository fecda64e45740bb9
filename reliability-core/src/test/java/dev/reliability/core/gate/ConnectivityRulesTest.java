package dev.reliability.core.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What no judgement of a real gate shows. */
class ConnectivityRulesTest {

  /** No stale record was found, because nobody could look: that is no pass. */
  @Test
  void aDetectorThatCannotLookIsInconclusive() {
    List<GateLine> lines =
        ConnectivityRules.judge(
            new ConnectivityRules.Facts(
                List.of(GateLine.pass("preflight", "well")),
                List.of(),
                Map.of(),
                null,
                "the detector failed its self-test",
                false,
                Instant.EPOCH,
                "epoch",
                0,
                Duration.ofHours(1),
                Set.of(RunState.DONE)));
    assertThat(lines.stream().map(GateLine::text))
        .containsExactly(
            "PASS preflight: well",
            "INCONCLUSIVE stale queued: the detector failed its self-test",
            "INCONCLUSIVE stale running: the detector failed its self-test");
  }
}
