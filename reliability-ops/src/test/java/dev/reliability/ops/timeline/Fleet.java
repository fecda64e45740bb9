package dev.reliability.ops.timeline;

import dev.reliability.core.event.ChangeRecord;
import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.DeployEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.TimeoutValues;
import dev.reliability.core.run.RunTimeouts;
import dev.reliability.ops.analysis.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Events of lanes whose runs end in all ways, as one incarnation tells them. The same each time.
 */
final class Fleet {
  static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  static final Window DAY = new Window(START, START.plus(Duration.ofDays(1)));
  static final Instant NOW = START.plus(Duration.ofHours(20));

  private static final String EPOCH = "20261122T000000Z-0a1b2c3d";
  private static final TimeoutValues TIMEOUTS = RunTimeouts.ofDefaults().values();

  private record Told(double second, Subject subject, EventData data) {}

  private final List<Told> told = new ArrayList<>();

  /** Something that happened, seconds after the start. */
  Fleet tell(double second, Subject subject, EventData data) {
    told.add(new Told(second, subject, data));
    return this;
  }

  /** Something that is nobody's. */
  Fleet tell(double second, EventData data) {
    return tell(second, Subject.NONE, data);
  }

  /** A run with all its events. */
  Fleet run(String lane, String item, double from, double length, RunState state, EndReason why) {
    return open(lane, item, from).tell(from + length, subject(lane, item), end(state, why, length));
  }

  /** A run that nobody told the end of. */
  Fleet open(String lane, String item, double from) {
    Subject run = subject(lane, item);
    return tell(from, run, new RunEvent.Queued())
        .tell(from + 1, run, new RunEvent.Started(1, "pid 4711", Duration.ofSeconds(1)))
        .tell(from + 3, run, new RunEvent.FirstOutput(Duration.ofSeconds(2)));
  }

  static Subject subject(String lane, String item) {
    return Subject.ofRun(lane, item, "r-" + lane + "-" + item);
  }

  static RunEvent.Ended end(RunState state, EndReason why, double running) {
    return new RunEvent.Ended(
        state,
        why,
        state == RunState.FAILED ? "no valid marker within PT12M" : null,
        1,
        "pid 4711",
        TIMEOUTS,
        Duration.ofSeconds(1),
        Duration.ofMillis(Math.round(running * 1000)),
        0,
        0,
        null,
        null,
        "killed",
        "session",
        List.of(),
        0,
        "rollback",
        null,
        null,
        null,
        Map.of(),
        true);
  }

  /** A close of the link, and that it opened again. */
  Fleet close(double second, int generation) {
    return tell(
            second, new LinkEvent.Closed("whatsapp", generation, "retry", "428", "lost", true, 1))
        .tell(second + 4, new LinkEvent.Connecting("whatsapp", generation + 1, 1))
        .tell(second + 6, new LinkEvent.Opened("whatsapp", generation + 1, Duration.ofSeconds(2)));
  }

  /** All of it, in the order of a journal. */
  List<Event> events() {
    List<Event> events = new ArrayList<>();
    List<Told> sorted = new ArrayList<>(told);
    sorted.sort(Comparator.comparingDouble(Told::second));
    for (Told one : sorted) {
      long millis = Math.round(one.second() * 1000);
      events.add(
          new Event(
              new EventId(EPOCH, events.size() + 1),
              START.plusMillis(millis),
              millis * 1_000_000,
              "node-1",
              one.subject(),
              null,
              one.data()));
    }
    return events;
  }

  /** The timeline of its day. */
  Timeline timeline() {
    return TimelineAnalysis.of(DAY).of(events());
  }

  /** The page of its day. */
  String page() {
    return TimelinePage.of(timeline(), NOW).html();
  }

  /** A day on which everything happened that can be drawn. */
  static Fleet of(int lanes, int runs) {
    Random random = new Random(7);
    Fleet fleet = new Fleet();
    fleet.tell(0, new ProcessEvent.Started(4711, "17.0.15", "Linux 6.1"));
    fleet.tell(1, new LinkEvent.Opened("whatsapp", 1, Duration.ofSeconds(1)));
    fleet.tell(3_600, new DeployEvent.Marked("v2.1", START.plusSeconds(3_600), "", change()));
    List<Double> closes = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      closes.add(1_800 + i * 4_300 + random.nextInt(1_500) * 1.0);
      fleet.close(closes.get(i), i + 1);
    }
    fleet.tell(
        closes.get(13) + 30,
        new LinkEvent.CoolingDown("whatsapp", Duration.ofMinutes(30), "burst of closes", 15));
    for (int i = 0; i < runs; i++) {
      String lane = String.format("worker-%04d", i % lanes);
      double from = 100 + random.nextDouble() * 65_000;
      double length = 20 + 900 * random.nextDouble() * random.nextDouble();
      anyEnd(fleet, lane, "issue-" + i, from, length, random);
    }
    for (int i = 0; i < 12; i++) {
      double at = closes.get(i) + random.nextInt(200) - 60;
      fleet.run(
          String.format("worker-%04d", i % Math.min(lanes, 7)),
          "silent-" + i,
          at - 720,
          720,
          RunState.FAILED,
          EndReason.NO_OUTPUT_TIMEOUT);
    }
    Subject paused = Subject.ofLane("worker-0001");
    fleet.tell(30_000, paused, new LaneEvent.Paused(1, "three of a kind"));
    fleet.tell(37_000, paused.by("alice"), new LaneEvent.Resumed(2, "mended", false));
    fleet.tell(55_000, new GateEvent.Judged("connectivity", "j1", "no_go", "", List.of("FAIL x")));
    fleet.tell(59_000, new GateEvent.Judged("connectivity", "j2", "go", "", List.of("PASS x")));
    fleet.tell(31_000, new IncidentEvent.Opened("inc-1", "Andy times out", "worker:timeout"));
    fleet.tell(40_000, new IncidentEvent.FixMarked("inc-1", "time-outs separated"));
    fleet.tell(63_000, new IncidentEvent.Resolved("inc-1", "it is over", List.of("PASS x")));
    fleet.tell(47_000, new ClockEvent.Jumped(Duration.ofSeconds(-90)));
    return fleet;
  }

  private static void anyEnd(
      Fleet fleet, String lane, String item, double from, double length, Random random) {
    int dice = random.nextInt(200);
    if (dice == 0) {
      fleet.open(lane, item, from);
    } else if (dice < 150) {
      fleet.run(lane, item, from, length, RunState.DONE, EndReason.COMPLETED);
    } else if (dice < 180) {
      fleet.run(lane, item, from, length, RunState.DONE, EndReason.IDLE_CLEANUP);
    } else if (dice < 184) {
      fleet.run(lane, item, from, length, RunState.CANCELLED, EndReason.CANCELLED);
    } else {
      List<EndReason> failures =
          List.of(
              EndReason.EXIT_NONZERO,
              EndReason.HARD_TIMEOUT,
              EndReason.KILLED_BY_SIGNAL,
              EndReason.LEASE_LOST,
              EndReason.SPAWN_FAILED,
              EndReason.START_DEADLINE);
      EndReason why = failures.get(dice % failures.size());
      fleet.run(lane, item, from, length, RunState.FAILED, why);
    }
  }

  private static ChangeRecord change() {
    return new ChangeRecord(
        "no output",
        "time-outs separated",
        List.of(),
        Map.of(),
        "",
        "",
        List.of(),
        List.of(),
        "",
        List.of(),
        List.of(),
        List.of());
  }
}
