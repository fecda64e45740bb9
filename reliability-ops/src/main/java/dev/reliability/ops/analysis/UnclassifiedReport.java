package dev.reliability.ops.analysis;

import dev.reliability.core.health.GateVerdict;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs that ended because no valid marker came in time, and what is known of why (requirement B13).
 * Immutable.
 *
 * @param window the time asked for
 * @param lane the lane asked for; null for all
 * @param ended the runs that ended in the window, for whichever reason
 * @param events those of them without output
 * @param classes the same by class; a class without events is missing
 * @param runs each of them, with its cause in words and its evidence; of very many the last
 * @param verdict GO if none is unclassified, NO_GO if one is, INCONCLUSIVE if no run ended, so that
 *     none could have been seen, or there were too many to look at all
 */
public record UnclassifiedReport(
    Window window,
    @Nullable String lane,
    Cited ended,
    Cited events,
    Map<Kind, Cited> classes,
    List<RunTrace> runs,
    GateVerdict verdict) {

  /** Copies the collections. */
  public UnclassifiedReport {
    classes = Collections.unmodifiableMap(new TreeMap<>(classes));
    runs = List.copyOf(runs);
    Objects.requireNonNull(verdict, "verdict");
  }

  /** Those of which nobody can say why. */
  public Cited unclassified() {
    return classes.getOrDefault(Kind.UNCLASSIFIED, Cited.NONE);
  }

  /** What is known of a run without output. */
  public enum Kind {
    /** The link closed or was made again within 120 s of it. */
    LINK_CLOSED_NEARBY,
    /** The link was not open when it ended. */
    LINK_DOWN,
    /** The link was open, and the worker put something out, but no valid marker. */
    OUTPUT_WITHOUT_MARKER,
    /** The link was open, and the worker put nothing out: prompt, model or hook path. */
    HANG,
    /** Nobody said how the link was. */
    UNCLASSIFIED;

    /** The spelling that leaves the process, such as {@code link_closed_nearby}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
