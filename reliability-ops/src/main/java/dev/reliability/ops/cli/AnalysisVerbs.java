package dev.reliability.ops.cli;

import dev.reliability.core.event.Event;
import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Cited;
import dev.reliability.ops.analysis.Correlation;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.DispatchNumbers;
import dev.reliability.ops.analysis.ExplainZero;
import dev.reliability.ops.analysis.Hotspot;
import dev.reliability.ops.analysis.Hotspots;
import dev.reliability.ops.analysis.HotspotsReport;
import dev.reliability.ops.analysis.Reliability;
import dev.reliability.ops.analysis.ReliabilityReport;
import dev.reliability.ops.analysis.RunTrace;
import dev.reliability.ops.analysis.Trace;
import dev.reliability.ops.analysis.TraceReport;
import dev.reliability.ops.analysis.Unclassified;
import dev.reliability.ops.analysis.UnclassifiedReport;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.analysis.ZeroReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the journal says of a time (requirements D2, D3, E1 to E7, F1, F2, B13). */
final class AnalysisVerbs {
  private AnalysisVerbs() {}

  /**
   * A verb that asks the journal.
   *
   * @param <R> the analysis' report
   */
  abstract static class OfJournal<R> extends Verb {
    @Mixin WindowOptions time = new WindowOptions();

    @Option(names = "--fail-on", description = "Exit code 1 if the report says this word.")
    @Nullable String failOn;

    abstract Analysis<R> analysis(Window window, Workplace workplace);

    /** How the report reads. */
    abstract Report shown(R report);

    @Override
    final Report report(Workplace workplace) {
      Window window = time.window(workplace.now());
      Analysis<R> analysis = analysis(window, workplace);
      JournalFacts journal = JournalFacts.feed(workplace, analysis);
      Report shown = shown(analysis.report()).of(window, journal);
      return failOn != null && shown.verdict().equalsIgnoreCase(failOn)
          ? shown.verdict(ExitCode.FAIL, shown.verdict())
          : shown;
    }
  }

  /** A verb that asks the journal about all lanes or one. */
  abstract static class OfLane<R> extends OfJournal<R> {
    @Option(names = "--lane", description = "One lane only.")
    @Nullable String lane;
  }

  /** What happened, and why each run ended. */
  @Command(name = "trace", description = "What happened, in order, and the root cause of each end.")
  static final class TraceVerb extends OfLane<TraceReport> {
    @Option(names = "--run", description = "One run only.")
    @Nullable String run;

    @Option(
        names = "--log-lines",
        defaultValue = "200",
        description = "How many events to show at most (default: ${DEFAULT-VALUE}).")
    int logLines;

    @Override
    Analysis<TraceReport> analysis(Window window, Workplace workplace) {
      Trace.Builder builder = Trace.builder(window).lines(logLines);
      if (lane != null) {
        builder.lane(lane);
      }
      if (run != null) {
        builder.run(run);
      }
      return builder.build();
    }

    @Override
    Report shown(TraceReport report) {
      List<String> lines = new ArrayList<>();
      if (report.omitted() > 0) {
        lines.add("... " + report.omitted() + " events before these");
      }
      report.timeline().forEach(event -> lines.add(line(event)));
      for (RunTrace end : report.runs()) {
        lines.add(
            end.ended()
                + " "
                + end.run()
                + " "
                + end.state().wireName()
                + ", "
                + end.reason()
                + ": "
                + end.cause()
                + cites(end.evidence()));
      }
      report.ends().forEach((reason, cited) -> lines.add(reason + " " + cited.count()));
      report.named().forEach((name, cited) -> lines.add(name + " " + cited.count()));
      lines.add(suppressed(report.dispatch()));
      lines.addAll(correlation(report.correlation()));
      Map<String, @Nullable Object> summary = numbers(report.named(), report.dispatch());
      summary.put("correlation_ratio", report.correlation().ratio());
      summary.putAll(Plain.of(report));
      return Report.of("trace", lines, summary);
    }
  }

  /** What fails most. */
  @Command(name = "hotspots", description = "What fails most: by fingerprint, lane and reason.")
  static final class HotspotsVerb extends OfLane<HotspotsReport> {
    @Override
    Analysis<HotspotsReport> analysis(Window window, Workplace workplace) {
      Hotspots.Builder builder = Hotspots.builder(window);
      return lane == null ? builder.build() : builder.lane(lane).build();
    }

    @Override
    Report shown(HotspotsReport report) {
      List<String> lines = new ArrayList<>();
      lines.add(report.failedRuns().count() + " runs failed");
      rows("fingerprint", report.fingerprints(), lines);
      rows("lane", report.lanes(), lines);
      rows("reason", report.reasons(), lines);
      return Report.of("hotspots", lines, Plain.of(report));
    }

    private static void rows(String what, List<Hotspot> rows, List<String> lines) {
      rows.forEach(
          row ->
              lines.add(
                  what + " " + row.key() + " " + row.failures().count() + ", last " + row.last()));
    }
  }

  /** What keeps failing the same way (requirement J7). */
  @Command(name = "fingerprints", description = "Failures by fingerprint, the most frequent first.")
  static final class FingerprintsVerb extends OfLane<HotspotsReport> {
    @Override
    Analysis<HotspotsReport> analysis(Window window, Workplace workplace) {
      Hotspots.Builder builder = Hotspots.builder(window);
      return lane == null ? builder.build() : builder.lane(lane).build();
    }

    @Override
    Report shown(HotspotsReport report) {
      List<String> lines = new ArrayList<>();
      for (Hotspot row : report.fingerprints()) {
        lines.add(
            row.failures().count()
                + " "
                + row.key()
                + ", first "
                + row.first()
                + ", last "
                + row.last());
      }
      lines.add(report.counted().count() + " failures were counted");
      return Report.of("fingerprints", lines, Map.of("counted", report.counted().count()))
          .checks(report.fingerprints().stream().map(Plain::of).toList());
    }
  }

  /** Why nothing ran. */
  @Command(
      name = "explain-zero",
      description = "Why there was no run in a time, if there was none.")
  static final class ExplainZeroVerb extends OfLane<ZeroReport> {
    @Override
    Analysis<ZeroReport> analysis(Window window, Workplace workplace) {
      ExplainZero.Builder builder = ExplainZero.builder(window).now(workplace.now());
      return lane == null ? builder.build() : builder.lane(lane).build();
    }

    @Override
    Report shown(ZeroReport report) {
      List<String> lines = new ArrayList<>();
      lines.add(report.verdict().wireName() + ": " + report.why() + cites(report.proof().ids()));
      report.dispatch().named().forEach((name, cited) -> lines.add(name + " " + cited.count()));
      lines.add(suppressed(report.dispatch()));
      Map<String, @Nullable Object> summary = numbers(report.dispatch().named(), report.dispatch());
      summary.putAll(Plain.of(report));
      return Report.of("explain-zero", lines, summary)
          .verdict(ExitCode.OK, report.verdict().wireName());
    }
  }

  /** Whether runs without output and closes of the link go together. */
  @Command(
      name = "correlate",
      description = "Whether runs without output and closes of the link go together.")
  static final class CorrelateVerb extends OfJournal<CorrelationReport> {
    @Override
    Analysis<CorrelationReport> analysis(Window window, Workplace workplace) {
      return Correlation.of(window);
    }

    @Override
    Report shown(CorrelationReport report) {
      return Report.of("correlate", correlation(report), Plain.of(report))
          .verdict(ExitCode.OK, report.verdict().wireName())
          .next(report.verdict().next());
    }
  }

  /** Whether things were well. */
  @Command(name = "reliability", description = "Whether things were well: PASS, WARN or FAIL.")
  static final class ReliabilityVerb extends OfJournal<ReliabilityReport> {
    @Override
    Analysis<ReliabilityReport> analysis(Window window, Workplace workplace) {
      return Reliability.of(window, workplace.now());
    }

    @Override
    Report shown(ReliabilityReport report) {
      List<String> lines =
          new ArrayList<>(report.lines().stream().map(ReliabilityReport.Line::text).toList());
      lines.add(report.level().name());
      return Report.of("reliability", lines, Map.of("level", report.level().name()))
          .checks(report.lines().stream().map(Plain::of).toList())
          .verdict(
              report.level() == ReliabilityReport.Level.FAIL ? ExitCode.FAIL : ExitCode.OK,
              report.level().name());
    }
  }

  /** Runs without output of which nobody knows why. */
  @Command(
      name = "unclassified",
      description = "Runs without output, and those of which nobody knows why.")
  static final class UnclassifiedVerb extends OfLane<UnclassifiedReport> {
    @Override
    Analysis<UnclassifiedReport> analysis(Window window, Workplace workplace) {
      return lane == null ? Unclassified.of(window) : Unclassified.of(window, lane);
    }

    @Override
    Report shown(UnclassifiedReport report) {
      List<String> lines = new ArrayList<>();
      lines.add("unclassified: " + report.unclassified().count());
      report.classes().forEach((kind, cited) -> lines.add(kind.wireName() + " " + cited.count()));
      return Report.of("unclassified", lines, Plain.of(report))
          .verdict(ExitCode.OK, report.verdict().wireName());
    }
  }

  /** The numbers under the names that operators know (requirements D2, E3, E7). */
  private static Map<String, @Nullable Object> numbers(
      Map<String, Cited> named, DispatchNumbers dispatch) {
    Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
    named.forEach((name, cited) -> numbers.put(name, cited.count()));
    Map<String, Long> reasons = new TreeMap<>();
    dispatch.suppressed().forEach((reason, cited) -> reasons.put(reason, cited.count()));
    numbers.put(DispatchNumbers.SUPPRESSED_REASONS, reasons);
    return numbers;
  }

  private static String suppressed(DispatchNumbers dispatch) {
    StringBuilder line = new StringBuilder(DispatchNumbers.SUPPRESSED_REASONS);
    dispatch
        .suppressed()
        .forEach(
            (reason, cited) -> line.append(' ').append(reason).append('=').append(cited.count()));
    return dispatch.suppressed().isEmpty() ? line + " none" : line.toString();
  }

  private static List<String> correlation(CorrelationReport report) {
    List<String> lines = new ArrayList<>();
    String ratio = report.ratio() == null ? "-" : number(report.ratio());
    String lift = report.lift() == null ? "-" : number(report.lift());
    String p = report.pValue() == null ? "-" : String.format(Locale.ROOT, "%.3g", report.pValue());
    lines.add(
        report.a()
            + " with "
            + report.b()
            + " within "
            + report.tolerance()
            + ": "
            + report.matched().count()
            + " of "
            + report.events().count()
            + ", ratio "
            + ratio
            + ", by chance "
            + number(report.chance())
            + ", lift "
            + lift
            + ", p "
            + p);
    lines.add(
        report.verdict().wireName() + (report.doubt() == null ? "" : ": " + report.doubt().why()));
    return lines;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String line(Event event) {
    StringBuilder line = new StringBuilder();
    line.append(event.time()).append(' ').append(event.id()).append(' ').append(event.type());
    String lane = event.subject().lane();
    String item = event.subject().item();
    String run = event.subject().run();
    if (lane != null) {
      line.append(' ').append(lane).append(item == null ? "" : "/" + item);
    }
    return line.append(run == null ? "" : " " + run).toString();
  }

  private static String cites(List<?> ids) {
    List<?> first = ids.subList(0, Math.min(3, ids.size()));
    return ids.isEmpty()
        ? ""
        : " "
            + first
            + (ids.size() > first.size() ? " and " + (ids.size() - first.size()) + " more" : "");
  }
}
