package dev.reliability.ops.timeline;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Correlation;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline.Incarnation;
import dev.reliability.ops.timeline.Timeline.Lane;
import dev.reliability.ops.timeline.Timeline.LeftOut;
import dev.reliability.ops.timeline.Timeline.Mark;
import dev.reliability.ops.timeline.Timeline.Pause;
import dev.reliability.ops.timeline.Timeline.Run;
import dev.reliability.ops.timeline.Timeline.Silence;
import dev.reliability.ops.timeline.Timeline.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks what is to be drawn of a window.
 *
 * <p>Runs and pauses that overlap the window are drawn; they are looked for from {@link #BEFORE}
 * before it on. At the end of the window it was as it was before: what ended later is open.
 *
 * <p>It keeps the newest {@value #MOST_RUNS} runs, {@value #MOST} of marks, silences, pauses and
 * incarnations each, and what {@link Correlation} keeps, which is about 100 bytes for each run that
 * ended without output and each close of a link; what it leaves out is counted.
 */
public final class TimelineAnalysis implements Analysis<Timeline> {
  /** How long before the window it looks for what was under way. */
  public static final Duration BEFORE = Duration.ofHours(24);

  /** How many runs it keeps. */
  public static final int MOST_RUNS = 20_000;

  /** How many of everything else it keeps. */
  public static final int MOST = 10_000;

  private static final Set<String> TYPES = types(Correlation.of(Window.ALL));

  private final Window window;
  private final Window reading;
  private final Set<String> asked;
  private final Correlation correlation;
  private final RunSpans runs;
  private final Pauses pauses;
  private final Newest<Mark> links = new Newest<>(MOST);
  private final Newest<Mark> others = new Newest<>(MOST);
  private final Newest<Silence> silences = new Newest<>(MOST);
  private final Map<String, Incarnation> incarnations = new LinkedHashMap<>();
  private long incarnationsLeftOut;

  private TimelineAnalysis(Window window, Collection<String> lanes, int mostRuns) {
    this.window = window;
    asked = Set.copyOf(lanes);
    correlation = Correlation.of(window);
    Window near = correlation.reading();
    Window before = window.widened(BEFORE, Duration.ZERO);
    reading =
        new Window(
            near.since().isBefore(before.since()) ? near.since() : before.since(), near.until());
    runs = new RunSpans(window, mostRuns);
    pauses = new Pauses(window, MOST);
  }

  /** Of all lanes. */
  public static TimelineAnalysis of(Window window) {
    return of(window, List.of());
  }

  /** Of some lanes; of all if none is named. */
  public static TimelineAnalysis of(Window window, Collection<String> lanes) {
    return new TimelineAnalysis(window, lanes, MOST_RUNS);
  }

  /** The same, with another limit. */
  static TimelineAnalysis keeping(Window window, int mostRuns) {
    return new TimelineAnalysis(window, List.of(), mostRuns);
  }

  @Override
  public Window reading() {
    return reading;
  }

  private static Set<String> types(Analysis<?> correlation) {
    Set<String> types = new HashSet<>(correlation.types());
    types.addAll(RunSpans.TYPES);
    types.addAll(Pauses.TYPES);
    types.addAll(Marking.TYPES);
    types.addAll(List.of("process.started", "process.stopped"));
    return Set.copyOf(types);
  }

  @Override
  public Set<String> types() {
    return TYPES;
  }

  @Override
  public void other(String epoch, Instant time) {
    correlation.other(epoch, time);
    Incarnation known = incarnations.get(epoch);
    if (known != null && reading.contains(time) && time.isBefore(window.until())) {
      incarnations.put(epoch, seenAt(known, time));
    }
  }

  private static Incarnation seenAt(Incarnation known, Instant at) {
    return at.isAfter(known.seen())
        ? new Incarnation(
            known.epoch(),
            known.node(),
            known.pid(),
            known.from(),
            known.started(),
            at,
            known.stopped(),
            known.stop(),
            known.reason())
        : known;
  }

  @Override
  public void accept(Event event) {
    if (!TYPES.contains(event.type())) {
      other(event.id().epoch(), event.time());
      return;
    }
    if (!reading.contains(event.time())) {
      return;
    }
    boolean isAsked = isAsked(event.subject());
    if (isAsked || event.subject().lane() == null) {
      correlation.accept(event);
    } else {
      correlation.other(event.id().epoch(), event.time());
    }
    if (!event.time().isBefore(window.until())) {
      return; // at the end of the window it was as it was before
    }
    incarnation(event);
    if (isAsked) {
      runs.accept(event);
      pauses.accept(event);
      silence(event);
    }
    Mark mark = Marking.of(event);
    if (mark != null && window.contains(event.time())) {
      (mark.kind().wireName().startsWith("link_") ? links : others).add(mark);
    }
  }

  private boolean isAsked(Subject subject) {
    return asked.isEmpty() || asked.contains(subject.lane() == null ? "" : subject.lane());
  }

  private void silence(Event event) {
    Subject about = event.subject();
    if (event.data() instanceof RunEvent.Ended end
        && end.reason().equals(EndReason.NO_OUTPUT_TIMEOUT)
        && window.contains(event.time())) {
      silences.add(
          new Silence(event.time(), event.id(), text(about.lane()), text(about.run()), null));
    }
  }

  private void incarnation(Event event) {
    EventId id = event.id();
    Instant at = event.time();
    Incarnation before = incarnations.get(id.epoch());
    Incarnation now =
        before == null
            ? new Incarnation(id.epoch(), event.node(), 0, at, null, at, null, null, "")
            : seenAt(before, at);
    boolean begins = event.data() instanceof ProcessEvent.Started;
    boolean ends = event.data() instanceof ProcessEvent.Stopped;
    incarnations.put(
        id.epoch(),
        new Incarnation(
            id.epoch(),
            now.node(),
            event.data() instanceof ProcessEvent.Started started ? started.pid() : now.pid(),
            at.isBefore(now.from()) ? at : now.from(),
            begins ? id : now.started(),
            now.seen(),
            ends ? at : now.stopped(),
            ends ? id : now.stop(),
            event.data() instanceof ProcessEvent.Stopped stopped
                ? stopped.reason()
                : now.reason()));
    if (incarnations.size() > MOST) {
      incarnations.remove(incarnations.keySet().iterator().next());
      incarnationsLeftOut++;
    }
  }

  @Override
  public Timeline report() {
    CorrelationReport near = correlation.report();
    List<Run> drawn = runs.report(incarnations);
    Map<String, List<Pause>> lanes = new TreeMap<>(pauses.report());
    drawn.forEach(run -> lanes.computeIfAbsent(run.lane(), name -> List.of()));
    List<Mark> marks = new ArrayList<>(links.list());
    marks.addAll(others.list());
    marks.sort(Marking.ORDER);
    return new Timeline(
        window,
        asked.stream().sorted().toList(),
        lanes.entrySet().stream().map(lane -> new Lane(lane.getKey(), lane.getValue())).toList(),
        drawn,
        marks,
        withCloses(near.matches()),
        incarnations.values().stream().filter(this::isInWindow).toList(),
        runs.ends(drawn),
        new LeftOut(
            runs.leftOut(),
            links.leftOut() + others.leftOut(),
            silences.leftOut(),
            pauses.leftOut(),
            incarnationsLeftOut),
        new Together(
            near.tolerance(),
            near.events().count(),
            near.matched().count(),
            near.verdict(),
            near.doubt() == null ? "" : near.doubt().why()));
  }

  private boolean isInWindow(Incarnation one) {
    return !one.seen().isBefore(window.since());
  }

  private List<Silence> withCloses(List<Match> matches) {
    Map<EventId, Match> closes = new HashMap<>();
    matches.forEach(match -> closes.put(match.a(), match));
    return silences.list().stream()
        .map(one -> new Silence(one.at(), one.id(), one.lane(), one.run(), closes.get(one.id())))
        .toList();
  }

  static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
