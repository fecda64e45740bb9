package dev.reliability.ops.analysis;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Traces a lane, or a run, through a window (requirements E1 to E4): what happened in order, the
 * root cause of each run that ended, what came in, and whether runs without output go together with
 * closes of the link.
 *
 * <p>The timeline of a lane has what concerns it, and what concerns everybody: links, clocks,
 * processes, and what came in without being anybody's. Of a run it has the run's events and those
 * of its item, and of links, clocks and processes what happened from two minutes before the run's
 * first event to two minutes after its last; the claim of its item stands before its first event.
 *
 * <p>It keeps as many events as {@link Builder#lines} says, an account of each run that is open, of
 * the last 10,000 that ended, and what {@link Correlation} keeps.
 */
public final class Trace implements Analysis<TraceReport> {
  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final int MOST_RUNS = 10_000;

  private final Window window;
  private final Window reading;
  private final @Nullable String lane;
  private final @Nullable String run;
  private final int lines;

  private final Deque<Event> timeline = new ArrayDeque<>();
  private long omitted;
  private final DispatchLedger dispatch;
  private final Correlation correlation;
  private final LinkCloses closes = new LinkCloses();
  private final Map<String, Citations> ends = new TreeMap<>();
  private final Deque<RunEnding> ended = new ArrayDeque<>();
  private final Map<String, RunEnding.Account> open = new LinkedHashMap<>();

  /** The claim under which an item is worked on: its run is only known later. */
  private final Map<String, Event> claims = new HashMap<>();

  private @Nullable String item;

  private Trace(Builder builder) {
    window = builder.window;
    lane = builder.lane;
    run = builder.run;
    lines = builder.lines;
    reading = window.widened(LinkCloses.TOLERANCE, GRACE);
    dispatch = new DispatchLedger(window, lane, GRACE);
    correlation = Correlation.builder(window).events(noOutput(lane, run)).build();
  }

  /** A trace through {@code window}; build it with what differs. */
  public static Builder builder(Window window) {
    return new Builder(window);
  }

  private static EventKind noOutput(@Nullable String lane, @Nullable String run) {
    EventKind kind = EventKind.NO_OUTPUT_TIMEOUT;
    kind = lane == null ? kind : kind.inLane(lane);
    return run == null ? kind : kind.ofRun(run);
  }

  @Override
  public Window reading() {
    return reading;
  }

  @Override
  public void accept(Event event) {
    if (!reading.contains(event.time())) {
      return;
    }
    dispatch.accept(event);
    correlation.accept(event);
    claim(event);
    boolean mine = isMine(event.subject());
    closes.accept(event);
    if (mine) {
      follow(event);
    }
    if (window.contains(event.time()) && (mine || concernsAll(event))) {
      show(event);
    }
  }

  private void show(Event event) {
    timeline.addLast(event);
    if (timeline.size() > lines) {
      timeline.removeFirst();
      omitted++;
    }
  }

  // ---- what belongs here ----

  private boolean isMine(Subject subject) {
    if (run != null) {
      boolean sameRun = run.equals(subject.run());
      return sameRun || (subject.run() == null && item != null && item.equals(key(subject)));
    }
    return lane == null || lane.equals(subject.lane());
  }

  private boolean concernsAll(Event event) {
    return event.data() instanceof LinkEvent
        || event.data() instanceof ClockEvent
        || event.data() instanceof ProcessEvent
        || (run == null && event.data() instanceof DispatchEvent && event.subject().lane() == null);
  }

  /** Of a run, the claim that it began with belongs to it, although it was not known then. */
  private void claim(Event event) {
    String key = key(event.subject());
    if (run == null || key == null || item != null) {
      return;
    }
    if (event.data() instanceof ItemEvent.Claimed) {
      claims.put(key, event);
    } else if (event.data() instanceof ItemEvent.Completed
        || event.data() instanceof ItemEvent.Released) {
      claims.remove(key);
    }
    if (run.equals(event.subject().run())) {
      item = key;
      Event claimed = claims.get(key);
      claims.clear();
      if (claimed != null && window.contains(claimed.time())) {
        show(claimed);
      }
    }
  }

  private static @Nullable String key(Subject subject) {
    return subject.item() == null ? null : subject.lane() + "/" + subject.item();
  }

  // ---- runs ----

  private void follow(Event event) {
    String id = event.subject().run();
    if (id == null || !event.time().isBefore(window.until())) {
      return; // at the end of the window it was as it was before
    }
    if (RunEnding.isEnd(event)) {
      RunEnding.Account account = open.remove(id);
      if (window.contains(event.time())) {
        RunEnding ending = new RunEnding(event, account);
        ended.addLast(ending);
        ends.computeIfAbsent(ending.reason(), reason -> new Citations()).add(event);
        if (ended.size() > MOST_RUNS) {
          ended.removeFirst();
        }
      }
    } else if (event.data() instanceof RunEvent told && !RunEnding.mayFollow(told)) {
      open.computeIfAbsent(id, key -> new RunEnding.Account()).add(event, told);
    }
  }

  @Override
  public TraceReport report() {
    LinkCloses.Sorted sorted = closes.sorted();
    List<RunTrace> runs = new ArrayList<>();
    ended.forEach(ending -> runs.add(ending.trace(sorted.nearest(ending.at()))));
    Citations stillOpen = new Citations();
    for (RunEnding.Account account : open.values()) {
      Event last = account.last();
      if (last != null && window.contains(last.time())) {
        stillOpen.add(last);
      }
    }
    Map<String, Cited> byReason = new TreeMap<>();
    ends.forEach((reason, ids) -> byReason.put(reason, ids.cited()));
    return new TraceReport(
        window,
        lane,
        run,
        run == null ? List.copyOf(timeline) : aroundTheRun(),
        omitted,
        byReason,
        runs,
        stillOpen.cited(),
        dispatch.numbers(),
        correlation.report());
  }

  private List<Event> aroundTheRun() {
    Instant first = null;
    Instant last = null;
    for (Event event : timeline) {
      if (!concernsAll(event)) {
        Instant at = event.time();
        first = first == null || at.isBefore(first) ? at : first;
        last = last == null || at.isAfter(last) ? at : last;
      }
    }
    if (first == null || last == null) {
      return List.of();
    }
    Instant from = Window.earlier(first, LinkCloses.TOLERANCE);
    Instant to = Window.later(last, LinkCloses.TOLERANCE);
    return timeline.stream()
        .filter(event -> !event.time().isBefore(from) && !event.time().isAfter(to))
        .toList();
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final Window window;
    private @Nullable String lane;
    private @Nullable String run;
    private int lines = 20_000;

    private Builder(Window window) {
      this.window = Objects.requireNonNull(window, "window");
    }

    /** Of one lane only; all by default. */
    public Builder lane(String value) {
      lane = Objects.requireNonNull(value, "lane");
      return this;
    }

    /** Of one run only; all by default. */
    public Builder run(String value) {
      run = Objects.requireNonNull(value, "run");
      return this;
    }

    /**
     * How many events the timeline has at most, the last ones; 20,000 by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder lines(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("lines: expected zero or more, got " + value);
      }
      lines = value;
      return this;
    }

    /** The analysis, with no events yet. */
    public Trace build() {
      return new Trace(this);
    }
  }
}
