package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.ops.analysis.UnclassifiedReport.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs without output that nothing explains; and what a change did to what happens. */
class UnclassifiedTest {
  private final Told told = new Told();

  private Event silent(double second, int number, LinkSnapshot link) {
    return told.ended(second, Told.run(number), RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT, link);
  }

  private UnclassifiedReport day() {
    return Unclassified.of(Told.DAY).of(told.events);
  }

  @Test
  void eachIsClassifiedByWhatIsKnownOfTheLink() {
    Event near = told.noOutput(1000, 1);
    Event close = told.close(1120);
    Event down = silent(5000, 2, new LinkSnapshot("waiting", "retry", 2, null));
    Event hang = silent(6000, 3, Told.OPEN);
    UnclassifiedReport report = day();
    assertThat(report.classes())
        .isEqualTo(
            Map.of(
                Kind.LINK_CLOSED_NEARBY, Cited.one(near.id()),
                Kind.LINK_DOWN, Cited.one(down.id()),
                Kind.HANG, Cited.one(hang.id())));
    assertThat(report.runs().get(0).evidence()).containsExactly(near.id(), close.id());
    assertThat(report.unclassified()).isEqualTo(Cited.NONE);
    assertThat(report.verdict()).isEqualTo(GateVerdict.GO);
    assertThat(report.events().count()).isEqualTo(3);
  }

  @Test
  void oneOfWhichNobodyKnowsHowTheLinkWasIsUnclassified() {
    Event end = told.noOutput(1000, 1);
    assertThat(day().unclassified()).isEqualTo(Cited.one(end.id()));
    assertThat(day().verdict()).isEqualTo(GateVerdict.NO_GO);
    assertThat(Unclassified.of(Told.DAY, "jarvis").of(told.events).verdict())
        .as("another lane")
        .isEqualTo(GateVerdict.INCONCLUSIVE);
  }

  @Test
  void noneIsGoodNewsOnlyIfRunsEnded() {
    assertThat(day().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    told.ended(10, Told.run(1), RunState.DONE, EndReason.COMPLETED, null);
    assertThat(day().verdict()).isEqualTo(GateVerdict.GO);
    assertThat(day().ended().count()).isEqualTo(1);
  }

  // ---- before a change and since ----

  private Event found(double second) {
    return told.tell(
        second,
        Told.run(1),
        new ReconcileEvent.Found(
            "running_without_container",
            RunState.RUNNING,
            "pid 1",
            "e0",
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            "no worker",
            false));
  }

  @Test
  void countsSplitAtTheChangeAndNoneSinceMeansNothingWithoutAProof() {
    Event before = found(999.999);
    Split split =
        Split.of(
            Told.DAY,
            Told.at(1000),
            EventKind.found("running_without_container"),
            EventKind.NO_OUTPUT_TIMEOUT);
    SplitReport.Row row = split.of(told.events).rows().get(0);
    assertThat(row.before()).isEqualTo(Cited.one(before.id()));
    assertThat(row.since()).isEqualTo(Cited.NONE);
    assertThat(row.isGone()).as("nobody proved that it would be found").isFalse();

    split.accept(
        told.tell(
            1000,
            Told.run(1),
            new ReconcileEvent.SelfTest(false, List.of("running_without_container"), "one more")));
    assertThat(split.report().rows().get(0).isGone()).as("the self-test failed").isFalse();
    Event test =
        told.tell(
            1000,
            Told.run(1),
            new ReconcileEvent.SelfTest(true, List.of("running_without_container"), null));
    split.accept(test);
    assertThat(split.report().rows().get(0).isGone()).isTrue();
    assertThat(split.report().rows().get(1).isGone()).isFalse();
    split.accept(found(1000));
    assertThat(split.report().rows().get(0).isGone()).isFalse();
  }
}
