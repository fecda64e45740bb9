package dev.reliability.ops.timeline;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline.Incarnation;
import dev.reliability.ops.timeline.Timeline.Proof;
import dev.reliability.ops.timeline.Timeline.Run;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From when to when runs were under way, for the newest of them. Not thread-safe. */
final class RunSpans {
  static final Set<String> TYPES =
      Set.of(
          "run.queued",
          "run.started",
          "run.start_failed",
          "run.first_output",
          "run.result_seen",
          "run.input_closed",
          "run.stop_requested",
          "run.killed",
          "run.handle_missing",
          "run.ended",
          "reconcile.settled");

  private static final int MOST_PROOF = 12;

  private final Window window;
  private final int most;
  private final Map<String, Account> open = new LinkedHashMap<>();
  private final Map<String, Account> ended = new LinkedHashMap<>();
  private final Map<String, Long> leftOut = new TreeMap<>();

  RunSpans(Window window, int most) {
    this.window = window;
    this.most = most;
  }

  void accept(Event event) {
    String run = event.subject().run();
    if (run == null || !TYPES.contains(event.type()) || ended.containsKey(run)) {
      return;
    }
    boolean isEnd = event.data() instanceof RunEvent.Ended || isReconciled(event);
    if (!isEnd && event.data() instanceof ReconcileEvent) {
      return;
    }
    if (isEnd) {
      Account account = open.remove(run);
      if (window.contains(event.time())) {
        account = account == null ? new Account(event) : account;
        account.end(event);
        ended.put(run, account);
      }
    } else {
      open.computeIfAbsent(run, id -> new Account(event)).add(event);
    }
    if (open.size() + ended.size() > most) {
      Map<String, Account> from = ended.isEmpty() ? open : ended;
      Account eldest = from.remove(from.keySet().iterator().next());
      if (eldest != null) {
        leftOut.merge(eldest.reason, 1L, Long::sum);
      }
    }
  }

  private static boolean isReconciled(Event event) {
    return event.data() instanceof ReconcileEvent.Settled settled
        && settled.action().equals("failed");
  }

  /**
   * By lane, then by when they began. What has no end is there although nothing was told of it for
   * long, unless its incarnation ended before the window: a silent one is what is looked for.
   *
   * @param incarnations those that are known
   */
  List<Run> report(Map<String, Incarnation> incarnations) {
    List<Run> runs = new ArrayList<>();
    ended.forEach((id, account) -> runs.add(account.run(id, account.latest)));
    open.forEach(
        (id, account) -> {
          Incarnation told = incarnations.get(account.epoch);
          Instant seen =
              told == null || told.seen().isBefore(account.latest) ? account.latest : told.seen();
          boolean isOver = told == null || told.stopped() != null;
          if (!isOver || !seen.isBefore(window.since())) {
            runs.add(account.run(id, seen));
          }
        });
    runs.sort(Comparator.comparing(Run::lane).thenComparing(Run::begin).thenComparing(Run::id));
    return runs;
  }

  long leftOut() {
    return leftOut.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many there were for each reason, drawn or left out. */
  Map<String, Long> ends(List<Run> drawn) {
    Map<String, Long> ends = new TreeMap<>(leftOut);
    drawn.forEach(run -> ends.merge(run.reason(), 1L, Long::sum));
    return ends;
  }

  /** What was told of one run. */
  private static final class Account {
    private final String epoch;
    private final String lane;
    private final @Nullable String item;
    private final List<Proof> proof = new ArrayList<>();
    private Instant begin;
    private Instant latest;
    private @Nullable Instant started;
    private @Nullable Instant firstOutput;
    private @Nullable Instant end;
    private RunState state = RunState.QUEUED;
    private String reason = Run.OPEN;
    private String detail = "";

    Account(Event first) {
      epoch = first.id().epoch();
      lane = TimelineAnalysis.text(first.subject().lane());
      item = first.subject().item();
      begin = first.time();
      latest = first.time();
    }

    void add(Event event) {
      Instant at = event.time();
      if (proof.size() < MOST_PROOF) {
        prove(event);
      }
      begin = at.isBefore(begin) ? at : begin;
      latest = at.isAfter(latest) ? at : latest;
      if (event.data() instanceof RunEvent.Started) {
        started = at;
        state = RunState.RUNNING;
      } else if (event.data() instanceof RunEvent.FirstOutput && firstOutput == null) {
        firstOutput = at;
      } else if (event.data() instanceof RunEvent.StartFailed failed) {
        detail = failed.failure() + ": " + failed.detail();
      }
    }

    private void prove(Event event) {
      proof.add(new Proof(event.id(), event.type(), event.time()));
    }

    void end(Event event) {
      Instant at = event.time();
      prove(event);
      end = at;
      if (event.data() instanceof RunEvent.Ended told) {
        state = told.state();
        reason = told.reason().wireName();
        detail = words(told);
        if (started == null && !told.running().isZero()) {
          started = before(at, told.running());
        }
        if (proof.size() == 1) { // what was before it was not read
          begin = before(before(at, told.running()), told.queued());
        }
      } else if (event.data() instanceof ReconcileEvent.Settled settled) {
        state = RunState.FAILED;
        reason = settled.reason();
        detail = TimelineAnalysis.text(settled.detail());
      }
      begin = at.isBefore(begin) ? at : begin; // a clock that was set back
      latest = at;
    }

    private static Instant before(Instant at, Duration by) {
      try {
        return by.isNegative() ? at : at.minus(by);
      } catch (DateTimeException | ArithmeticException beforeAllTime) {
        return Instant.MIN;
      }
    }

    private String words(RunEvent.Ended told) {
      String exit =
          told.exitCode() != null
              ? "exit code " + told.exitCode()
              : told.signal() != null ? "signal " + told.signal() : "";
      String more = told.detail() == null ? detail : told.detail();
      return exit.isEmpty() || more.isEmpty() ? exit + more : exit + ": " + more;
    }

    Run run(String id, Instant seen) {
      return new Run(
          id, lane, item, begin, started, firstOutput, end, seen, state, reason, detail, proof);
    }
  }
}
