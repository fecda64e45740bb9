package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.ops.analysis.ZeroReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Explains a window in which nothing ran (requirements D2, D3): nothing came in; or what came in
 * was suppressed, each time for a reason that is known; or something got lost on its way, which is
 * a bug.
 *
 * <p>An intent has the grace, 10 min by default, to get its verdict, and what was accepted to get a
 * run, unless that comes within the window anyway. What was accepted up to a day before the window
 * and still waits for its run counts too. That nothing came in is said only if somebody was there
 * to see it: an event within the window shows that, or two around it that follow each other in one
 * incarnation's sequence.
 *
 * <p>Give it the events of all types. It keeps what is on its way, the runs that are going on in
 * the window, and the items of the last 100,000 runs.
 */
public final class ExplainZero implements Analysis<ZeroReport> {
  private static final Duration AROUND = Duration.ofDays(1);

  private final Window window;
  private final Window reading;
  private final @Nullable String lane;
  private final @Nullable Instant now;
  private final DispatchLedger ledger;

  private final Citations runs = new Citations();
  private final Set<String> open = new HashSet<>();
  private final Citations completed = new Citations();
  private final Citations dropped = new Citations();
  private @Nullable Event first;
  private @Nullable Event last;
  private @Nullable Instant latest;

  /** Of each incarnation, its last event before the window. */
  private final Map<String, EventId> before = new HashMap<>();

  private @Nullable Cited silence;

  private ExplainZero(Builder builder) {
    window = builder.window;
    lane = builder.lane;
    now = builder.now;
    ledger = new DispatchLedger(window, lane, builder.grace);
    Duration after = builder.grace.compareTo(AROUND) > 0 ? builder.grace : AROUND;
    reading = window.widened(AROUND, after);
  }

  /** An explanation of {@code window}; build it with what differs. */
  public static Builder builder(Window window) {
    return new Builder(window);
  }

  @Override
  public Window reading() {
    return reading;
  }

  @Override
  public void accept(Event event) {
    Instant at = event.time();
    if (!reading.contains(at)) {
      return;
    }
    latest = latest == null || at.isAfter(latest) ? at : latest;
    ledger.accept(event);
    if (window.contains(at)) {
      first = first == null ? event : first;
      last = event;
      if (event.data() instanceof ProcessEvent.EventsDropped drop && drop.others() > 0) {
        dropped.add(event);
      }
      work(event);
    } else {
      around(event);
    }
  }

  private void work(Event event) {
    if (lane != null && !lane.equals(event.subject().lane())) {
      return;
    }
    String run = event.subject().run();
    if (event.data() instanceof ItemEvent.Completed) {
      completed.add(event);
    } else if (event.data() instanceof RunEvent.Ended) {
      if (run != null && !open.remove(run)) {
        runs.add(event); // it began before
      }
    } else if (event.data() instanceof RunEvent told && run != null && !follows(told)) {
      if (open.add(run)) {
        runs.add(event);
      }
    }
  }

  /** Whether it may be told after the end of its run. */
  private static boolean follows(RunEvent told) {
    return told instanceof RunEvent.CursorSettled
        || told instanceof RunEvent.LateResult
        || told instanceof RunEvent.LeftBehind;
  }

  /** Two events that follow each other, with the window in between, show that it was silent. */
  private void around(Event event) {
    EventId id = event.id();
    if (event.time().isBefore(window.since())) {
      before.put(id.epoch(), id);
    } else {
      EventId earlier = before.remove(id.epoch());
      if (earlier != null && earlier.seq() + 1 == id.seq() && silence == null) {
        Citations both = new Citations();
        both.add(earlier);
        both.add(id);
        silence = both.cited();
      }
    }
  }

  @Override
  public ZeroReport report() {
    Citations lost = new Citations();
    Citations pending = new Citations();
    Map<String, Citations> heldBack = new TreeMap<>();
    Citations suppressed = new Citations();
    DispatchNumbers numbers = ledger.numbers();
    numbers.suppressed().values().forEach(reason -> reason.ids().forEach(suppressed::add));
    ledger.fates(
        until(),
        new DispatchLedger.Fates() {
          @Override
          public void lost(EventId id) {
            lost.add(id);
          }

          @Override
          public void heldBack(String reason, EventId accepted, EventId why) {
            heldBack.computeIfAbsent(reason, key -> new Citations()).add(accepted);
            suppressed.add(why);
          }

          @Override
          public void pending(EventId id) {
            pending.add(id);
          }
        });
    Map<String, Cited> reasons = new HashMap<>();
    heldBack.forEach((reason, ids) -> reasons.put(reason, ids.cited()));
    Cited present =
        !runs.isNone()
            ? runs.cited()
            : !completed.isNone() ? completed.cited() : ledger.soonAfter();
    Verdict verdict;
    Cited proof;
    String why;
    if (!present.isNone()) {
      verdict = Verdict.RUNS_PRESENT;
      proof = present;
      why =
          (runs.isNone() && !completed.isNone() ? "items were completed: " : "there were runs: ")
              + present.count();
    } else if (!lost.isNone()) {
      verdict = Verdict.DISPATCH_SUPPRESSION_BUG;
      proof = lost.cited();
      why = "got neither a run nor a reason: " + lost.count();
    } else if (!pending.isNone()) {
      verdict = Verdict.INCONCLUSIVE;
      proof = pending.cited();
      why = "came in and still has time to become a run: " + pending.count();
    } else if (!suppressed.isNone()) {
      verdict = Verdict.DISPATCH_SUPPRESSED;
      proof = suppressed.cited();
      why = "came in and was suppressed: " + words(numbers.suppressed(), reasons);
    } else if (!numbers.payloads().isNone()) {
      verdict = Verdict.INCONCLUSIVE;
      proof = numbers.payloads();
      why = "what came in was worked on before the window: clocks differ";
    } else if (!watched().isNone()) {
      verdict = Verdict.NO_DISPATCH_INTENT;
      proof = watched();
      why = "nothing came in: " + words(first, last);
    } else {
      verdict = Verdict.INCONCLUSIVE;
      proof = Cited.NONE;
      why = "no event shows that anybody was there to see what came in";
    }
    return new ZeroReport(
        window,
        lane,
        verdict,
        why,
        proof,
        numbers,
        present,
        lost.cited(),
        reasons,
        pending.cited(),
        dropped.cited());
  }

  /** Until when somebody would have told of a verdict or a run. */
  private Instant until() {
    if (now != null) {
      return now;
    }
    return latest != null && latest.isAfter(window.until()) ? latest : window.until();
  }

  /** The first and the last event of the window, or those around its silence. */
  private Cited watched() {
    if (first == null || last == null) {
      return silence == null ? Cited.NONE : silence;
    }
    Citations ids = new Citations();
    ids.add(first);
    if (!last.equals(first)) {
      ids.add(last);
    }
    return ids.cited();
  }

  private static String words(@Nullable Event first, @Nullable Event last) {
    return first == null || last == null
        ? "what was recorded before and after leaves nothing out"
        : "events were recorded from " + first.time() + " to " + last.time();
  }

  private static String words(Map<String, Cited> rejected, Map<String, Cited> heldBack) {
    Map<String, Long> counts = new TreeMap<>();
    rejected.forEach((reason, ids) -> counts.merge(reason, ids.count(), Long::sum));
    heldBack.forEach((reason, ids) -> counts.merge(reason, ids.count(), Long::sum));
    StringBuilder words = new StringBuilder();
    counts.forEach(
        (reason, count) ->
            words.append(words.isEmpty() ? "" : ", ").append(reason).append(' ').append(count));
    return words.toString();
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final Window window;
    private @Nullable String lane;
    private @Nullable Instant now;
    private Duration grace = Duration.ofMinutes(10);

    private Builder(Window window) {
      this.window = Objects.requireNonNull(window, "window");
    }

    /**
     * Of one lane only. What was rejected before any lane was known counts for every lane. All
     * lanes by default.
     */
    public Builder lane(String value) {
      lane = Objects.requireNonNull(value, "lane");
      return this;
    }

    /**
     * How long an intent may take to get its verdict, and what was accepted to get a run; 10 min by
     * default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("grace: expected zero or more, got " + value);
      }
      grace = value;
      return this;
    }

    /**
     * What time it is: what happened up to then would have been told. By default the end of the
     * window, or the time of the last event if that is later.
     */
    public Builder now(Instant value) {
      now = Objects.requireNonNull(value, "now");
      return this;
    }

    /** The analysis, with no events yet. */
    public ExplainZero build() {
      return new ExplainZero(this);
    }
  }
}
