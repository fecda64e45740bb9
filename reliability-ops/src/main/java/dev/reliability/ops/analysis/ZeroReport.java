package dev.reliability.ops.analysis;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why there was no run, if there was none (requirement D3). Immutable.
 *
 * @param window the time asked for
 * @param lane the lane asked for; null for all
 * @param verdict why
 * @param why the same in words
 * @param proof the events that prove the verdict
 * @param dispatch what came in, and what became of it
 * @param runs the runs of the window, one event each; without any, the items that a host completed
 *     by itself; without those, the runs that began soon after the window with what waited in it
 * @param lost intents without a verdict, and acceptances without a run, for longer than that may
 *     take
 * @param heldBack what was accepted and then not worked on for a reason that is known, by reason:
 *     the acceptances
 * @param pending intents without a verdict, and acceptances without a run, that still have time
 * @param dropped where events were lost on their way to a sink: if that was the journal's, what is
 *     missing above may have happened
 */
public record ZeroReport(
    Window window,
    @Nullable String lane,
    Verdict verdict,
    String why,
    Cited proof,
    DispatchNumbers dispatch,
    Cited runs,
    Cited lost,
    Map<String, Cited> heldBack,
    Cited pending,
    Cited dropped) {

  /** Copies {@code heldBack}. */
  public ZeroReport {
    Objects.requireNonNull(verdict, "verdict");
    heldBack = Collections.unmodifiableMap(new TreeMap<>(heldBack));
  }

  /** Why there was no run. */
  public enum Verdict {
    /** Nothing came in, and somebody was there to see it. */
    NO_DISPATCH_INTENT,
    /** Something came in, and each time it is known why it did not become a run. */
    DISPATCH_SUPPRESSED,
    /** Something came in, and got neither a run nor a reason. */
    DISPATCH_SUPPRESSION_BUG,
    /** There were runs. */
    RUNS_PRESENT,
    /** Nobody can say: nothing was recorded, or what came in still has time to become a run. */
    INCONCLUSIVE;

    /** The spelling that leaves the process, such as {@code no_dispatch_intent}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
