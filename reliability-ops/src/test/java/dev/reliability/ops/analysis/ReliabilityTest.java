package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.ReliabilityReport.Level;
import dev.reliability.ops.analysis.ReliabilityReport.Line;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether things were well. */
class ReliabilityTest {
  private static final Subject LANE = Subject.ofLane("andy-developer");

  private final Told told = new Told();

  @BeforeEach
  void aProof() {
    told.tell(
        60,
        Subject.NONE,
        new ReconcileEvent.SelfTest(true, List.of("running_without_container"), null));
  }

  private ReliabilityReport day() {
    return Reliability.of(Told.DAY).of(told.events);
  }

  private Line line(String name) {
    return day().line(name).orElseThrow();
  }

  @Test
  void aHealthyDayPassesAndKeepsPassing() {
    told.ended(100, Told.run(1), RunState.DONE, EndReason.COMPLETED, Told.OPEN);
    Reliability reliability = Reliability.of(Told.DAY);
    ReliabilityReport report = reliability.of(told.events);
    assertThat(report.level()).isEqualTo(Level.PASS);
    assertThat(report.lines()).hasSizeGreaterThan(10).allMatch(l -> l.level() == Level.PASS);
    assertThat(reliability.report()).isEqualTo(report);
    assertThat(day()).isEqualTo(report);
  }

  @Test
  void recentBlocksWarnAndThoseOfAllTimeOnlyInform() {
    Event old = told.rejected(-5000, told.intent(-5000), Subject.NONE, "policy");
    assertThat(day().level()).isEqualTo(Level.PASS);
    assertThat(line("all_time_dispatch_blocks").events()).isEqualTo(Cited.one(old.id()));
    assertThat(line("recent_dispatch_blocks").events()).isEqualTo(Cited.NONE);
    Event recent = told.rejected(101, told.intent(100), Subject.NONE, "lane_paused");
    assertThat(day().level()).isEqualTo(Level.WARN);
    assertThat(line("recent_dispatch_blocks").events()).isEqualTo(Cited.one(recent.id()));
    assertThat(line("recent_dispatch_blocks").level()).isEqualTo(Level.WARN);
    assertThat(line("all_time_dispatch_blocks").events().count()).isEqualTo(2);
    assertThat(line("all_time_dispatch_blocks").level()).isEqualTo(Level.PASS);
  }

  @Test
  void aDuplicateHoldsNothingUp() {
    told.rejected(101, told.intent(100), LANE, "duplicate");
    assertThat(day().level()).isEqualTo(Level.PASS);
    assertThat(line("all_time_dispatch_blocks").events()).isEqualTo(Cited.NONE);
  }

  @Test
  void aLostDispatchFails() {
    Event intent = told.intent(100);
    assertThat(line("lost_dispatches"))
        .extracting(Line::level, Line::events)
        .containsExactly(Level.FAIL, Cited.one(intent.id()));
    assertThat(day().level()).isEqualTo(Level.FAIL);
  }

  @Test
  void withoutASelfTestNoStaleRecordsMeanNothing() {
    told.events.clear();
    told.ended(100, Told.run(1), RunState.DONE, EndReason.COMPLETED, Told.OPEN);
    assertThat(line("running_without_container").level()).isEqualTo(Level.PASS);
    assertThat(line("stale_detector").level()).isEqualTo(Level.WARN);
    told.tell(200, Subject.NONE, new ReconcileEvent.SelfTest(false, List.of(), "finds nothing"));
    assertThat(line("stale_detector").level()).isEqualTo(Level.FAIL);
  }

  @Test
  void staleRecordsFail() {
    Event found =
        told.tell(
            70,
            Told.run(1),
            new ReconcileEvent.Found(
                "queued_stale_before_spawn",
                RunState.QUEUED,
                null,
                "e0",
                Duration.ofHours(1),
                Duration.ofMinutes(1),
                "no worker",
                true));
    assertThat(line("queued_stale_before_spawn").text())
        .isEqualTo("FAIL queued_stale_before_spawn: 1, found in the window");
    assertThat(line("queued_stale_before_spawn").events()).isEqualTo(Cited.one(found.id()));
  }

  @Test
  void whatBeganBeforeTheWindowAndStillHoldsCounts() {
    told.tell(-9000, LANE, new LaneEvent.Paused(1, "three of a kind"));
    told.tell(-9000, Subject.NONE, new LinkEvent.Stopped("whatsapp", "stop_logged_out", "", ""));
    told.tell(-9000, Subject.NONE, new DependencyEvent.Critical("db", 6, 5, "refused"));
    told.tell(-9000, Subject.NONE, new DependencyEvent.CheckFailed("db", "refused", "", 3));
    assertThat(line("paused_lanes").why()).isEqualTo("1, at the end: andy-developer");
    assertThat(line("stopped_links").level()).isEqualTo(Level.FAIL);
    assertThat(line("critical_dependencies").level()).isEqualTo(Level.FAIL);
    assertThat(line("failed_checks").level()).isEqualTo(Level.WARN);
    told.tell(10, LANE, new LaneEvent.Resumed(2, "fixed", false));
    told.tell(10, Subject.NONE, new LinkEvent.Started("whatsapp", "paired again"));
    told.tell(10, Subject.NONE, new DependencyEvent.Recovered("db", 6));
    told.tell(10, Subject.NONE, new DependencyEvent.CheckRecovered("db", 6));
    told.tell(20, Subject.NONE, new LinkEvent.Stopped("whatsapp", "local", "", "shutdown"));
    assertThat(day().level()).isEqualTo(Level.PASS);
    told.tell(86_400, LANE, new LaneEvent.Paused(3, "after the window"));
    assertThat(day().level()).isEqualTo(Level.PASS);
  }

  @Test
  void failedRunsWarnAtAFifthAndFailAtHalf() {
    for (int i = 0; i < 5; i++) {
      told.ended(100 + i, Told.run(i), RunState.DONE, EndReason.COMPLETED, Told.OPEN);
    }
    told.ended(200, Told.run(6), RunState.FAILED, EndReason.HARD_TIMEOUT, Told.OPEN);
    assertThat(line("failed_runs").level()).as("1 of 6").isEqualTo(Level.PASS);
    told.ended(201, Told.run(7), RunState.FAILED, EndReason.HARD_TIMEOUT, Told.OPEN);
    assertThat(line("failed_runs").level()).as("2 of 7").isEqualTo(Level.WARN);
    for (int i = 0; i < 3; i++) {
      told.ended(300 + i, Told.run(10 + i), RunState.FAILED, EndReason.HARD_TIMEOUT, Told.OPEN);
    }
    assertThat(line("failed_runs").level()).as("5 of 10").isEqualTo(Level.FAIL);
  }

  @Test
  void aRunWithoutOutputThatNobodyExplainsWarns() {
    Event end = told.noOutput(100, 1);
    assertThat(line("unclassified_no_output"))
        .extracting(Line::level, Line::events)
        .containsExactly(Level.WARN, Cited.one(end.id()));
  }

  @Test
  void nothingRecordedIsNoPass() {
    told.events.clear();
    assertThat(day().level()).isEqualTo(Level.WARN);
    assertThat(line("events").why()).isEqualTo("nothing was recorded");
  }
}
