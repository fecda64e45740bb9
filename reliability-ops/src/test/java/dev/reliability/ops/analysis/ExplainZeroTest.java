package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.ZeroReport.Verdict;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Why nothing ran. */
class ExplainZeroTest {
  private static final Window HOUR = new Window(Told.at(0), Told.at(3600));

  private final Told told = new Told();

  private static Subject item(int number) {
    return Subject.ofItem("andy-developer", "issue-" + number);
  }

  private ZeroReport hour() {
    return ExplainZero.builder(HOUR).build().of(told.events);
  }

  // ---- the four verdicts ----

  @Test
  void nothingCameInWhileSomebodyWatched() {
    Event first = told.tell(10, Subject.NONE, new ProcessEvent.Started(1, "17", "Linux"));
    told.close(20);
    Event last = told.close(30);
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.NO_DISPATCH_INTENT);
    assertThat(report.proof().ids()).containsExactly(first.id(), last.id());
    assertThat(report.why())
        .isEqualTo(
            "nothing came in: events were recorded from 2026-03-01T00:00:10Z"
                + " to 2026-03-01T00:00:30Z");
    assertThat(report.dispatch().payloads()).isEqualTo(Cited.NONE);
  }

  @Test
  void everySuppressionHasAReason() {
    Event invalid = told.rejected(11, told.intent(10), Subject.NONE, "invalid_payload");
    Event policy = told.rejected(21, told.intent(20), Subject.NONE, "policy");
    Event session = told.rejected(31, told.intent(30), item(3), "no_reusable_session");
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSED);
    assertThat(report.why())
        .isEqualTo(
            "came in and was suppressed: invalid_payload 1, no_reusable_session 1, policy 1");
    assertThat(report.proof().ids())
        .containsExactlyInAnyOrder(invalid.id(), policy.id(), session.id());
    assertThat(report.dispatch().suppressed())
        .isEqualTo(
            Map.of(
                "invalid_payload", Cited.one(invalid.id()),
                "policy", Cited.one(policy.id()),
                "no_reusable_session", Cited.one(session.id())));
    assertThat(report.dispatch().payloads().count()).isEqualTo(3);
    assertThat(report.dispatch().valid().count()).isEqualTo(2);
    assertThat(report.dispatch().enqueued().count()).isZero();
  }

  @Test
  void anAcceptanceWithoutARunIsABug() {
    told.rejected(11, told.intent(10), Subject.NONE, "policy");
    Event accepted = told.accepted(21, told.intent(20), item(2));
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(report.verdict().wireName()).isEqualTo("dispatch_suppression_bug");
    assertThat(report.proof()).isEqualTo(Cited.one(accepted.id()));
    assertThat(report.dispatch().named().keySet())
        .containsExactly(
            "dispatch_payload_messages",
            "valid_dispatch_payload_messages",
            "dispatch_enqueued_runs");
    assertThat(report.dispatch().enqueued()).isEqualTo(Cited.one(accepted.id()));
  }

  @Test
  void anIntentWithoutAVerdictIsABug() {
    Event intent = told.intent(20);
    told.close(3000);
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(report.proof()).isEqualTo(Cited.one(intent.id()));
    assertThat(report.dispatch().undecided()).isEqualTo(Cited.one(intent.id()));
    assertThat(report.dispatch().valid()).as("nobody judged it").isEqualTo(Cited.NONE);
  }

  @Test
  void aRunIsARunAlsoIfItBeganBeforeOrOnlyJustAfter() {
    Event queued = told.tell(10, Told.run(1), new RunEvent.Queued());
    told.tell(11, Told.run(1), new RunEvent.Starting(1));
    told.ended(99, Told.run(1), RunState.DONE, EndReason.COMPLETED, null);
    told.tell(99, Told.run(1), new RunEvent.CursorSettled("commit", true, null));
    Event ended = told.ended(200, Told.run(2), RunState.DONE, EndReason.COMPLETED, null);
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.RUNS_PRESENT);
    assertThat(report.runs().ids()).containsExactly(queued.id(), ended.id());

    told.events.clear();
    told.accepted(3500, told.intent(3500), item(3));
    Event after = told.tell(4100, Told.run(3), new RunEvent.Queued());
    assertThat(hour().verdict()).isEqualTo(Verdict.RUNS_PRESENT);
    assertThat(hour().proof()).isEqualTo(Cited.one(after.id()));
  }

  // ---- grace ----

  @Test
  void whatWasAcceptedHasTheGraceToGetARunAndNotAMillisecondMore() {
    Event accepted = told.accepted(3500, told.intent(3500), item(3));
    told.tell(4100.001, Told.run(3), new RunEvent.Queued());
    assertThat(hour().verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(hour().proof()).isEqualTo(Cited.one(accepted.id()));
  }

  @Test
  void whileThereIsTimeNobodyCanSay() {
    Event accepted = told.accepted(3500, told.intent(3500), item(3));
    Event intent = told.intent(3550);
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.pending().ids()).containsExactlyInAnyOrder(accepted.id(), intent.id());
    assertThat(ExplainZero.builder(HOUR).now(Told.at(4150)).build().of(told.events).verdict())
        .isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(ExplainZero.builder(HOUR).now(Told.at(4100)).build().of(told.events).lost())
        .as("at the very end of the grace")
        .isEqualTo(Cited.NONE);
    assertThat(ExplainZero.builder(HOUR).now(Told.at(4100.001)).build().of(told.events).lost())
        .isEqualTo(Cited.one(accepted.id()));
    assertThat(
            ExplainZero.builder(HOUR)
                .grace(Duration.ofSeconds(30))
                .build()
                .of(told.events)
                .lost()
                .count())
        .isEqualTo(2);
  }

  @Test
  void aVerdictJustAfterTheWindowCounts() {
    told.rejected(3600.001, told.intent(3599.999), Subject.NONE, "policy");
    assertThat(hour().verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSED);
  }

  @Test
  void whatWaitsSinceBeforeTheWindowIsNotForgotten() {
    Event accepted = told.accepted(-7200, told.intent(-7200), item(1));
    told.close(10);
    assertThat(hour().verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    assertThat(hour().proof()).isEqualTo(Cited.one(accepted.id()));
    assertThat(hour().dispatch().payloads()).as("it came in before").isEqualTo(Cited.NONE);
  }

  // ---- reasons that come later ----

  @Test
  void aLanePausedAfterTheAcceptanceIsAReasonUntilItIsResumed() {
    Event accepted = told.accepted(21, told.intent(20), item(2));
    Subject lane = Subject.ofLane("andy-developer");
    Event paused = told.tell(30, lane, new LaneEvent.Paused(1, "three of a kind"));
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSED);
    assertThat(report.heldBack()).isEqualTo(Map.of("lane_paused", Cited.one(accepted.id())));
    assertThat(report.proof()).isEqualTo(Cited.one(paused.id()));
    told.tell(1000, lane, new LaneEvent.Resumed(2, "fixed", false));
    assertThat(hour().verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSION_BUG);
    told.tell(1010, lane, new LaneEvent.Paused(2, "again"));
    told.tell(3590, lane, new LaneEvent.Resumed(3, "fixed", false));
    assertThat(hour().verdict()).as("the grace begins anew").isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aRefusedClaimIsAReason() {
    told.accepted(21, told.intent(20), item(2));
    told.tell(30, item(2), new ItemEvent.ClaimRefused("attempts_exhausted", null, null, null));
    assertThat(hour().heldBack().keySet()).containsExactly("attempts_exhausted");
    assertThat(hour().verdict()).isEqualTo(Verdict.DISPATCH_SUPPRESSED);
  }

  @Test
  void aRunThatIsToldBeforeTheAcceptanceIsItsRun() {
    Told other = new Told("e2");
    for (int i = 0; i < 20; i++) {
      told.events.add(other.tell(20.9, Told.run(i), new RunEvent.Queued()));
    }
    for (int i = 0; i < 20; i++) {
      told.accepted(21, told.intent(20), item(i));
    }
    assertThat(hour().verdict()).isEqualTo(Verdict.RUNS_PRESENT);
    assertThat(hour().lost()).isEqualTo(Cited.NONE);
  }

  @Test
  void aHostThatCompletesItemsWithoutRunsLosesNothing() {
    told.accepted(21, told.intent(20), item(2));
    Event completed = told.tell(50, item(2), new ItemEvent.Completed());
    assertThat(hour().verdict()).isEqualTo(Verdict.RUNS_PRESENT);
    assertThat(hour().proof()).isEqualTo(Cited.one(completed.id()));
  }

  // ---- who watched ----

  @Test
  void withoutAnyEventNobodyCanSay() {
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.proof()).isEqualTo(Cited.NONE);
    told.close(-5);
    told.skip();
    told.close(4000);
    assertThat(hour().verdict()).as("something is missing").isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aSequenceWithoutAGapProvesASilentWindow() {
    Event before = told.close(-5);
    Event after = told.close(4000);
    ZeroReport report = hour();
    assertThat(report.verdict()).isEqualTo(Verdict.NO_DISPATCH_INTENT);
    assertThat(report.proof().ids()).containsExactly(before.id(), after.id());
  }

  @Test
  void eventsThatWereDroppedAreCited() {
    told.tell(10, Subject.NONE, new ProcessEvent.EventsDropped("journal", 5, 0, 1, 5));
    Event drop = told.tell(11, Subject.NONE, new ProcessEvent.EventsDropped("journal", 0, 2, 6, 7));
    assertThat(hour().dropped()).isEqualTo(Cited.one(drop.id()));
  }

  // ---- lanes ----

  @Test
  void anotherLanesWorkIsNotAskedFor() {
    told.accepted(21, told.intent(20), Subject.ofItem("jarvis", "issue-2"));
    told.tell(30, Subject.ofRun("jarvis", "issue-2", "r-2"), new RunEvent.Queued());
    ZeroReport report = ExplainZero.builder(HOUR).lane("andy-developer").build().of(told.events);
    assertThat(report.verdict()).isEqualTo(Verdict.NO_DISPATCH_INTENT);
    told.rejected(41, told.intent(40), Subject.NONE, "invalid_payload");
    report = ExplainZero.builder(HOUR).lane("andy-developer").build().of(told.events);
    assertThat(report.verdict())
        .as("it may have been meant for this lane")
        .isEqualTo(Verdict.DISPATCH_SUPPRESSED);
  }

  @Test
  void aPayloadThatNobodyCouldJudgeIsNotCalledValid() {
    told.rejected(11, told.intent(10), Subject.NONE, "dependency_unhealthy");
    told.rejected(21, told.intent(20), item(2), "dependency_unhealthy");
    assertThat(hour().dispatch().valid().count()).isEqualTo(1);
  }
}
