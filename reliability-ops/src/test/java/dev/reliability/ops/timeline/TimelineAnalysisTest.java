package dev.reliability.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.Correlation;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline.LeftOut;
import dev.reliability.ops.timeline.Timeline.Mark;
import dev.reliability.ops.timeline.Timeline.Pause;
import dev.reliability.ops.timeline.Timeline.Proof;
import dev.reliability.ops.timeline.Timeline.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which events become what of a picture. */
class TimelineAnalysisTest {
  private final Fleet fleet = new Fleet();

  private static Instant at(double seconds) {
    return Fleet.START.plusMillis(Math.round(seconds * 1000));
  }

  private Run run() {
    assertThat(fleet.timeline().runs()).hasSize(1);
    return fleet.timeline().runs().get(0);
  }

  // ---- runs ----

  @Test
  void aRunHasItsTimesItsEndAndTheEventsThatShowThem() {
    fleet.run("a", "one", 10, 60, RunState.FAILED, EndReason.HARD_TIMEOUT);
    Run run = run();
    assertThat(run.id()).isEqualTo("r-a-one");
    assertThat(run.lane()).isEqualTo("a");
    assertThat(run.item()).isEqualTo("one");
    assertThat(run.begin()).isEqualTo(at(10));
    assertThat(run.started()).isEqualTo(at(11));
    assertThat(run.firstOutput()).isEqualTo(at(13));
    assertThat(run.end()).isEqualTo(at(70)).isEqualTo(run.seen());
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.reason()).isEqualTo("hard_timeout");
    assertThat(run.proof())
        .extracting(Proof::type)
        .containsExactly("run.queued", "run.started", "run.first_output", "run.ended");
    assertThat(run.proof()).extracting(proof -> proof.id().seq()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(fleet.timeline().ends()).isEqualTo(Map.of("hard_timeout", 1L));
  }

  @Test
  void withoutAnEndItIsThereUntilItsProcessLastToldSomething() {
    fleet.open("a", "one", 10);
    fleet.tell(500, new ClockEvent.Paused(Duration.ofSeconds(3)));
    Run run = run();
    assertThat(run.end()).isNull();
    assertThat(run.seen()).isEqualTo(at(500));
    assertThat(run.state()).isEqualTo(RunState.RUNNING);
    assertThat(run.reason()).isEqualTo(Run.OPEN);
    assertThat(fleet.timeline().ends()).isEqualTo(Map.of("open", 1L));
  }

  @Test
  void aRunThatIsSilentSinceLongBeforeTheWindowIsThere() {
    fleet.open("a", "makes progress", 10).open("b", "is silent", 20);
    fleet.tell(30, Subject.NONE, new ProcessEvent.Stopped("shutdown"));
    fleet.tell(7_000, Fleet.subject("a", "makes progress"), new RunEvent.Progress(7, 7));
    Window hour = new Window(at(5_000), at(8_600));
    List<Event> stopped = fleet.events();
    List<Event> living =
        stopped.stream().filter(event -> !(event.data() instanceof ProcessEvent.Stopped)).toList();
    Timeline timeline = TimelineAnalysis.of(hour).of(living);
    assertThat(timeline.runs())
        .extracting(Run::item)
        .containsExactly("makes progress", "is silent");
    assertThat(timeline.runs()).extracting(Run::seen).containsOnly(at(7_000));
    assertThat(timeline.incarnations()).hasSize(1);
    List<Event> before = living.stream().filter(event -> event.time().isBefore(at(100))).toList();
    assertThat(TimelineAnalysis.of(hour).of(before).runs()).hasSize(2);
    List<Event> over = stopped.stream().filter(event -> event.time().isBefore(at(100))).toList();
    assertThat(TimelineAnalysis.of(hour).of(over).runs()).isEmpty();
  }

  @Test
  void whatTheReconcilerEndedEndsThen() {
    fleet.open("a", "one", 10);
    fleet.tell(
        900,
        Fleet.subject("a", "one"),
        new ReconcileEvent.Settled("running_without_container", "killed", null));
    assertThat(run().end()).isNull();
    fleet.tell(
        901,
        Fleet.subject("a", "one"),
        new ReconcileEvent.Settled("running_without_container", "failed", "nobody has it"));
    Run run = run();
    assertThat(run.end()).isEqualTo(at(901));
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.reason()).isEqualTo("running_without_container");
    assertThat(run.detail()).isEqualTo("nobody has it");
  }

  @Test
  void theFirstEndCountsAndWhatComesAfterItIsNoOtherRun() {
    fleet.run("a", "one", 10, 60, RunState.DONE, EndReason.COMPLETED);
    fleet.tell(80, Fleet.subject("a", "one"), Fleet.end(RunState.FAILED, EndReason.LEASE_LOST, 70));
    fleet.tell(81, Fleet.subject("a", "one"), new RunEvent.Killed(EndReason.LEASE_LOST));
    assertThat(run().reason()).isEqualTo("completed");
  }

  @Test
  void anEndAloneTellsWhenItBegan() {
    fleet.tell(100, Fleet.subject("a", "one"), Fleet.end(RunState.DONE, EndReason.COMPLETED, 40));
    assertThat(run().begin()).isEqualTo(at(59));
    assertThat(run().started()).isEqualTo(at(60));
  }

  @Test
  void theWindowIsExactAndWhatEndsAfterItIsOpen() {
    fleet.run("a", "before", 10, 30, RunState.DONE, EndReason.COMPLETED);
    fleet.run("a", "into", 50, 60, RunState.DONE, EndReason.COMPLETED);
    fleet.run("a", "in", 120, 30, RunState.DONE, EndReason.COMPLETED);
    fleet.run("a", "out", 180, 60, RunState.DONE, EndReason.COMPLETED);
    fleet.run("a", "after", 200, 10, RunState.DONE, EndReason.COMPLETED);
    Timeline timeline = TimelineAnalysis.of(new Window(at(100), at(200))).of(fleet.events());
    assertThat(timeline.runs()).extracting(Run::item).containsExactly("into", "in", "out");
    assertThat(timeline.runs()).extracting(Run::end).containsExactly(at(110), at(150), null);
  }

  @Test
  void onlyTheLanesThatWereAskedForAndTheWholeSurroundings() {
    fleet.run("a", "one", 10, 30, RunState.DONE, EndReason.COMPLETED);
    fleet.run("b", "two", 10, 30, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    fleet.close(30, 1);
    Timeline timeline = TimelineAnalysis.of(Fleet.DAY, List.of("a")).of(fleet.events());
    assertThat(timeline.asked()).containsExactly("a");
    assertThat(timeline.lanes()).extracting(Timeline.Lane::name).containsExactly("a");
    assertThat(timeline.silences()).isEmpty();
    assertThat(timeline.marks()).isNotEmpty();
  }

  @Test
  void aRunWithoutALaneIsDrawnToo() {
    Subject nobody = new Subject(null, null, "r-1", 0, null);
    fleet.tell(1, nobody, new RunEvent.Queued());
    assertThat(run().lane()).isEmpty();
    assertThat(fleet.timeline().lanes()).extracting(Timeline.Lane::name).containsExactly("");
  }

  // ---- bounds ----

  @Test
  void theOldestAreLeftOutAndCounted() {
    fleet.open("a", "open", 1);
    for (int i = 0; i < 9; i++) {
      fleet.run("a", "i" + i, 10 + i * 10, 5, RunState.DONE, EndReason.COMPLETED);
    }
    Timeline timeline = TimelineAnalysis.keeping(Fleet.DAY, 4).of(fleet.events());
    assertThat(timeline.runs()).extracting(Run::item).containsExactly("open", "i6", "i7", "i8");
    assertThat(timeline.leftOut().runs()).isEqualTo(6);
    assertThat(timeline.leftOut().text()).isEqualTo("6 runs");
    assertThat(timeline.ends()).isEqualTo(Map.of("completed", 9L, "open", 1L));
    assertThat(fleet.timeline().leftOut()).isEqualTo(LeftOut.NOTHING);
  }

  @Test
  void moreRunsThanAreKeptAreStreamed() {
    TimelineAnalysis analysis = TimelineAnalysis.of(Fleet.DAY);
    for (int i = 0; i < 60_000; i++) {
      analysis.accept(
          new Event(
              new EventId("e", i + 1),
              at(i),
              i,
              "n",
              Fleet.subject("lane-" + i % 7, "i" + i),
              null,
              Fleet.end(RunState.DONE, EndReason.COMPLETED, 5)));
    }
    Timeline timeline = analysis.report();
    assertThat(timeline.runs()).hasSize(TimelineAnalysis.MOST_RUNS);
    assertThat(timeline.leftOut().runs()).isEqualTo(60_000 - TimelineAnalysis.MOST_RUNS);
    assertThat(timeline.ends()).isEqualTo(Map.of("completed", 60_000L));
  }

  @Test
  void marksBeyondTheirNumberAreCountedAndLinksDriveOutNoIncident() {
    fleet.tell(1, new IncidentEvent.Opened("inc-1", "it hangs", "f"));
    for (int i = 0; i < TimelineAnalysis.MOST; i++) {
      fleet.tell(2 + i, new LinkEvent.Opened("w", 1, Duration.ZERO));
    }
    fleet.tell(80_000, new LinkEvent.Opened("w", 1, Duration.ZERO));
    Timeline timeline = fleet.timeline();
    assertThat(timeline.leftOut().marks()).isEqualTo(1);
    assertThat(timeline.marks().get(0).kind()).isEqualTo(Mark.Kind.INCIDENT_OPENED);
  }

  // ---- lanes, links, the rest ----

  @Test
  void pausesHaveTheirEventsAlsoWhereOneIsMissing() {
    Subject lane = Subject.ofLane("a");
    fleet.tell(10, lane, new LaneEvent.Resumed(1, "mended", true));
    fleet.tell(20, lane, new LaneEvent.Paused(2, "three of a kind"));
    fleet.tell(21, lane, new LaneEvent.Paused(2, "three of a kind"));
    fleet.tell(30, lane, new LaneEvent.Resumed(3, "mended", false));
    fleet.tell(40, lane, new LaneEvent.Paused(4, "again"));
    List<Pause> pauses = fleet.timeline().lanes().get(0).pauses();
    assertThat(pauses).extracting(Pause::from).containsExactly(null, at(20), at(40));
    assertThat(pauses).extracting(Pause::until).containsExactly(at(10), at(30), null);
    assertThat(pauses).extracting(Pause::reason).containsExactly("", "three of a kind", "again");
    assertThat(pauses).extracting(Pause::after).containsExactly("on trial: mended", "mended", "");
    assertThat(pauses.get(1).paused()).isEqualTo(fleet.events().get(1).id());
    assertThat(pauses.get(1).resumed()).isEqualTo(fleet.events().get(3).id());
  }

  @Test
  void aTrialEndsAPauseOnceItWentWell() {
    Subject lane = Subject.ofLane("a");
    Subject item = Fleet.subject("a", "tried");
    fleet.tell(10, lane, new LaneEvent.Paused(1, "three of a kind"));
    fleet.tell(20, lane, new LaneEvent.Resumed(1, "first", true));
    fleet.tell(30, lane, new LaneEvent.Resumed(1, "second", true)); // the first went wrong
    assertThat(fleet.timeline().lanes().get(0).pauses())
        .extracting(Pause::until)
        .containsExactly((Instant) null);
    fleet.tell(31, item, new ItemEvent.Claimed("me", 1, Duration.ofMinutes(1), true, null));
    fleet.tell(40, item, new ItemEvent.Completed());
    fleet.tell(50, lane, new LaneEvent.Paused(2, "again"));
    fleet.tell(60, lane, new LaneEvent.Resumed(3, "mended", false));
    List<Pause> pauses = fleet.timeline().lanes().get(0).pauses();
    assertThat(pauses).extracting(Pause::from).containsExactly(at(10), at(50));
    assertThat(pauses).extracting(Pause::until).containsExactly(at(30), at(60));
    assertThat(pauses).extracting(Pause::after).containsExactly("on trial: second", "mended");
  }

  @Test
  void aPauseFromBeforeTheWindowIsKnown() {
    fleet.tell(10, Subject.ofLane("a"), new LaneEvent.Paused(1, "why"));
    Timeline timeline = TimelineAnalysis.of(new Window(at(100), at(200))).of(fleet.events());
    assertThat(timeline.lanes().get(0).pauses().get(0).from()).isEqualTo(at(10));
  }

  @Test
  void silencesAreThoseOfTheCorrelation() {
    fleet.run("a", "one", 0, 720, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    fleet.close(600, 1);
    fleet.run("a", "two", 2_000, 720, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    Timeline timeline = fleet.timeline();
    CorrelationReport report = Correlation.of(Fleet.DAY).of(fleet.events());
    assertThat(timeline.together().tolerance()).isEqualTo(report.tolerance());
    assertThat(timeline.together().events()).isEqualTo(2).isEqualTo(report.events().count());
    assertThat(timeline.together().matched()).isEqualTo(1).isEqualTo(report.matched().count());
    assertThat(timeline.together().verdict()).isEqualTo(report.verdict());
    assertThat(timeline.silences().get(0).close()).isEqualTo(report.matches().get(0));
    assertThat(timeline.silences().get(1).close()).isNull();
  }

  @Test
  void whatGoesTogetherIsToldOfTheLanesThatWereAskedForAlone() {
    fleet.run("a", "one", 0, 720, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    fleet.run("b", "one", 0, 720, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    fleet.close(600, 1);
    Timeline timeline = TimelineAnalysis.of(Fleet.DAY, List.of("a")).of(fleet.events());
    assertThat(timeline.silences()).hasSize(1);
    assertThat(timeline.together().events()).isEqualTo(1);
    assertThat(timeline.together().matched()).isEqualTo(1);
  }

  @Test
  void everyMarkSaysWhatItIsAbout() {
    Timeline timeline = Fleet.of(3, 30).timeline();
    assertThat(timeline.marks())
        .extracting(Mark::kind)
        .contains(
            Mark.Kind.LINK_OPENED,
            Mark.Kind.LINK_CLOSED,
            Mark.Kind.LINK_RECONNECT,
            Mark.Kind.LINK_COOLDOWN,
            Mark.Kind.GATE_JUDGED,
            Mark.Kind.INCIDENT_OPENED,
            Mark.Kind.INCIDENT_FIXED,
            Mark.Kind.INCIDENT_RESOLVED,
            Mark.Kind.CLOCK_JUMPED,
            Mark.Kind.DEPLOYED);
    assertThat(timeline.marks()).isSortedAccordingTo(Marking.ORDER);
    Mark cooldown =
        timeline.marks().stream()
            .filter(mark -> mark.kind() == Mark.Kind.LINK_COOLDOWN)
            .findFirst()
            .orElseThrow();
    assertThat(cooldown.about()).isEqualTo("whatsapp");
    assertThat(cooldown.lasts()).isEqualTo(Duration.ofMinutes(30));
    fleet.tell(1, new GateEvent.Judged("g", "j", "no_go", "", List.of("FAIL a", "PASS b")));
    assertThat(fleet.timeline().marks().get(0).detail()).isEqualTo("FAIL a; PASS b");
    assertThat(fleet.timeline().marks().get(0).what()).isEqualTo("no_go");
  }

  @Test
  void incarnationsBeginAndEnd() {
    fleet.tell(1, new ProcessEvent.Started(4711, "17", "Linux"));
    fleet.tell(9, new ProcessEvent.Stopped("shutdown"));
    Timeline.Incarnation one = fleet.timeline().incarnations().get(0);
    assertThat(one.pid()).isEqualTo(4711);
    assertThat(one.from()).isEqualTo(at(1));
    assertThat(one.stopped()).isEqualTo(at(9));
    assertThat(one.reason()).isEqualTo("shutdown");
    assertThat(one.started()).isNotNull();
    assertThat(one.stop()).isNotNull();
  }

  @Test
  void nothingIsEmpty() {
    assertThat(fleet.timeline().isEmpty()).isTrue();
    assertThat(Fleet.of(1, 1).timeline().isEmpty()).isFalse();
  }

  @Test
  void whatItReadsAreTypesThatThereAre() {
    assertThat(EventTypes.all().keySet()).containsAll(TimelineAnalysis.of(Fleet.DAY).types());
    assertThat(EventTypes.all().keySet()).containsAll(Marking.TYPES);
  }

  @Test
  void timesOutOfAllTimeAreNoError() {
    fleet.run("a", "one", 0, 720, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT);
    TimelineAnalysis analysis = TimelineAnalysis.of(Window.ALL);
    analysis.accept(
        new Event(
            new EventId("x", 1),
            Instant.MIN,
            0,
            "n",
            Fleet.subject("a", "old"),
            null,
            Fleet.end(RunState.DONE, EndReason.COMPLETED, 5)));
    Timeline timeline = analysis.of(fleet.events());
    assertThat(timeline.runs()).hasSize(2);
    assertThat(TimelinePage.of(timeline, Instant.MAX).html()).contains("timeline-data");
  }
}
