package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happened in a lane, or to a run. */
class TraceTest {
  private static final Window HOUR = new Window(Told.at(0), Told.at(3600));
  private static final Subject OTHER = Subject.ofRun("jarvis-worker-1", "issue-7", "r-77");

  private final Told told = new Told();

  private TraceReport andy() {
    return Trace.builder(HOUR).lane("andy-developer").build().of(told.events);
  }

  @Test
  void theNumbersHaveTheNamesThatOperatorsKnow() {
    told.accepted(11, told.intent(10), Subject.ofItem("andy-developer", "issue-1"));
    told.rejected(21, told.intent(20), Subject.NONE, "invalid_payload");
    told.rejected(31, told.intent(30), Subject.ofItem("andy-developer", "issue-3"), "capacity");
    told.accepted(41, told.intent(40), Subject.ofItem("jarvis-worker-1", "issue-7"));
    told.close(1000);
    Event near = told.noOutput(1100, 1);
    told.noOutput(2000, 2);
    TraceReport report = andy();
    assertThat(report.named().keySet())
        .containsExactly(
            "dispatch_payload_messages",
            "valid_dispatch_payload_messages",
            "dispatch_enqueued_runs",
            "no_output_events_with_wa_close_within_120s");
    assertThat(report.named().values()).extracting(Cited::count).containsExactly(3L, 2L, 1L, 1L);
    assertThat(report.named().get("no_output_events_with_wa_close_within_120s"))
        .isEqualTo(Cited.one(near.id()));
    assertThat(DispatchNumbers.SUPPRESSED_REASONS).isEqualTo("dispatch_suppressed_reasons");
    assertThat(report.dispatch().suppressed().keySet())
        .containsExactly("capacity", "invalid_payload");
    assertThat(report.correlation().ratio()).isEqualTo(0.5);
    assertThat(report.correlation().others().count()).isEqualTo(1);
  }

  @Test
  void theWindowIsExactAndTheTimelineHasTheLaneAndWhatConcernsAll() {
    told.tell(-0.001, Told.run(1), new RunEvent.Queued());
    Event queued = told.tell(0, Told.run(1), new RunEvent.Queued());
    told.tell(1, OTHER, new RunEvent.Queued());
    told.tell(2, Subject.NONE, new HealthEvent.Verdict("g", "go", null, List.of()));
    Event close = told.close(3);
    Event intent = told.intent(4);
    Event last = told.tell(3599.999, Told.run(1), new RunEvent.Progress(1, 5));
    told.ended(3600, Told.run(1), RunState.DONE, EndReason.COMPLETED, null);
    assertThat(andy().timeline()).containsExactly(queued, close, intent, last);
    assertThat(andy().open()).as("it ended after the window").isEqualTo(Cited.one(last.id()));
    assertThat(andy().runs()).isEmpty();
    assertThat(Trace.builder(HOUR).build().of(told.events).timeline()).hasSize(6);
  }

  @Test
  void ofVeryMuchTheTimelineHasTheLast() {
    for (int i = 0; i < 10; i++) {
      told.tell(i, Told.run(i), new RunEvent.Queued());
    }
    TraceReport report = Trace.builder(HOUR).lines(3).build().of(told.events);
    assertThat(report.timeline()).isEqualTo(told.events.subList(7, 10));
    assertThat(report.omitted()).isEqualTo(7);
    assertThat(report.open().count()).isEqualTo(10);
  }

  // ---- root causes ----

  private RunTrace only() {
    List<RunTrace> runs = andy().runs();
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  @Test
  void aRunWithoutOutputBesideACloseNamesIt() {
    Event close = told.close(970);
    Event end = told.noOutput(1000, 1);
    RunTrace run = only();
    assertThat(run.reason()).isEqualTo("no_output_timeout");
    assertThat(run.close()).isEqualTo(new Match(end.id(), close.id(), Duration.ofSeconds(-30)));
    assertThat(run.cause()).contains("no output at all", "PT30S before");
    assertThat(run.evidence()).containsExactly(end.id(), close.id());
  }

  @Test
  void aCloseThatComesAfterTheWindowIsStillNearby() {
    told.noOutput(3590, 1);
    told.close(3650);
    assertThat(only().cause()).contains("PT1M after");
  }

  @Test
  void aRunWithoutOutputWhileTheLinkWasDownSaysSo() {
    LinkSnapshot down = new LinkSnapshot("cooldown", "retry", 4, Told.START);
    told.ended(1000, Told.run(1), RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT, down);
    assertThat(only().cause()).contains("the link was cooldown");
    assertThat(only().link()).isEqualTo(down);
  }

  @Test
  void aRunWithoutOutputWhileTheLinkWasOpenPointsElsewhere() {
    told.ended(1000, Told.run(1), RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT, Told.OPEN);
    assertThat(only().cause()).contains("the link was open", "hook path");
    assertThat(only().close()).isNull();
  }

  @Test
  void aFailedStartNamesWhatTheSystemSaid() {
    told.tell(1, Told.run(1), new RunEvent.Queued());
    Event failed =
        told.tell(2, Told.run(1), new RunEvent.StartFailed(1, "no_such_file", "sh: no", null));
    Event end = told.neverRan(3, Told.run(1), RunState.FAILED, EndReason.SPAWN_FAILED);
    assertThat(only().cause()).isEqualTo("it could not be started: no_such_file: sh: no");
    assertThat(only().evidence()).containsExactly(end.id(), failed.id());
  }

  @Test
  void aStartThatFailedOnlyAtFirstIsNotTheCause() {
    told.tell(2, Told.run(1), new RunEvent.StartFailed(1, "no_such_file", "sh: no", null));
    told.ended(3, Told.run(1), RunState.FAILED, EndReason.HARD_TIMEOUT, null);
    assertThat(only().cause()).isEqualTo("hard_timeout");
  }

  @Test
  void whoStoppedARunIsNamed() {
    Event stop =
        told.tell(2, Told.run(1), new RunEvent.StopRequested(EndReason.CANCELLED, "operator"));
    Event end = told.ended(3, Told.run(1), RunState.CANCELLED, EndReason.CANCELLED, null);
    assertThat(only().cause()).isEqualTo("it was stopped by operator");
    assertThat(only().evidence()).containsExactly(end.id(), stop.id());
  }

  @Test
  void aRunWhoseRecordTheReconcilerEndedHasThatReason() {
    told.tell(1, Told.run(1), new RunEvent.Queued());
    told.tell(
        9, Told.run(1), new ReconcileEvent.Settled("running_without_container", "failed", null));
    told.tell(
        10, Told.run(2), new ReconcileEvent.Settled("running_without_container", "error", "x"));
    RunTrace run = only();
    assertThat(run.reason()).isEqualTo("running_without_container");
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(andy().open()).isEqualTo(Cited.NONE);
  }

  @Test
  void endsAreCountedByReason() {
    Event done = told.ended(1, Told.run(1), RunState.DONE, EndReason.COMPLETED, null);
    Event first = told.noOutput(2, 2);
    Event second = told.noOutput(3, 3);
    told.ended(4, OTHER, RunState.DONE, EndReason.COMPLETED, null);
    TraceReport report = andy();
    assertThat(report.ends().get("completed")).isEqualTo(Cited.one(done.id()));
    assertThat(report.ends().get("no_output_timeout").ids())
        .containsExactly(first.id(), second.id());
    assertThat(report.runs().get(0).cause()).isEqualTo("none: it succeeded");
  }

  // ---- one run ----

  @Test
  void aRunHasItsItemsEventsAndTheLinksAroundIt() {
    Subject item = Subject.ofItem("andy-developer", "issue-1");
    told.close(100);
    Event near = told.close(900);
    Event claimed =
        told.tell(1000, item, new ItemEvent.Claimed("h", 1, Duration.ofMinutes(1), false, null));
    Event queued = told.tell(1001, Told.run(1), new RunEvent.Queued());
    told.tell(1001, Told.run(2), new RunEvent.Queued());
    Event ended = told.ended(1002, Told.run(1), RunState.DONE, EndReason.COMPLETED, null);
    Event completed = told.tell(1003, item, new ItemEvent.Completed());
    told.close(1500);
    TraceReport report = Trace.builder(HOUR).run("r-1").build().of(told.events);
    assertThat(report.timeline()).containsExactly(near, claimed, queued, ended, completed);
    assertThat(report.runs()).extracting(RunTrace::run).containsExactly("r-1");
    assertThat(Trace.builder(HOUR).run("none").build().of(told.events).timeline()).isEmpty();
  }

  @Test
  void anEmptyWindowIsAnEmptyReport() {
    TraceReport report = andy();
    assertThat(report.timeline()).isEmpty();
    assertThat(report.runs()).isEmpty();
    assertThat(report.named().values()).containsOnly(Cited.NONE);
  }
}
