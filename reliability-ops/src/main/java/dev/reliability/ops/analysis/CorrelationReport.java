package dev.reliability.ops.analysis;

import dev.reliability.core.event.EventId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether events of one kind, A, go together with events of another, B (requirements E3 to E6).
 * Immutable.
 *
 * @param window the time asked for: the A events are from it
 * @param a the name of the first kind, such as {@code no_output_timeout}
 * @param b the name of the second kind, such as {@code link_close_or_reconnect}
 * @param tolerance how far apart two events may be to go together, this far included
 * @param events the A events
 * @param others the B events within the tolerance of the window
 * @param matched the A events that have a B event within the tolerance; of the default kinds this
 *     is {@code no_output_events_with_wa_close_within_120s}
 * @param before those of them that have one at the same time or earlier: it may have been the cause
 * @param after those that have one only later: it cannot have been
 * @param bunches how many bunches the A events make: those no further apart than the tolerance are
 *     one
 * @param matches each of {@code matched} with the B event nearest to it, in the order of their
 *     times; at most {@value Cited#MOST}
 * @param ratio the share of the A events that matched; null if there are none
 * @param coverage the share of the window that is within the tolerance of a B event: the ratio that
 *     is to be expected by chance
 * @param observedCoverage the same of the part of the window from its first event to its last, of
 *     whichever kind: where nothing was recorded, nothing could happen
 * @param chance the greater of the two, by which {@code lift} and {@code pValue} go
 * @param lift how many times the chance the ratio is; null if either is missing or zero
 * @param pValue how probable at least so many matches are if the A events fall wherever they like;
 *     null if there are none
 * @param verdict what follows
 * @param doubt why nothing follows; null if something does
 * @param clockJumps where a wall clock was set meanwhile: times around it are not to be trusted
 */
public record CorrelationReport(
    Window window,
    String a,
    String b,
    Duration tolerance,
    Cited events,
    Cited others,
    Cited matched,
    Cited before,
    Cited after,
    int bunches,
    List<Match> matches,
    @Nullable Double ratio,
    double coverage,
    double observedCoverage,
    double chance,
    @Nullable Double lift,
    @Nullable Double pValue,
    Verdict verdict,
    @Nullable Doubt doubt,
    Cited clockJumps) {

  /** Copies {@code matches}. */
  public CorrelationReport {
    matches = List.copyOf(matches);
    Objects.requireNonNull(verdict, "verdict");
  }

  /**
   * Two events that go together.
   *
   * @param a the A event
   * @param b the B event nearest to it; of two that are equally near, the earlier
   * @param offset from the A event to the B event; negative if that came first
   */
  public record Match(EventId a, EventId b, Duration offset) {}

  /** What follows from the numbers (requirement E5). */
  public enum Verdict {
    /** Enough of the A events go together with a B event: that is what to harden first. */
    PRIMARY_TRIGGER("harden the session first"),
    /** Too few do: the cause is elsewhere. */
    HANG_DIAGNOSTICS("look for hangs of the prompt, the model and the hook path first"),
    /** Nobody can say. */
    INCONCLUSIVE("nothing follows from this window; ask for a longer one");

    private final String next;

    Verdict(String next) {
      this.next = next;
    }

    /** The spelling that leaves the process, such as {@code primary_trigger}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What to do now. */
    public String next() {
      return next;
    }
  }

  /** Why nothing follows. */
  public enum Doubt {
    /** There is no A event. */
    NO_EVENTS("no such event happened in the window"),
    /** There are fewer A events than it takes. */
    TOO_FEW("too few events happened in the window"),
    /** No B event was seen, and nothing shows that one would have been. */
    NOT_WATCHED("nothing shows that the other events would have been seen"),
    /** B events are so frequent that as many matches are to be expected by chance. */
    CHANCE("as many matches are to be expected by chance"),
    /** The A events came in fewer bunches than it takes: one bunch that matches is one match. */
    BUNCHED("the events came in too few bunches to be more than a coincidence");

    private final String why;

    Doubt(String why) {
      this.why = why;
    }

    /** The spelling that leaves the process, such as {@code too_few}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** In words. */
    public String why() {
      return why;
    }
  }
}
