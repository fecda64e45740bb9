package dev.reliability.examples;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table of all runs, and the timeline of one. */
final class Report {
  private static final String ROW = "%-16s %-33s %-8s %-37s %8s %8s %10s  %s%n";

  private Report() {}

  static void table(List<RunReport> reports, PrintStream out) {
    out.printf(
        Locale.ROOT,
        ROW,
        "LANE",
        "ITEM",
        "STATE",
        "REASON",
        "QUEUED",
        "RAN",
        "OUTPUT",
        "STOPPED BY");
    for (RunReport report : reports) {
      RunEvent.Ended end = report.end();
      out.printf(
          Locale.ROOT,
          ROW,
          report.work().lane(),
          report.work().item(),
          end.state().wireName(),
          end.reason(),
          seconds(end.queued()),
          seconds(end.running()),
          bytes(end.outputBytes()),
          end.stoppedBy().equals("none") ? "-" : end.stoppedBy());
      if (!end.survivors().isEmpty()) {
        out.println("  left behind: " + String.join(", ", end.survivors()));
      }
    }
  }

  static void timeline(RunReport report, List<Event> events, PrintStream out) {
    out.println("Timeline of " + report.work().lane() + "/" + report.work().item() + ":");
    Long first = null;
    for (Event event : events) {
      if (report.run().equals(event.subject().run())) {
        first = first == null ? (Long) event.mono() : first;
        Duration at = Duration.ofNanos(event.mono() - first);
        out.printf(
            Locale.ROOT,
            "  +%7.3f s  #%-4d %-20s %s%n",
            at.toNanos() / 1e9,
            event.id().seq(),
            event.type(),
            words(event));
      }
    }
  }

  private static String words(Event event) {
    if (event.data() instanceof RunEvent.Started started) {
      return started.worker();
    }
    if (event.data() instanceof RunEvent.StartFailed failed) {
      return failed.failure() + ": " + failed.detail();
    }
    if (event.data() instanceof RunEvent.Progress progress) {
      return progress.count() + " markers, " + bytes(progress.outputBytes());
    }
    if (event.data() instanceof RunEvent.InputClosed closed) {
      return "because of " + closed.reason();
    }
    if (event.data() instanceof RunEvent.StopRequested stop) {
      return "because of " + stop.reason();
    }
    if (event.data() instanceof RunEvent.Killed killed) {
      return "because of " + killed.reason();
    }
    if (event.data() instanceof RunEvent.Ended ended) {
      return ended.state().wireName() + ", " + ended.reason() + inParentheses(ended.detail());
    }
    return "";
  }

  private static String inParentheses(@Nullable String detail) {
    return detail == null ? "" : " (" + detail + ")";
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
