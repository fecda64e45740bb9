package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.testkit.world.World;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the journals of several incarnations come to, event by event. */
class IncarnationsTest {
  private static final String OLD = "20260101T000000Z-00000001";
  private static final String NEW = "20260102T000000Z-00000002";
  private static final Subject RUN = Subject.ofRun("andy", "issue-1", OLD + "-1");
  private static final Subject ITEM = Subject.ofItem("andy", "issue-1").under(3);
  private static final EventData STARTED = new RunEvent.Started(1, "w", Duration.ZERO);
  private static final EventData SETTLED =
      new ReconcileEvent.Settled("running_without_container", "failed", null);

  private final ReliabilityMeters meters =
      ReliabilityMeters.builder(World.create(1).time()).maxLanes(2).build();
  private final PrometheusMeterRegistry registry = Exposition.registry(meters);

  private void tell(String epoch, long second, Subject subject, EventData data) {
    meters.accept(Samples.event(epoch, second, subject, data));
  }

  private static EventData claimed(String holder, boolean trial) {
    return new ItemEvent.Claimed(holder, 1, Duration.ofMinutes(1), trial, Duration.ofHours(1));
  }

  private double value(String id) {
    return Exposition.of(registry).value("reliability_" + id);
  }

  private double lane(String meter) {
    return value("lane_" + meter + "{lane=andy}");
  }

  // ---- the end of an incarnation ----

  @Test
  void whatAnIncarnationHadInHandEndsWithItAndWhatIsEnqueuedDoesNot() {
    tell(OLD, 1, ITEM, new DispatchEvent.Accepted());
    tell(OLD, 2, ITEM, claimed("n/" + OLD + "-1", false));
    tell(OLD, 3, RUN, new RunEvent.Queued());
    tell(OLD, 4, RUN, STARTED);
    tell(OLD, 5, Subject.NONE, new LinkEvent.Opened("whatsapp", 1, Duration.ZERO));
    tell(NEW, 6, Subject.NONE, new ProcessEvent.Started(1, "17", "Linux"));
    assertThat(lane("active")).isOne();
    assertThat(lane("unstarted")).isZero();
    assertThat(value("link_up{link=whatsapp}")).isOne();

    tell(OLD, 7, Subject.NONE, new ProcessEvent.Stopped("closed"));
    assertThat(lane("active")).isZero();
    assertThat(lane("run_locks")).isZero();
    assertThat(lane("unstarted")).isOne();
    assertThat(lane("oldest_unstarted_timestamp_seconds")).isEqualTo(7);
    assertThat(value("link_up{link=whatsapp}")).isZero();
    assertThat(value("up")).isOne();

    tell(OLD, 8, RUN, STARTED);
    assertThat(lane("active")).as("too late").isZero();
    tell(NEW, 9, Subject.NONE, new ProcessEvent.Stopped("closed"));
    assertThat(value("up")).isZero();
  }

  @Test
  void anIncarnationWhoseOrphansAreFoundIsNotUp() {
    tell(OLD, 1, RUN, new RunEvent.Queued());
    tell(OLD, 2, RUN, STARTED);
    tell(NEW, 3, RUN, new ProcessEvent.OrphanFound("process", "pid 7", OLD, "stop", "cookie"));
    assertThat(lane("active")).as("it is still there").isOne();
    tell(
        NEW,
        4,
        RUN,
        new ProcessEvent.OrphanStopped("process", "pid 7", OLD, false, "g", List.of("7"), null));
    assertThat(lane("active")).as("it survived").isOne();
    tell(
        NEW,
        5,
        RUN,
        new ProcessEvent.OrphanStopped("process", "pid 7", OLD, true, "g", List.of(), null));
    assertThat(lane("active")).isZero();
    assertThat(value("orphans_total{outcome=not_stopped}")).isOne();
    assertThat(value("orphans_total{outcome=stopped}")).isOne();
    assertThat(value("lane_runs_ended_total{lane=andy, state=failed}")).isZero();

    tell(NEW, 6, RUN, SETTLED);
    assertThat(value("lane_runs_ended_total{lane=andy, state=failed}")).isOne();
    tell(NEW, 7, Subject.NONE, new ProcessEvent.Stopped("closed"));
    assertThat(value("up")).isZero();
  }

  @Test
  void anIncarnationThatSomebodyKnowsToBeDeadIsNotUp() {
    tell(OLD, 1, RUN, new RunEvent.Queued());
    tell(OLD, 2, RUN, STARTED);
    tell(OLD, 3, Subject.NONE, new LinkEvent.Opened("whatsapp", 1, Duration.ZERO));
    tell(NEW, 4, Subject.NONE, new ProcessEvent.Started(1, "17", "Linux"));
    assertThat(meters.living()).containsExactlyInAnyOrder(OLD, NEW);
    meters.dead(OLD);
    assertThat(meters.living()).containsExactly(NEW);
    assertThat(value("up")).isOne();
    assertThat(value("link_up{link=whatsapp}")).isZero();
    assertThat(lane("active")).as("nobody ended its record").isOne();
    meters.dead(NEW);
    tell(NEW, 5, RUN, new RunEvent.Queued());
    assertThat(value("up")).as("what is told late").isZero();
  }

  private void oldAcceptsClaimsAndQueues() {
    tell(OLD, 1, ITEM, new DispatchEvent.Accepted());
    tell(OLD, 2, ITEM, claimed("n/" + OLD + "-1", false));
    tell(OLD, 3, RUN, new RunEvent.Queued());
  }

  @Test
  void whatADeadIncarnationHadClaimedOrQueuedIsNotHeldAndWaitsOnlyIfItIsEnqueued() {
    oldAcceptsClaimsAndQueues();
    Subject direct = Subject.ofRun("andy", "direct", OLD + "-2");
    tell(OLD, 4, direct, new RunEvent.Queued());
    assertThat(lane("unstarted")).isEqualTo(2);
    meters.dead(OLD);
    assertThat(lane("run_locks")).isZero();
    assertThat(lane("unstarted")).as("somebody is to take it").isOne();
  }

  @Test
  void whatHasSpentItsAttemptsIsNotHeldNorWaitedForAndIsCountedOnceHoweverManyTell() {
    oldAcceptsClaimsAndQueues();
    assertThat(lane("run_locks")).isOne();
    tell(NEW, 4, ITEM, new ItemEvent.AttemptsExhausted(1));
    tell("20260103T000000Z-00000003", 5, ITEM, new ItemEvent.AttemptsExhausted(1));
    assertThat(lane("unstarted")).isZero();
    assertThat(lane("run_locks")).isZero();
    assertThat(value("items_exhausted_total")).isOne();
    tell(NEW, 6, ITEM.under(4), claimed("n/" + NEW, false));
    tell(OLD, 7, ITEM, new ItemEvent.AttemptsExhausted(1));
    assertThat(lane("run_locks")).as("it was given another attempt").isOne();
    tell(NEW, 8, ITEM.under(4), new ItemEvent.AttemptsExhausted(2));
    assertThat(value("items_exhausted_total")).isEqualTo(2);
  }

  @Test
  void whatSomebodyElseCompletedWaitsForNoRunOfADeadOne() {
    tell(OLD, 1, RUN, new RunEvent.Queued());
    tell(NEW, 2, ITEM, claimed("n/" + NEW, false));
    tell(NEW, 3, ITEM, new ItemEvent.Completed());
    assertThat(lane("unstarted")).isZero();
    assertThat(value("runs{state=queued}")).isZero();
  }

  // ---- a run that others ended ----

  @Test
  void aRunThatTheReconcilerEndedIsCountedOnceWhateverItSaysLater() {
    tell(OLD, 1, RUN, STARTED);
    tell(NEW, 2, RUN, SETTLED);
    tell(NEW, 3, RUN, SETTLED);
    assertThat(lane("active")).isZero();
    tell(OLD, 4, RUN, Samples.ended(EndReason.COMPLETED, true));

    assertThat(value("runs_ended_total{reason=running_without_container}")).isOne();
    assertThat(value("runs_ended_total{reason=completed}")).isZero();
    assertThat(value("lane_runs_ended_total{lane=andy, state=failed}")).isOne();
    assertThat(value("reconcile_settled_total{action=failed}")).isEqualTo(2);
  }

  @Test
  void aRunOfWhichTheReconcilerWasHeardFirstDoesNotComeUpAgain() {
    tell(NEW, 5, RUN, SETTLED);
    tell(OLD, 1, RUN, new RunEvent.Queued());
    tell(OLD, 2, RUN, STARTED);
    assertThat(lane("active")).isZero();
    assertThat(lane("unstarted")).isZero();
    assertThat(value("runs{state=running}")).isZero();
  }

  @Test
  void aRecordThatHadMovedGoesOn() {
    tell(OLD, 1, RUN, STARTED);
    tell(NEW, 2, RUN, new ReconcileEvent.Settled("running_without_container", "left_alone", null));
    tell(NEW, 3, RUN, new ReconcileEvent.Settled("running_without_container", "error", "no"));
    assertThat(lane("active")).isOne();
  }

  // ---- claims and lanes ----

  @Test
  void whoeverClaimsWithoutASupervisorStartsNoRunAndIsNotWaitedFor() {
    tell(OLD, 1, ITEM, new DispatchEvent.Accepted());
    assertThat(lane("unstarted")).isOne();
    tell(OLD, 2, ITEM, claimed("cron", false));
    assertThat(lane("unstarted")).isZero();
    assertThat(lane("run_locks")).isOne();
    tell(OLD, 3, ITEM, new ItemEvent.Released());
    assertThat(lane("oldest_unstarted_timestamp_seconds")).isEqualTo(3);
    tell(OLD, 4, ITEM, new ItemEvent.AttemptsExhausted(3));
    assertThat(lane("unstarted")).isZero();
  }

  @Test
  void anotherTokensReleaseLeavesTheClaim() {
    tell(OLD, 1, ITEM, claimed("cron", false));
    tell(OLD, 2, ITEM.under(2), new ItemEvent.LeaseLost("superseded"));
    assertThat(lane("run_locks")).isOne();
    tell(OLD, 3, ITEM, new ItemEvent.Completed());
    assertThat(lane("run_locks")).isZero();
  }

  @Test
  void aLaneOnTrialIsPausedUntilTheTrialIsCompleted() {
    Subject lane = Subject.ofLane("andy");
    tell(OLD, 1, lane, new LaneEvent.Paused(4, "three of a kind"));
    tell(OLD, 2, lane, new LaneEvent.Resumed(4, "try", true));
    tell(OLD, 3, ITEM, claimed("n/" + OLD + "-1", true));
    assertThat(lane("paused")).isOne();
    tell(OLD, 4, ITEM, new ItemEvent.Completed());
    assertThat(lane("paused")).isZero();
    tell(NEW, 3, lane, new LaneEvent.Paused(3, "of old"));
    assertThat(lane("paused")).as("an older episode, heard late").isZero();
  }

  @Test
  void aClaimThatIsToldRightAfterThePauseDoesNotEndIt() {
    tell(OLD, 100, Subject.ofLane("andy"), new LaneEvent.Paused(4, "three of a kind"));
    tell(OLD, 101, ITEM, claimed("cron", false));
    assertThat(lane("paused")).isOne();
    tell(OLD, 200, ITEM, claimed("cron", false));
    assertThat(lane("paused")).as("somebody resumed it unheard").isZero();
  }

  @Test
  void lanesBeyondTheBoundShareOneAndAreCounted() {
    for (String lane : List.of("a", "b", "c", "d", "other", "a")) {
      tell(OLD, 1, Subject.ofRun(lane, "issue", "run " + lane), new RunEvent.Queued());
    }
    assertThat(value("lane_unstarted{lane=a}")).isOne();
    assertThat(value("lane_unstarted{lane=b}")).isOne();
    assertThat(value("lane_unstarted{lane=other}")).isEqualTo(3);
    assertThat(value("lanes_folded_total")).isEqualTo(2);
  }
}
