package dev.reliability.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.RunRecord;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whether work gets through, judged on real runs in simulated time. */
class ConnectivityGateTest extends ConnectivityFixture {
  @Test
  void everythingIsWell() {
    GateReport report = judge(builder().build());
    assertThat(texts(report))
        .containsExactly(
            "PASS preflight: 3 checks",
            "PASS lane jarvis-worker-2: its probe done, completed",
            "PASS lane jarvis-worker-1: its probe done, completed",
            "PASS stale queued: 0 of 0 open records",
            "PASS stale running: 0 of 0 open records");
    assertThat(report.verdict()).isEqualTo(GateVerdict.GO);
    assertThat(report.exitCode()).isZero();
    assertThat(report.lines().get(2).evidence())
        .singleElement()
        .asString()
        .matches("lane=jarvis-worker-1 run=\\S+-\\d+ state=done reason=completed started=.*Z");
    world.advance(Duration.ZERO);
    assertThat(events.stream().map(Event::data).filter(GateEvent.Judged.class::isInstance))
        .containsExactly(
            new GateEvent.Judged(
                "worker-connectivity", report.id(), "go", "c0ffee", texts(report)));
  }

  @DisplayName("verify-worker-connectivity deterministic pass/fail with explicit reasons")
  @Test
  void theSameFactsGiveTheSameLines() {
    assertThat(new ConnectivityGateTest().everythingTwice())
        .isEqualTo(new ConnectivityGateTest().everythingTwice());
  }

  @DisplayName("reliability repeated runs are stable on healthy runtime")
  @Test
  void judgedAgainAndAgainAHealthyRuntimeStaysHealthy() {
    ConnectivityGate gate = builder().build();
    List<String> first = texts(judge(gate));
    for (int i = 0; i < 20; i++) {
      world.advance(Duration.ofMinutes(5));
      GateReport report = judge(gate);
      assertThat(report.isPass()).isTrue();
      assertThat(texts(report).subList(0, 3)).isEqualTo(first.subList(0, 3));
    }
  }

  /** A probe that fails is told with its own reason. */
  @Test
  void aProbeThatFailsIsNotReportedAsATimeOutOfTheGate() {
    scripts.put(ONE, WorkerScript.idle());
    GateReport report = judge(builder().build());
    assertThat(texts(report))
        .contains(
            "FAIL lane jarvis-worker-1: its probe failed, no_output_timeout: no valid marker within"
                + " PT12M, 0 bytes of output",
            "PASS lane jarvis-worker-2: its probe done, completed");
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(report.text()).contains("state=failed reason=no_output_timeout");
  }

  @Test
  void aProbeThatIsRefusedSaysWhy() {
    supervisor.close();
    GateReport report = judge(builder().build());
    assertThat(texts(report))
        .contains("FAIL lane jarvis-worker-1: its probe did not run: refused: shutting_down");
  }

  @Test
  void nothingIsProbedIfAPrerequisiteFailsAndTheLatestProbesAreJudged() {
    ConnectivityGate gate = builder().build();
    judge(gate);
    assertThat(probes).isEqualTo(2);
    preflight =
        List.of(GateLine.fail("file templates", "missing"), GateLine.fail("tcp db", "refused"));
    world.advance(Duration.ofMinutes(60));
    assertThat(texts(judge(gate)))
        .containsExactly(
            "FAIL file templates: missing",
            "FAIL tcp db: refused",
            "PASS lane jarvis-worker-2: its probe done, completed",
            "PASS lane jarvis-worker-1: its probe done, completed",
            "PASS stale queued: 0 of 0 open records",
            "PASS stale running: 0 of 0 open records");
    world.advance(Duration.ofNanos(1));
    assertThat(texts(judge(gate)))
        .contains("FAIL lane jarvis-worker-1: last probed PT1H0.000000001S ago, more than PT1H");
    assertThat(probes).isEqualTo(2);
  }

  @Test
  void aLaneThatSomebodyElseTriesOutIsJudgedByItsLatestProbeAndNotProbed() {
    Reconciler reconciler = Reconciler.builder(bus, runs).supervisor(supervisor).build();
    ConnectivityGate looker = ConnectivityGate.builder(bus, state, reconciler).lane(ONE).build();
    assertThat(texts(judge(looker))).contains("FAIL lane jarvis-worker-1: never probed");
    judge(builder().build());
    int made = probes;
    assertThat(texts(judge(looker)))
        .contains("PASS lane jarvis-worker-1: its probe done, completed");
    assertThat(probes).isEqualTo(made);
    assertThatThrownBy(() -> bare().lane(ONE).lane(ONE, this::probe).build())
        .hasMessageContaining("got jarvis-worker-1 twice");
  }

  @Test
  void everyCheckOfAPreflightIsALine() {
    Preflight checks =
        Preflight.builder(bus)
            .check(
                "here",
                context -> CompletableFuture.completedFuture(CheckResult.passed("it is there")))
            .check(
                "gone",
                context ->
                    CompletableFuture.completedFuture(
                        new CheckResult.Failed("it is not there", "said before\nit went")))
            .build();
    GateReport report = judge(bare().lane(ONE, this::probe).preflight(checks).build());
    assertThat(report.text())
        .startsWith(
            "PASS check here: it is there\n"
                + "FAIL check gone: it is not there\n"
                + "  last output: said before\\nit went\n"
                + "FAIL lane jarvis-worker-2: never probed\n");
  }

  /** The wall clock makes no probe younger, and none from the future is believed. */
  @Test
  void aProbeGetsNoYoungerWhenTheWallClockIsSetBack() {
    judge(builder().build());
    preflight = List.of(GateLine.fail("preflight", "not now"));
    world.advance(Duration.ofMinutes(61));
    world.stepWall(Duration.ofMinutes(-30));
    assertThat(texts(judge(builder().build())))
        .contains("FAIL lane jarvis-worker-1: last probed PT1H1M ago, more than PT1H");
    world.stepWall(Duration.ofHours(-2));
    EventBus next = EventBus.builder(world).build();
    GateReport report =
        judge(
            ConnectivityGate.builder(next, state, Reconciler.builder(next, runs).build())
                .prerequisite("preflight", () -> CompletableFuture.completedFuture(preflight))
                .lane(ONE, this::probe)
                .build());
    assertThat(texts(report))
        .contains("INCONCLUSIVE lane jarvis-worker-1: its probe is dated PT1H29M in the future");
  }

  @Test
  void whatWasNeverProbedFails() {
    preflight = List.of(GateLine.fail("preflight", "not now"));
    assertThat(texts(judge(builder().build()))).contains("FAIL lane jarvis-worker-1: never probed");
  }

  @Test
  void aProcessThatDiesWhileItProbesLeavesAProbeThatHasNotEnded() {
    scripts.put(ONE, WorkerScript.idle());
    builder().build().judge();
    world.advance(Duration.ofMinutes(1));
    preflight = List.of(GateLine.fail("preflight", "not now"));
    assertThat(texts(judge(builder().build())))
        .contains("FAIL lane jarvis-worker-1: its probe of 2026-01-01T00:00:00Z has not ended");
  }

  @Test
  void staleRecordsFailWithARowEach() {
    runs.create(RunRecord.queued("q", "lane", "item", DEAD, world.time().wall()));
    RunRecord running = RunRecord.queued("r", "lane", "item", DEAD, world.time().wall());
    runs.create(running);
    runs.transition(RunState.QUEUED, running.running("pid 9", world.time().wall()));
    world.advance(Duration.ofHours(2));
    GateReport report = judge(builder().build());
    assertThat(texts(report))
        .contains(
            "FAIL stale queued: 1 queued_stale_before_spawn",
            "FAIL stale running: 1 running_without_container");
    assertThat(report.text()).contains("  run=q lane=lane item=item age=PT2H");
  }

  @Test
  void recordsOfWhoMayBeAliveMakeItInconclusiveUnlessOthersAreExpected() {
    runs.create(RunRecord.queued("q", "lane", "item", "elsewhere", world.time().wall()));
    world.advance(Duration.ofHours(2));
    assertThat(texts(judge(builder().build())))
        .contains(
            "INCONCLUSIVE stale queued: 0 of 1 open records, but nobody knows whether the"
                + " incarnations of 1 of them are dead");
    assertThat(judge(builder().othersLive(true).build()).isPass()).isTrue();
  }

  /** Lanes that nobody requires may be idle for ever; required ones need no other work. */
  @Test
  void idleLanesOnDemandAreNoFailures() {
    world.advance(Duration.ofDays(3));
    GateReport report = judge(builder().build());
    assertThat(report.isPass()).isTrue();
    assertThat(report.text()).doesNotContain("andy-developer");
  }

  @Test
  void otherStatesOfSuccess() {
    assertThat(texts(judge(builder().success(Set.of(RunState.REVIEW_REQUESTED)).build())))
        .contains("FAIL lane jarvis-worker-1: its probe done, completed");
    assertThatThrownBy(() -> builder().success(Set.of(RunState.RUNNING)).build())
        .hasMessageContaining("success: expected states in which a run has ended, got running");
  }

  @Test
  void twoPassesHalfAnHourApartAlsoAcrossARestart() {
    judge(builder().build());
    world.advance(Duration.ofMinutes(30));
    EventBus next = EventBus.builder(world).build();
    ConnectivityGate gate =
        ConnectivityGate.builder(next, state, Reconciler.builder(next, runs).build())
            .lane(ONE, this::probe)
            .configHash("c0ffee")
            .build();
    assertThat(gate.history().passes(2, Duration.ofMinutes(30)).isEnough()).isFalse();
    judge(gate);
    assertThat(gate.history().passes(2, Duration.ofMinutes(30)).why())
        .startsWith("passed at [2026-01-01T00:00:")
        .endsWith("nothing failed in between");
  }
}
