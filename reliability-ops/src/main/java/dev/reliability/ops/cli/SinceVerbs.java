package dev.reliability.ops.cli;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.reconcile.Finding;
import dev.reliability.ops.analysis.Analysis;
import dev.reliability.ops.analysis.Churn;
import dev.reliability.ops.analysis.ChurnReport;
import dev.reliability.ops.analysis.EventKind;
import dev.reliability.ops.analysis.Soaking;
import dev.reliability.ops.analysis.SoakingReport;
import dev.reliability.ops.analysis.Split;
import dev.reliability.ops.analysis.SplitReport;
import dev.reliability.ops.analysis.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What became of it since a change (requirements A5, C8, S4). */
final class SinceVerbs {
  private SinceVerbs() {}

  /**
   * Where counting begins.
   *
   * @param from the moment
   * @param mark the marker that says so; null if somebody said so
   */
  private record Beginning(Instant from, Marks.@Nullable Mark mark) {

    static Beginning of(
        Workplace workplace, Instant until, @Nullable String version, @Nullable Instant since) {
      if (since == null) {
        Marks.Mark mark = Marks.last(workplace.directory(), until, version);
        return new Beginning(mark.at(), mark);
      }
      if (version != null) {
        throw CommandException.usage("expected one of --mark and --since, got both");
      }
      if (since.isAfter(until)) {
        throw CommandException.usage(
            "--since: expected a time that is not after " + until + ", got " + since);
      }
      return new Beginning(since, null);
    }

    String line() {
      return mark == null ? "since " + from : mark.line();
    }

    Map<String, Object> entry() {
      return mark == null ? Map.of() : mark.entry();
    }
  }

  /** Feeds two analyses what each asks for, in one pass; it has nothing to say of its own. */
  private record Both(Analysis<?> first, Analysis<?> second) implements Analysis<String> {
    @Override
    public Window reading() {
      Window one = first.reading();
      Window other = second.reading();
      return new Window(
          one.since().isBefore(other.since()) ? one.since() : other.since(),
          one.until().isAfter(other.until()) ? one.until() : other.until());
    }

    @Override
    public void accept(Event event) {
      first.accept(event);
      second.accept(event);
    }

    @Override
    public String report() {
      return "";
    }
  }

  /** What must not happen any more. */
  @Command(
      name = "soak",
      description = {
        "Whether stale records were found since the last marker.",
        "It takes 48 hours in which the detector proved that it was alive. Exit code 1 if there",
        "were some, 3 if nobody can say yet."
      })
  static final class SoakVerb extends Verb {
    private static final String USUAL = "running_without_container";
    private static final List<String> KNOWN =
        Arrays.stream(Finding.Reason.values()).map(Finding.Reason::wireName).toList();

    @Option(names = "--mark", paramLabel = "VERSION", description = "The marker of this version.")
    @Nullable String mark;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "Since then, whatever was marked.")
    @Nullable Instant since;

    @Option(
        names = "--what",
        defaultValue = USUAL,
        description = "What must not be found (default: ${DEFAULT-VALUE}).")
    String what = USUAL;

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        defaultValue = "48h",
        converter = Values.Span.class,
        description = "For how long (default: ${DEFAULT-VALUE}).")
    Duration length = Duration.ofDays(2);

    @Option(
        names = "--gap",
        paramLabel = "DURATION",
        defaultValue = "2h",
        converter = Values.Span.class,
        description = "How far apart self-tests may be (default: ${DEFAULT-VALUE}).")
    Duration gap = Duration.ofHours(2);

    @Option(
        names = "--before",
        paramLabel = "DURATION",
        defaultValue = "7d",
        converter = Values.Span.class,
        description = "How much of the time before is counted beside it (${DEFAULT-VALUE}).")
    Duration before = Duration.ofDays(7);

    @Override
    Report report(Workplace workplace) {
      if (!KNOWN.contains(what)) {
        throw CommandException.usage(
            "--what: expected one of " + String.join(", ", KNOWN) + ", got \"" + what + "\"");
      }
      Instant now = workplace.now();
      Beginning beginning = Beginning.of(workplace, now, mark, since);
      Instant from = beginning.from();
      Soaking soaking = Soaking.of(what, from, now, length, gap);
      Split split =
          Split.of(
              new Window(Window.before(from, before).since(), now),
              from,
              EventKind.found(what),
              EventKind.found("queued_stale_before_spawn"),
              EventKind.ended(EndReason.SPAWN_FAILED),
              EventKind.NO_OUTPUT_TIMEOUT);
      JournalFacts journal = JournalFacts.feed(workplace, new Both(soaking, split));
      return shown(soaking.report(), split.report(), beginning, journal, now);
    }

    private static Report shown(
        SoakingReport soak,
        SplitReport split,
        Beginning beginning,
        JournalFacts journal,
        Instant now) {
      boolean isWhole = journal.isWhole();
      boolean isPass = soak.verdict() == GateVerdict.GO && isWhole;
      boolean isFail = soak.verdict() == GateVerdict.NO_GO;
      String verdict = isFail ? "FAIL" : isPass ? "PASS" : "INCONCLUSIVE";
      List<String> lines = new ArrayList<>();
      lines.add(beginning.line());
      List<Map<String, Object>> rows = new ArrayList<>();
      for (SplitReport.Row row : split.rows()) {
        lines.add(
            row.kind()
                + ": "
                + row.before().count()
                + " before, "
                + row.since().count()
                + " since"
                + (row.since().isNone() && row.watchedSince().isNone()
                    ? ", and nothing shows that one would have been seen"
                    : ""));
        rows.add(Plain.of(row));
      }
      lines.add(soak.proofs().count() + " self-tests since, " + failed(soak));
      String why = soak.why();
      if (soak.verdict() == GateVerdict.GO && !isWhole) {
        why = "the journal is not whole, so nobody knows what is missing";
      }
      lines.add(verdict + " soak " + soak.reason() + ": " + why);
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("mark", beginning.entry());
      summary.putAll(Plain.of(soak));
      summary.put("why", why);
      return Report.of("soak", lines, summary)
          .checks(rows)
          .of(new Window(soak.since(), now), journal)
          .verdict(isFail ? ExitCode.FAIL : isPass ? ExitCode.OK : ExitCode.UNKNOWN, verdict);
    }

    private static String failed(SoakingReport soak) {
      return soak.failures().isNone()
          ? "none failed"
          : soak.failures().count() + " failed " + soak.failures().ids();
    }
  }

  /** Whether the link closes less often. */
  @Command(
      name = "churn",
      description = {
        "How often links close, against a baseline.",
        "That is the time before the last marker, of the same length, or one that is given."
      })
  static final class ChurnVerb extends Verb {
    @Option(names = "--mark", paramLabel = "VERSION", description = "The marker of this version.")
    @Nullable String mark;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "The window's first moment, instead of the marker.")
    @Nullable Instant since;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "The first moment after it; now by default.")
    @Nullable Instant until;

    @Option(
        names = "--baseline-since",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "The baseline's first moment; as long before the window as it is long.")
    @Nullable Instant baselineSince;

    @Option(
        names = "--baseline-until",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "The first moment after the baseline; the window's first by default.")
    @Nullable Instant baselineUntil;

    @Option(names = "--link", description = "One link only.")
    @Nullable String link;

    @Option(names = "--fail-on", description = "Exit code 1 if the report says this word.")
    @Nullable String failOn;

    @Override
    Report report(Workplace workplace) {
      Instant end = until == null ? workplace.now() : until;
      Beginning beginning = Beginning.of(workplace, end, mark, since);
      Window now = new Window(beginning.from(), end);
      Instant before = baselineUntil == null ? now.since() : baselineUntil;
      Window baseline =
          baselineSince == null
              ? Window.before(before, now.length())
              : new Window(baselineSince, before);
      Churn churn = link == null ? Churn.of(now, baseline) : Churn.of(now, baseline, link);
      JournalFacts journal = JournalFacts.feed(workplace, churn);
      ChurnReport report = churn.report();
      String verdict = report.verdict().wireName();
      List<String> lines = new ArrayList<>();
      lines.add(beginning.line());
      lines.add(line("now", report.now(), report.perHour()));
      lines.add(line("baseline", report.baseline(), report.baselinePerHour()));
      Double ratio = report.ratio();
      lines.add("ratio " + (ratio == null ? "-" : String.format(Locale.ROOT, "%.3f", ratio)));
      lines.add(verdict + ": " + report.why());
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("mark", beginning.entry());
      summary.putAll(Plain.of(report));
      return Report.of("churn", lines, summary)
          .of(now, journal)
          .verdict(
              verdict.equalsIgnoreCase(failOn == null ? "" : failOn) ? ExitCode.FAIL : ExitCode.OK,
              verdict);
    }

    private static String line(String name, ChurnReport.Side side, double perHour) {
      return String.format(
          Locale.ROOT,
          "%s %s: %d closes, %.2f an hour, %d reconnects, at most %d in ten minutes, %d"
              + " cooldowns%s",
          name,
          side.window(),
          side.closes().count(),
          perHour,
          side.reconnects().count(),
          side.mostInTenMinutes(),
          side.cooldowns().count(),
          side.watched() ? "" : ", and nothing shows that the link was watched");
    }
  }
}
