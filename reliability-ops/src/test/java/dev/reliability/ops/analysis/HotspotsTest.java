package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What fails most. */
class HotspotsTest {
  private final Told told = new Told();

  private HotspotsReport day() {
    return Hotspots.builder(Told.DAY).build().of(told.events);
  }

  private Event failure(double second, String lane, String fingerprint, int version, int count) {
    return told.tell(
        second,
        Subject.ofLane(lane),
        new LaneEvent.Failure("id", fingerprint, version, "reason", count, 3));
  }

  @Test
  void anEmptyWindowIsAnEmptyReport() {
    HotspotsReport report = day();
    assertThat(report.isEmpty()).isTrue();
    assertThat(report.fingerprints()).isEmpty();
    assertThat(report.lanes()).isEmpty();
    assertThat(report.reasons()).isEmpty();
    failure(-1, "andy-developer", "andy-developer:x", 1, 1);
    failure(86_400, "andy-developer", "andy-developer:x", 1, 1);
    assertThat(day()).as("what is outside of it").isEqualTo(report);
  }

  @Test
  void theMostFrequentComesFirstWithItsEvents() {
    Event first = failure(10, "andy-developer", "andy-developer:timeout", 1, 1);
    failure(20, "jarvis", "jarvis:invalid", 1, 1);
    Event second = failure(30, "andy-developer", "andy-developer:timeout", 1, 2);
    failure(40, "andy-developer", "andy-developer:another", 1, 1);
    assertThat(day().fingerprints())
        .extracting(Hotspot::key)
        .containsExactly("andy-developer:timeout", "andy-developer:another", "jarvis:invalid");
    Hotspot hottest = day().fingerprints().get(0);
    assertThat(hottest.failures().ids()).containsExactly(first.id(), second.id());
    assertThat(hottest.first()).isEqualTo(first.time());
    assertThat(hottest.last()).isEqualTo(second.time());
    assertThat(Hotspots.builder(Told.DAY).top(1).build().of(told.events).fingerprints())
        .containsExactly(hottest);
  }

  @Test
  void failedRunsAreCountedByLaneAndReasonAndOthersAreNot() {
    told.noOutput(1, 1);
    told.noOutput(2, 2);
    told.ended(
        3,
        Subject.ofRun("jarvis", "issue-3", "r-3"),
        RunState.FAILED,
        EndReason.HARD_TIMEOUT,
        null);
    told.ended(4, Told.run(4), RunState.DONE, EndReason.COMPLETED, null);
    told.ended(5, Told.run(5), RunState.CANCELLED, EndReason.CANCELLED, null);
    told.tell(
        6, Told.run(6), new ReconcileEvent.Settled("running_without_container", "failed", null));
    HotspotsReport report = day();
    assertThat(report.failedRuns().count()).isEqualTo(4);
    assertThat(report.lanes())
        .extracting(Hotspot::key, row -> row.failures().count())
        .containsExactly(tuple("andy-developer", 3L), tuple("jarvis", 1L));
    assertThat(report.reasons())
        .extracting(Hotspot::key)
        .containsExactly("no_output_timeout", "hard_timeout", "running_without_container");
    assertThat(Hotspots.builder(Told.DAY).lane("jarvis").build().of(told.events).reasons())
        .extracting(Hotspot::key)
        .containsExactly("hard_timeout");
  }

  @Test
  void countersThatAreMissingOrNoNumbersBreakNothing() {
    failure(1, "andy-developer", "", 1, -7);
    failure(2, "andy-developer", "", 1, Integer.MAX_VALUE);
    told.tell(3, Subject.NONE, new LaneEvent.Failure("", "x:y", 1, "", 0, 0));
    told.ended(4, Subject.NONE, RunState.FAILED, EndReason.other(""), null);
    told.tell(5, Subject.NONE, new CustomEvent("counter", Map.of("count", "", "n", "n/a")));
    told.tell(6, Subject.NONE, new UnknownEvent("lane.failure2", "{\"count\":\"many\"}"));
    HotspotsReport report = day();
    assertThat(report.fingerprints()).extracting(Hotspot::key).containsExactly("", "x:y");
    assertThat(report.fingerprints().get(0).failures().count()).isEqualTo(2);
    assertThat(report.lanes()).extracting(Hotspot::key).containsExactly("(none)");
    assertThat(report.reasons()).extracting(Hotspot::key).containsExactly("other:");
  }

  @Test
  void fingerprintsOfOtherRulesAreNotTheSame() {
    failure(1, "a", "a:x", 1, 1);
    failure(2, "a", "a:x", 2, 1);
    assertThat(day().fingerprints()).extracting(Hotspot::key).containsExactly("a:x", "v2 a:x");
  }

  @Test
  void moreKeysThanFitAreCountedTogether() {
    for (int i = 0; i < 10_003; i++) {
      failure(i, "a", "a:" + i, 1, 1);
    }
    failure(10_004, "a", "a:0", 1, 2);
    HotspotsReport report = day();
    assertThat(report.others().count()).isEqualTo(3);
    assertThat(report.counted().count()).isEqualTo(10_004);
    assertThat(report.counted().ids()).hasSize(Cited.MOST);
    assertThat(report.counted().isComplete()).isFalse();
    assertThat(report.fingerprints().get(0).key()).isEqualTo("a:0");
    assertThat(report.fingerprints()).hasSize(50);
    assertThatThrownBy(() -> Hotspots.builder(Told.DAY).top(0))
        .hasMessage("top: expected at least 1, got 0");
    assertThatThrownBy(() -> new Cited(0, List.of(told.events.get(0).id())))
        .hasMessageStartingWith("count: expected at least 1");
  }
}
