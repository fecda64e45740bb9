package dev.reliability.ops.cli;

import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Correlation;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.ExplainZero;
import dev.reliability.ops.analysis.Hotspot;
import dev.reliability.ops.analysis.Hotspots;
import dev.reliability.ops.analysis.HotspotsReport;
import dev.reliability.ops.analysis.Reliability;
import dev.reliability.ops.analysis.ReliabilityReport;
import dev.reliability.ops.analysis.Unclassified;
import dev.reliability.ops.analysis.UnclassifiedReport;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.analysis.ZeroReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** What the journal says of a time (requirements D2, D3, E1 to E7, F1, F2, B13). */
final class AnalysisVerbs {
  private AnalysisVerbs() {}

  /** What fails most. */
  @Command(name = "hotspots", description = "What fails most: by fingerprint, lane and reason.")
  static final class HotspotsVerb extends LaneJournalVerb<HotspotsReport> {
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

    @Override
    Collection<String> words(HotspotsReport report) {
      return hot(report);
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
  static final class FingerprintsVerb extends LaneJournalVerb<HotspotsReport> {
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

    @Override
    Collection<String> words(HotspotsReport report) {
      return hot(report);
    }
  }

  /** Why nothing ran. */
  @Command(
      name = "explain-zero",
      description = "Why there was no run in a time, if there was none.")
  static final class ExplainZeroVerb extends LaneJournalVerb<ZeroReport> {
    @Override
    Analysis<ZeroReport> analysis(Window window, Workplace workplace) {
      ExplainZero.Builder builder = ExplainZero.builder(window).now(workplace.now());
      return lane == null ? builder.build() : builder.lane(lane).build();
    }

    @Override
    Report shown(ZeroReport report) {
      List<String> lines = new ArrayList<>();
      lines.add(
          report.verdict().wireName() + ": " + report.why() + Words.cites(report.proof().ids()));
      report.dispatch().named().forEach((name, cited) -> lines.add(name + " " + cited.count()));
      lines.add(Words.suppressed(report.dispatch()));
      Map<String, @Nullable Object> summary =
          Words.numbers(report.dispatch().named(), report.dispatch());
      summary.putAll(Plain.of(report));
      return Report.of("explain-zero", lines, summary)
          .verdict(ExitCode.OK, report.verdict().wireName());
    }

    @Override
    Collection<String> words(ZeroReport report) {
      return report.dispatch().suppressed().keySet();
    }
  }

  /** Whether runs without output and closes of the link go together. */
  @Command(
      name = "correlate",
      description = "Whether runs without output and closes of the link go together.")
  static final class CorrelateVerb extends JournalVerb<CorrelationReport> {
    @Override
    Analysis<CorrelationReport> analysis(Window window, Workplace workplace) {
      return Correlation.of(window);
    }

    @Override
    Report shown(CorrelationReport report) {
      return Report.of("correlate", Words.correlation(report), Plain.of(report))
          .verdict(ExitCode.OK, report.verdict().wireName())
          .next(report.verdict().next());
    }
  }

  /** Whether things were well. */
  @Command(name = "reliability", description = "Whether things were well: PASS, WARN or FAIL.")
  static final class ReliabilityVerb extends JournalVerb<ReliabilityReport> {
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

    /** Nobody knows how things were of which nothing is known. */
    @Override
    Report notWhole(Report report) {
      String warn = ReliabilityReport.Level.WARN.name();
      boolean isPass = report.code() == ExitCode.OK;
      return report
          .and(report.code(), warn + " journal: it is not whole")
          .verdict(report.code(), isPass ? warn : report.verdict());
    }
  }

  /** Runs without output of which nobody knows why. */
  @Command(
      name = "unclassified",
      description = "Runs without output, and those of which nobody knows why.")
  static final class UnclassifiedVerb extends LaneJournalVerb<UnclassifiedReport> {
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

    @Override
    Collection<String> words(UnclassifiedReport report) {
      return report.classes().entrySet().stream()
          .filter(entry -> !entry.getValue().isNone())
          .map(entry -> entry.getKey().wireName())
          .toList();
    }
  }

  private static Collection<String> hot(HotspotsReport report) {
    Stream<Hotspot> all =
        Stream.of(report.fingerprints(), report.lanes(), report.reasons()).flatMap(List::stream);
    return all.map(Hotspot::key).collect(Collectors.toSet());
  }
}
