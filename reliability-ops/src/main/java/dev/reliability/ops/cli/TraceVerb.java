package dev.reliability.ops.cli;

import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.RunTrace;
import dev.reliability.ops.analysis.Trace;
import dev.reliability.ops.analysis.TraceReport;
import dev.reliability.ops.analysis.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What happened, and why each run ended. */
@Command(name = "trace", description = "What happened, in order, and the root cause of each end.")
final class TraceVerb extends LaneJournalVerb<TraceReport> {
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
    report.timeline().forEach(event -> lines.add(Words.line(event)));
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
              + Words.cites(end.evidence()));
    }
    if (report.runsOmitted() > 0) {
      lines.add("... and " + report.runsOmitted() + " runs that ended before these");
    }
    report.open().ids().forEach(last -> lines.add("not ended, last told of in " + last));
    if (report.open().count() > report.open().ids().size()) {
      lines.add("not ended: " + report.open().count() + " in all");
    }
    report.ends().forEach((reason, cited) -> lines.add(reason + " " + cited.count()));
    report.named().forEach((name, cited) -> lines.add(name + " " + cited.count()));
    lines.add(Words.suppressed(report.dispatch()));
    lines.addAll(Words.correlation(report.correlation()));
    Map<String, @Nullable Object> summary = Words.numbers(report.named(), report.dispatch());
    summary.put("correlation_ratio", report.correlation().ratio());
    summary.putAll(Plain.of(report));
    summary.put("runsOmitted", report.runsOmitted());
    return Report.of("trace", lines, summary);
  }

  @Override
  Collection<String> words(TraceReport report) {
    Set<String> words = new HashSet<>(report.ends().keySet());
    report.runs().forEach(run -> words.add(run.state().wireName()));
    words.addAll(report.dispatch().suppressed().keySet());
    words.add(report.correlation().verdict().wireName());
    return words;
  }
}
