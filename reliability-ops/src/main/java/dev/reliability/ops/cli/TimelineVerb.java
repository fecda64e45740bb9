package dev.reliability.ops.cli;

import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.timeline.Timeline;
import dev.reliability.ops.timeline.Timeline.Lane;
import dev.reliability.ops.timeline.Timeline.LeftOut;
import dev.reliability.ops.timeline.Timeline.Mark;
import dev.reliability.ops.timeline.Timeline.Pause;
import dev.reliability.ops.timeline.Timeline.Run;
import dev.reliability.ops.timeline.TimelineAnalysis;
import dev.reliability.ops.timeline.TimelinePage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A picture of what happened (requirements E1, E2): as a page of its own, or in a few lines. */
@Command(
    name = "timeline",
    description = "A picture of what happened: lanes, runs, links, gates, as lines or as a page.")
final class TimelineVerb extends Verb {
  private static final String STANDARD_OUTPUT = "-";

  @Mixin WindowOptions time = new WindowOptions();

  @Option(names = "--lane", description = "This lane only; repeatable.")
  List<String> lanes = new ArrayList<>();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the page, which needs no network; - for standard output.")
  @Nullable String html;

  @Option(
      names = "--lines",
      defaultValue = "200",
      description = "How many runs, and how many marks, to print at most (${DEFAULT-VALUE}).")
  int lines = 200;

  @Override
  Report report(Workplace workplace) {
    boolean printsPage = STANDARD_OUTPUT.equals(html);
    if (printsPage && common.json) {
      throw CommandException.usage("expected one of --html - and --json, got both");
    }
    if (lines < 0) {
      throw CommandException.usage("--lines: expected 0 or more, got " + lines);
    }
    Window window = time.window(workplace.now());
    TimelineAnalysis analysis = TimelineAnalysis.of(window, lanes);
    JournalFacts journal = JournalFacts.feed(workplace, analysis);
    Timeline timeline = analysis.report();
    Report report = Report.of("timeline", text(timeline), Plain.of(timeline)).of(window, journal);
    if (html == null) {
      return report;
    }
    String page = TimelinePage.of(timeline, workplace.now()).notes(journal.lines()).html();
    if (printsPage) {
      workplace.notes().addAll(journal.lines());
      return report.lines(page.lines().toList());
    }
    Path file = Path.of(html);
    writeFile("--html", file, into -> into.write(page));
    return report.lines(List.of(counted(timeline) + ": " + file));
  }

  /** The page of that window, of all lanes. */
  static String page(Workplace workplace, Window window, Instant now) {
    TimelineAnalysis analysis = TimelineAnalysis.of(window, List.of());
    JournalFacts journal = JournalFacts.feed(workplace, analysis);
    return TimelinePage.of(analysis.report(), now).notes(journal.lines()).html();
  }

  private List<String> text(Timeline timeline) {
    List<String> text = new ArrayList<>();
    text.add(counted(timeline));
    timeline.ends().forEach((reason, count) -> text.add("  " + reason + " " + count));
    int from = Math.max(0, timeline.runs().size() - lines);
    int at = 0;
    for (Lane lane : timeline.lanes()) {
      text.add("lane " + (lane.name().isEmpty() ? "(none)" : lane.name()));
      for (Pause pause : lane.pauses()) {
        text.add("  " + paused(pause));
      }
      for (;
          at < timeline.runs().size() && timeline.runs().get(at).lane().equals(lane.name());
          at++) {
        if (at >= from) {
          text.add("  " + line(timeline.runs().get(at)));
        }
      }
    }
    if (from > 0) {
      text.add("  ... and " + from + " runs before these, by lane and time");
    }
    List<Mark> marks = timeline.marks();
    int first = Math.max(0, marks.size() - lines);
    if (!marks.isEmpty()) {
      text.add("marks");
    }
    if (first > 0) {
      text.add("  ... " + first + " marks before these");
    }
    marks.subList(first, marks.size()).forEach(mark -> text.add("  " + line(mark)));
    LeftOut leftOut = timeline.leftOut();
    if (!leftOut.isNothing()) {
      text.add("left out, the oldest: " + leftOut.text());
    }
    return text;
  }

  private static String counted(Timeline timeline) {
    long runs = timeline.ends().values().stream().mapToLong(Long::longValue).sum();
    return timeline.isEmpty()
        ? "nothing happened"
        : runs
            + " runs in "
            + timeline.lanes().size()
            + " lanes, "
            + timeline.marks().size()
            + " marks";
  }

  private static String line(Run run) {
    return run.begin()
        + " "
        + seconds(run.length())
        + " "
        + run.state().wireName()
        + ", "
        + (run.end() == null ? "no end told" : run.reason())
        + " "
        + (run.item() == null ? "" : run.item() + " ")
        + run.id()
        + (run.proof().isEmpty() ? "" : " [" + run.proof().get(run.proof().size() - 1).id() + "]");
  }

  private static String paused(Pause pause) {
    return (pause.from() == null ? "before" : pause.from())
        + " paused until "
        + (pause.until() == null ? "now" : pause.until())
        + (pause.reason().isEmpty() ? "" : ": " + pause.reason())
        + (pause.paused() == null ? "" : " [" + pause.paused() + "]");
  }

  private static String line(Mark mark) {
    return mark.at()
        + " "
        + mark.kind().wireName()
        + (mark.about().isEmpty() ? "" : " " + mark.about())
        + ": "
        + mark.what()
        + (mark.detail().isEmpty() ? "" : ", " + mark.detail())
        + " ["
        + mark.id()
        + "]";
  }

  private static String seconds(Duration length) {
    return length.toMillis() / 1000
        + "."
        + String.format(java.util.Locale.ROOT, "%03d", Math.abs(length.toMillis() % 1000))
        + " s";
  }
}
