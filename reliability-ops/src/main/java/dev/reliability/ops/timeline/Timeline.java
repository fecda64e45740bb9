package dev.reliability.ops.timeline;

import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunState;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a window, as it can be drawn. Immutable. All times are wall times, UTC; each
 * thing names the events that it was read from. A run without a lane has the lane {@code ""}.
 *
 * @param window which time
 * @param asked the lanes that were asked for; empty if all were
 * @param lanes those that had a run or a pause, by name
 * @param runs by lane, then by when they began
 * @param marks what happened outside of runs, in the order of their times
 * @param silences runs that ended without output, in the order of their times
 * @param incarnations the processes that told of it, in the order in which they began
 * @param ends how many runs there were for each reason, {@link Run#OPEN} for those without an end;
 *     those that were left out count too
 * @param leftOut what there was of each beyond what is kept
 * @param together whether runs without output and closes of the link go together
 */
public record Timeline(
    Window window,
    List<String> asked,
    List<Lane> lanes,
    List<Run> runs,
    List<Mark> marks,
    List<Silence> silences,
    List<Incarnation> incarnations,
    Map<String, Long> ends,
    LeftOut leftOut,
    Together together) {

  /** Copies the collections. */
  public Timeline {
    asked = List.copyOf(asked);
    lanes = List.copyOf(lanes);
    runs = List.copyOf(runs);
    marks = List.copyOf(marks);
    silences = List.copyOf(silences);
    incarnations = List.copyOf(incarnations);
    ends = Collections.unmodifiableMap(new TreeMap<>(ends));
  }

  /** Whether there is nothing to draw. */
  public boolean isEmpty() {
    return lanes.isEmpty() && marks.isEmpty() && incarnations.isEmpty();
  }

  /**
   * A lane.
   *
   * @param name which
   * @param pauses when nothing of it could be claimed
   */
  public record Lane(String name, List<Pause> pauses) {
    /** Copies {@code pauses}. */
    public Lane {
      pauses = List.copyOf(pauses);
    }
  }

  /**
   * A time in which nothing of a lane could be claimed.
   *
   * @param from since when; null if that was before everything that was read
   * @param paused the event that says so; null if it was not read
   * @param until till when; null if it still was so at the end of the window
   * @param resumed the event that says so; null if there is none
   * @param reason why it was paused; empty if nobody knows
   * @param after why it went on; empty if it did not
   */
  public record Pause(
      @Nullable Instant from,
      @Nullable EventId paused,
      @Nullable Instant until,
      @Nullable EventId resumed,
      String reason,
      String after) {}

  /**
   * An event that shows something of a run.
   *
   * @param id which
   * @param type its type, such as {@code run.started}
   * @param at when
   */
  public record Proof(EventId id, String type, Instant at) {}

  /**
   * A run.
   *
   * @param id which
   * @param lane its lane
   * @param item its item; null if nobody says
   * @param begin when it was queued, or what is first known of it
   * @param started when its worker was confirmed; null if it was not, or nobody says
   * @param firstOutput when it first put something out; null if it did not, or nobody says
   * @param end when it ended; null if nobody told of an end
   * @param seen the end; without one, when its incarnation last told anything
   * @param state how it ended, or the last that is known
   * @param reason why it ended, as {@code run.ended} or the reconciler has it; {@link #OPEN}
   *     without an end
   * @param detail more in words; empty if there is no more
   * @param proof the events that show it, in their order: the first of very many, and the last
   */
  public record Run(
      String id,
      String lane,
      @Nullable String item,
      Instant begin,
      @Nullable Instant started,
      @Nullable Instant firstOutput,
      @Nullable Instant end,
      Instant seen,
      RunState state,
      String reason,
      String detail,
      List<Proof> proof) {
    /** What stands for a reason where nobody told of an end. */
    public static final String OPEN = "open";

    /** Copies {@code proof}. */
    public Run {
      proof = List.copyOf(proof);
    }

    /** From the beginning to the end, or to what was last seen. */
    public Duration length() {
      return Duration.between(begin, seen);
    }
  }

  /**
   * A moment outside of runs.
   *
   * @param kind of what kind
   * @param at when
   * @param id the event
   * @param about which link, gate, incident, version or sink; empty if there is only one
   * @param what in a word, such as {@code retry} or {@code no_go}
   * @param detail more in words; empty if there is no more
   * @param lasts for how long, if it has a length
   * @param actor who asked for it; null if nobody did
   */
  public record Mark(
      Kind kind,
      Instant at,
      EventId id,
      String about,
      String what,
      String detail,
      @Nullable Duration lasts,
      @Nullable String actor) {

    /** The kinds. */
    public enum Kind {
      /** A link is open. */
      LINK_OPENED,
      /** A link closed, or could not be opened. */
      LINK_CLOSED,
      /** A link is connected again. */
      LINK_RECONNECT,
      /** A link is left alone for a while. */
      LINK_COOLDOWN,
      /** A link is not connected again until somebody says so. */
      LINK_STOPPED,
      /** A gate was judged. */
      GATE_JUDGED,
      /** The verdict of readiness is another one than before. */
      READINESS,
      /** An incident was opened. */
      INCIDENT_OPENED,
      /** A fix was put in place. */
      INCIDENT_FIXED,
      /** Somebody asked for an incident to be closed, and it was not. */
      INCIDENT_REFUSED,
      /** An incident was closed. */
      INCIDENT_RESOLVED,
      /** An incident is open again. */
      INCIDENT_REOPENED,
      /** The wall clock was set, or the machine was suspended. */
      CLOCK_JUMPED,
      /** The process stood still. */
      CLOCK_PAUSED,
      /** Another version is in service. */
      DEPLOYED,
      /** Events were lost. */
      EVENTS_DROPPED;

      /** The spelling that leaves the process, such as {@code link_closed}. */
      public String wireName() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /**
   * A run that ended without output.
   *
   * @param at when
   * @param id the event
   * @param lane its lane
   * @param run which
   * @param close the close or reconnect of a link nearest to it, if one was within the tolerance;
   *     of more than 1,000 that have one, only the first are known
   */
  public record Silence(
      Instant at, EventId id, String lane, String run, CorrelationReport.@Nullable Match close) {}

  /**
   * An incarnation of a process that told events.
   *
   * @param epoch which
   * @param node where
   * @param pid its process; 0 if nobody says
   * @param from when it began, or what is first known of it
   * @param started the event that says so; null if it was not read
   * @param seen when it last told something
   * @param stopped when it ended in an orderly way; null if nobody says
   * @param stop the event that says so; null if there is none
   * @param reason why it ended; empty if nobody says
   */
  public record Incarnation(
      String epoch,
      String node,
      long pid,
      Instant from,
      @Nullable EventId started,
      Instant seen,
      @Nullable Instant stopped,
      @Nullable EventId stop,
      String reason) {}

  /**
   * How much is not here: the oldest of each.
   *
   * @param runs runs
   * @param marks marks
   * @param silences runs without output
   * @param pauses pauses of lanes
   * @param incarnations incarnations
   */
  public record LeftOut(long runs, long marks, long silences, long pauses, long incarnations) {
    /** Nothing. */
    public static final LeftOut NOTHING = new LeftOut(0, 0, 0, 0, 0);

    /** Whether all is here. */
    public boolean isNothing() {
      return equals(NOTHING);
    }

    /** In words: {@code 12 runs, 3 marks}. */
    public String text() {
      StringBuilder text = new StringBuilder();
      add(text, runs, "runs");
      add(text, marks, "marks");
      add(text, silences, "runs without output");
      add(text, pauses, "pauses");
      add(text, incarnations, "incarnations");
      return text.toString();
    }

    private static void add(StringBuilder text, long count, String what) {
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(what);
      }
    }
  }

  /**
   * Whether runs without output and closes of the link go together, as {@code correlate} says.
   *
   * @param tolerance how far apart two events may be
   * @param events how many runs ended without output
   * @param matched how many of them have a close within the tolerance
   * @param verdict what follows
   * @param why why nothing follows; empty if something does
   */
  public record Together(
      Duration tolerance,
      long events,
      long matched,
      CorrelationReport.Verdict verdict,
      String why) {}
}
