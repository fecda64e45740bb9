package dev.reliability.benchmarks;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.TimeoutValues;
import dev.reliability.journal.JournalWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes a journal such as two busy nodes leave behind, each of them started anew now and then:
 * items that come in, are claimed, run, report progress, end well or badly; links that close. The
 * same size gives the same bytes. The events have even distances on the whole, so that a share of
 * the time is a share of the events.
 */
final class JournalMaker {
  /** When the first event is. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** From the first event to the last. */
  static final Duration LENGTH = Duration.ofDays(10);

  private static final int NODES = 2;
  private static final int INCARNATIONS = 3; // of each node
  private static final int LANES = 20; // of each node
  private static final int RUNS = 60; // of each node at a time
  private static final List<String> REASONS =
      List.of("exit_nonzero", "no_output_timeout", "hard_timeout", "worker_lost");
  private static final TimeoutValues TIMEOUTS =
      new TimeoutValues(
          Duration.ofMinutes(2),
          Duration.ofMinutes(30),
          Duration.ofMinutes(60),
          Duration.ofMinutes(60),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          null);

  private JournalMaker() {}

  /** Writes so many events into an empty directory. */
  static void make(Path directory, long events) {
    long each = events / (NODES * INCARNATIONS);
    try (JournalWriter writer = JournalWriter.open(directory)) {
      long left = events;
      for (int node = 0; node < NODES; node++) {
        for (int i = 0; i < INCARNATIONS; i++) {
          boolean last = node == NODES - 1 && i == INCARNATIONS - 1;
          new Incarnation(writer, node, i, last ? left : each).write();
          left -= each;
        }
      }
    }
  }

  /** A run on its way; null for the life of the process and of its link. */
  private static final class Step {
    final int slot;
    double at;
    int stage;
    long progress;
    long run;
    Subject subject = Subject.NONE;

    @Nullable EventId intent;

    Step(int slot, double at) {
      this.slot = slot;
      this.at = at;
    }
  }

  private static final class Incarnation {
    private static final int LINK = -1;

    private final JournalWriter writer;
    private final SplittableRandom random;
    private final String epoch;
    private final String node;
    private final long events;
    private final double millisEach;
    private final Instant start;
    private long seq;
    private long runs;
    private long generation = 1;
    private boolean open;

    Incarnation(JournalWriter writer, int node, int number, long events) {
      this.writer = writer;
      this.events = events;
      this.node = "worker-" + (node + 1);
      random = new SplittableRandom(7L * node + number);
      Duration share = LENGTH.dividedBy(INCARNATIONS);
      start = START.plus(share.multipliedBy(number));
      epoch = "2026010" + (1 + number * 3) + "T000000Z-" + (node + 1) + "a2b3c4" + number;
      millisEach = (double) share.toMillis() / events;
    }

    void write() {
      PriorityQueue<Step> steps =
          new PriorityQueue<>(
              Comparator.comparingDouble((Step step) -> step.at).thenComparingInt(s -> s.slot));
      for (int slot = LINK; slot < RUNS; slot++) {
        steps.add(new Step(slot, random.nextDouble()));
      }
      tell(Subject.NONE, null, new ProcessEvent.Started(4711, "17.0.15", "Linux"));
      while (seq < events) {
        Step step = steps.remove();
        step.at += step.slot == LINK ? 30 * random.nextDouble() : random.nextDouble();
        if (step.slot == LINK) {
          link();
        } else {
          run(step);
        }
        steps.add(step);
      }
      writer.caughtUp();
    }

    private EventId tell(Subject subject, @Nullable EventId cause, EventData data) {
      EventId id = new EventId(epoch, ++seq);
      if (seq <= events) {
        long millis = (long) (seq * millisEach);
        writer.accept(
            new Event(
                id, start.plusMillis(millis), millis * 1_000_000, node, subject, cause, data));
      }
      return id;
    }

    private void link() {
      String name = "whatsapp";
      if (open) {
        tell(
            Subject.NONE,
            null,
            new LinkEvent.Closed(
                name, generation++, "retry", "428", "connection \"closed\" by peer", true, 1));
        tell(Subject.NONE, null, new LinkEvent.RetryScheduled(name, Duration.ofSeconds(2), 1));
      } else {
        tell(Subject.NONE, null, new LinkEvent.Connecting(name, generation, 1));
        tell(Subject.NONE, null, new LinkEvent.Opened(name, generation, Duration.ofMillis(812)));
      }
      open = !open;
      if (random.nextInt(50) == 0) {
        tell(Subject.NONE, null, new ClockEvent.Jumped(Duration.ofSeconds(90)));
      }
    }

    private void run(Step step) {
      switch (step.stage++) {
        case 0 -> {
          step.run = ++runs;
          step.progress = 0;
          step.intent =
              tell(
                  Subject.NONE,
                  null,
                  new DispatchEvent.Intent("whatsapp", "msg-" + step.run, 200 + step.run % 900));
          String lane = node + "-lane-" + random.nextInt(LANES);
          step.subject = Subject.ofItem(lane, "item-" + step.slot + "-" + step.run % 5000);
        }
        case 1 -> {
          if (random.nextInt(20) == 0) {
            tell(
                step.subject,
                step.intent,
                new DispatchEvent.Rejected("duplicate", List.of(), "seen before"));
            step.stage = 0;
          } else {
            tell(step.subject, step.intent, new DispatchEvent.Accepted());
          }
        }
        case 2 -> {
          if (random.nextInt(4) == 0) {
            tell(
                step.subject,
                null,
                new ItemEvent.ClaimRefused("lane_busy", "other", null, "one at a time"));
            step.stage--;
          } else {
            tell(
                step.subject.under(step.run),
                null,
                new ItemEvent.Claimed(epoch, 1, Duration.ofMinutes(2), false, Duration.ofHours(1)));
            step.subject =
                new Subject(
                    step.subject.lane(),
                    step.subject.item(),
                    "run-" + epoch + "-" + step.run,
                    step.run,
                    null);
          }
        }
        case 3 -> tell(step.subject, null, new RunEvent.Queued());
        case 4 -> tell(step.subject, null, new RunEvent.Starting(1));
        case 5 ->
            tell(
                step.subject,
                null,
                new RunEvent.Started(1, "pid " + (1000 + step.run % 30000), Duration.ofMillis(41)));
        case 6 -> tell(step.subject, null, new RunEvent.FirstOutput(Duration.ofNanos(734_512_345)));
        case 7 -> {
          tell(
              step.subject,
              null,
              new RunEvent.Progress(++step.progress, 1000 + 731 * step.progress));
          if (random.nextInt(12) != 0) {
            step.stage--;
          }
        }
        case 8 -> tell(step.subject, null, new RunEvent.ResultSeen(4096));
        default -> end(step);
      }
    }

    private void end(Step step) {
      boolean failed = random.nextInt(10) == 0;
      String reason = failed ? REASONS.get(random.nextInt(REASONS.size())) : "completed";
      tell(
          step.subject,
          null,
          new RunEvent.CursorSettled(failed ? "rollback" : "commit", true, null));
      tell(
          step.subject,
          null,
          new RunEvent.Ended(
              failed ? RunState.FAILED : RunState.DONE,
              EndReason.fromWireName(reason),
              failed ? "exit code 3: error in step " + random.nextInt(40) : null,
              1,
              "pid " + (1000 + step.run % 30000),
              TIMEOUTS,
              Duration.ofMillis(35),
              Duration.ofSeconds(12 * step.progress),
              step.progress,
              1000 + 731 * step.progress,
              failed ? 3 : 0,
              null,
              "none",
              "process_group",
              List.of(),
              0,
              failed ? "rollback" : "commit",
              "msg-" + step.run,
              "msg-" + step.run,
              new LinkSnapshot(open ? "open" : "closed", null, 0, START, null, 0),
              Map.of("chat_jid", "4917" + step.slot + "@s.whatsapp.net"),
              true));
      if (failed) {
        String lane = step.subject.lane();
        tell(
            Subject.ofLane(lane == null ? "" : lane),
            null,
            new LaneEvent.Failure(
                "run-" + step.run,
                String.format("%016x", 0x9E3779B97F4A7C15L * (1 + random.nextInt(200))),
                1,
                reason,
                1,
                5));
        tell(step.subject, null, new ItemEvent.Released());
      } else {
        tell(step.subject, null, new ItemEvent.Completed());
      }
      step.subject = Subject.NONE;
      step.stage = 0;
    }
  }
}
