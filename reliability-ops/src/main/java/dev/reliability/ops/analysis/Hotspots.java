package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.lane.FailureFingerprint;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures of a window by fingerprint, by lane and by reason (requirements F2, J7). It
 * counts events and trusts no count that an event carries; an empty window gives an empty report.
 *
 * <p>It keeps a count and the first {@value Cited#MOST_EACH} ids for each key, and at most 10,000
 * keys of each kind.
 */
public final class Hotspots implements Analysis<HotspotsReport> {
  private static final String NONE = "(none)";

  private final Window window;
  private final @Nullable String lane;
  private final int top;
  private final Citations failedRuns = new Citations();
  private final Citations counted = new Citations();
  private final Tally fingerprints = new Tally();
  private final Tally lanes = new Tally();
  private final Tally reasons = new Tally();

  private Hotspots(Builder builder) {
    window = builder.window;
    lane = builder.lane;
    top = builder.top;
  }

  /** The failures of {@code window}; build it with what differs. */
  public static Builder builder(Window window) {
    return new Builder(window);
  }

  @Override
  public Window reading() {
    return window;
  }

  @Override
  public Set<String> types() {
    return EventKind.names(
        LaneEvent.Failure.class, RunEvent.Ended.class, ReconcileEvent.Settled.class);
  }

  @Override
  public void accept(Event event) {
    String where = event.subject().lane();
    if (!window.contains(event.time()) || (lane != null && !lane.equals(where))) {
      return;
    }
    if (event.data() instanceof LaneEvent.Failure failure) {
      counted.add(event);
      fingerprints.add(key(failure), event);
    } else if (isFailedRun(event)) {
      failedRuns.add(event);
      lanes.add(where == null ? NONE : where, event);
      reasons.add(new RunEnding(event, null).reason(), event);
    }
  }

  private static boolean isFailedRun(Event event) {
    return RunEnding.isEnd(event)
        && !(event.data() instanceof RunEvent.Ended end && end.state() != RunState.FAILED);
  }

  /** Fingerprints of different rules are never the same. */
  private static String key(LaneEvent.Failure failure) {
    return failure.fingerprintVersion() == FailureFingerprint.VERSION
        ? failure.failureFingerprint()
        : "v" + failure.fingerprintVersion() + " " + failure.failureFingerprint();
  }

  @Override
  public HotspotsReport report() {
    return new HotspotsReport(
        window,
        lane,
        failedRuns.cited(),
        counted.cited(),
        fingerprints.top(top),
        lanes.top(top),
        reasons.top(top),
        fingerprints.others());
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final Window window;
    private @Nullable String lane;
    private int top = 50;

    private Builder(Window window) {
      this.window = Objects.requireNonNull(window, "window");
    }

    /** Of one lane only; all by default. */
    public Builder lane(String value) {
      lane = Objects.requireNonNull(value, "lane");
      return this;
    }

    /**
     * How many rows each table has at most; 50 by default.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder top(int rows) {
      if (rows < 1) {
        throw new IllegalArgumentException("top: expected at least 1, got " + rows);
      }
      top = rows;
      return this;
    }

    /** The analysis, with no events yet. */
    public Hotspots build() {
      return new Hotspots(this);
    }
  }
}
