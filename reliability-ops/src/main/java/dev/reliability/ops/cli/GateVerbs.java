package dev.reliability.ops.cli;

import dev.reliability.container.orphan.LedgerException;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.gate.PassCount;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.ReadinessView;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.StateStore;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.ops.setup.Dependency;
import dev.reliability.ops.setup.DependencyChecks;
import dev.reliability.ops.setup.Installation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether work gets through, and whether it did so often enough (requirements G1 to G8). */
final class GateVerbs {
  static final String NAME = "worker-connectivity";

  private GateVerbs() {}

  /** Judges and records. */
  @Command(
      name = "verify-worker-connectivity",
      aliases = "verify",
      description = {
        "Judges whether work gets through, by preflight, probes and records.",
        "It is PASS if the preflight passes, the latest probe of each required lane went well, and",
        "no record is stale. Records it in the gate's history. Exit code 1 on FAIL, 3 if nobody can",
        "say; with --strict that is 1 as well."
      })
  static final class Verify extends Verb {
    private static final Duration USUAL_LIMIT = Duration.ofMinutes(2);

    @Mixin SetupOptions setup = new SetupOptions();

    @Option(names = "--lane", description = "A lane that is required, instead of those declared.")
    List<String> lanes = new ArrayList<>();

    @Option(names = "--strict", description = "Where nobody can say, exit code 1.")
    boolean strict;

    @Option(
        names = "--no-record",
        description = "Record nothing; so it is with --now, too: no pass is from another time.")
    boolean noRecord;

    @Option(
        names = "--config-hash",
        paramLabel = "TEXT",
        description = "What the passes are counted under; by default the settings and the file.")
    @Nullable String hash;

    @Override
    Report report(Workplace workplace) {
      Installation installation = setup.installation(workplace);
      List<String> required = lanes.isEmpty() ? installation.gate().required() : lanes;
      if (required.isEmpty()) {
        throw CommandException.usage(
            "there is no lane to verify: expected gate.required in the file (--config), or --lane");
      }
      boolean looks = noRecord || workplace.isNowGiven();
      JdbcStore store = looks ? workplace.store() : workplace.storeToChange();
      StateStore states = store.states();
      EventBus bus = looks ? workplace.silentBus() : workplace.bus();
      try (DependencyChecks checks =
              new DependencyChecks(workplace.runtime(), setup.environment());
          Incarnations incarnations = Incarnations.of(installation, workplace.standstill())) {
        Reconciler reconciler = ReconcileVerb.builder(bus, store.runs(), incarnations).build();
        ConnectivityGate.Builder gate =
            ConnectivityGate.builder(bus, looks ? new Unwritten(states) : states, reconciler)
                .freshness(installation.gate().freshness())
                .success(installation.gate().success())
                .othersLive(installation.gate().othersLive())
                .configHash(hash == null ? setup.hash(installation) : hash);
        preflight(gate, bus, installation, checks);
        required.forEach(gate::lane);
        GateReport report = workplace.runtime().await(gate.build().judge());
        GateHistory history = new GateLedger(states, workplace.silentBus()).history(NAME);
        return shown(report, installation, history, looks);
      } catch (LedgerException e) {
        throw CommandException.unknown(String.valueOf(e.getMessage()));
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw CommandException.unknown(String.valueOf(cause.getMessage()));
      }
    }

    private static void preflight(
        ConnectivityGate.Builder gate,
        EventBus bus,
        Installation installation,
        DependencyChecks checks) {
      if (installation.dependencies().isEmpty()) {
        return;
      }
      Preflight.Builder builder = Preflight.builder(bus);
      PreflightVerb.dependencies(builder, installation, checks);
      Preflight preflight = builder.masker(checks.masker()).build();
      Map<String, Boolean> required = new LinkedHashMap<>();
      Duration limit = USUAL_LIMIT;
      for (Dependency one : installation.dependencies()) {
        required.put(one.name(), one.required());
        Duration most = one.timeout().plusSeconds(2).multipliedBy(3).plusSeconds(30);
        limit = most.compareTo(limit) > 0 ? most : limit;
      }
      gate.prerequisiteLimit(limit)
          .prerequisite(
              "preflight",
              () ->
                  preflight
                      .run()
                      .thenApply(
                          report ->
                              report.checks().stream()
                                  .map(check -> line(check, required))
                                  .toList()));
    }

    private static GateLine line(PreflightReport.CheckReport check, Map<String, Boolean> required) {
      String name = "check " + check.name();
      if (check.passed()) {
        return GateLine.pass(name, check.why());
      }
      String output = check.lastOutput();
      String[] rows = output.isEmpty() ? new String[0] : new String[] {"last output: " + output};
      return required.getOrDefault(check.name(), true)
          ? GateLine.fail(name, check.why(), rows)
          : GateLine.pass(name, "optional, and it failed: " + check.why(), rows);
    }

    private Report shown(
        GateReport report, Installation installation, GateHistory history, boolean looks) {
      PassCount passes =
          history.passes(installation.gate().passes(), installation.gate().spacing());
      List<String> lines = new ArrayList<>(report.text().lines().toList());
      for (String lane : installation.gate().onDemand()) {
        lines.add("on demand, and not asked for: lane " + lane);
      }
      lines.add(
          looks
              ? "recorded nothing"
              : "recorded: " + passes.why() + (passes.isEnough() ? "; the gate is open" : ""));
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("gate", NAME);
      summary.put("recorded", !looks);
      summary.put("configHash", report.configHash());
      summary.put("passesCounted", passes.counted().size());
      summary.put("passesWanted", passes.wanted());
      summary.put("open", passes.isEnough());
      Report shown =
          Report.of("verify-worker-connectivity", lines, summary)
              .checks(report.lines().stream().map(GateVerbs::entry).toList())
              .verdict(code(report), word(report.verdict()));
      return looks || passes.isEnough() || !report.isPass()
          ? shown
          : shown.next("verify again " + whenOpen(passes, report.at()));
    }

    private ExitCode code(GateReport report) {
      return switch (report.verdict()) {
        case GO -> ExitCode.OK;
        case NO_GO -> ExitCode.FAIL;
        case INCONCLUSIVE -> strict ? ExitCode.FAIL : ExitCode.UNKNOWN;
      };
    }
  }

  /** Looks at the history. */
  @Command(
      name = "gate",
      description = {
        "Which passes of the gate count, and when it opens; and the last verdicts of readiness.",
        "Writes nothing. Exit code 0 if it is open, 1 if it is not, 3 if it was never judged."
      })
  static final class Gate extends Verb {
    @Mixin SetupOptions setup = new SetupOptions();

    @Override
    Report report(Workplace workplace) {
      Installation installation = setup.installation(workplace);
      StateStore states = workplace.store().states();
      GateHistory history = new GateLedger(states, workplace.silentBus()).history(NAME);
      PassCount count = history.passes(installation.gate().passes(), installation.gate().spacing());
      List<GateHistory.Pass> all = history.passes(GateHistory.MOST_PASSES, Duration.ZERO).counted();
      List<String> lines = new ArrayList<>();
      List<Map<String, Object>> checks = new ArrayList<>();
      for (GateHistory.Pass pass : all) {
        boolean counts = count.counted().contains(pass);
        lines.add(
            (counts ? "counts     " : "not needed ")
                + pass.at()
                + " judgement #"
                + pass.number()
                + " "
                + pass.id());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("judgement", pass.number());
        entry.put("id", pass.id());
        entry.put("at", pass.at());
        entry.put("counts", counts);
        checks.add(entry);
      }
      GateHistory.Judged last = history.last();
      if (last != null) {
        lines.add(
            "last judged "
                + last.at()
                + ": "
                + word(last.verdict())
                + (last.why().isEmpty() ? "" : ", " + last.why()));
      }
      SortedMap<String, GateVerdict> readiness = ReadinessView.lastVerdicts(states);
      readiness.forEach(
          (name, verdict) ->
              lines.add("readiness " + name + ": last evaluated to be " + verdict.name()));
      String verdict = last == null ? "INCONCLUSIVE" : count.isEnough() ? "OPEN" : "SHUT";
      lines.add(verdict + " gate " + NAME + ": " + count.why());

      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("gate", NAME);
      summary.put("judged", history.judged());
      summary.put("passesCounted", count.counted().size());
      summary.put("passesWanted", count.wanted());
      summary.put("spacing", count.spacing());
      summary.put("configHash", count.configHash());
      summary.put("readiness", readiness(readiness));
      Report report =
          Report.of("gate", lines, summary)
              .checks(checks)
              .verdict(
                  last == null ? ExitCode.UNKNOWN : count.isEnough() ? ExitCode.OK : ExitCode.FAIL,
                  verdict);
      return count.isEnough() ? report : report.next("verify " + whenOpen(count, workplace.now()));
    }

    private static Map<String, Object> readiness(SortedMap<String, GateVerdict> verdicts) {
      Map<String, Object> words = new LinkedHashMap<>();
      verdicts.forEach((name, verdict) -> words.put(name, verdict.name()));
      return words;
    }
  }

  /** When it can open, in words. */
  static String whenOpen(PassCount count, Instant now) {
    int missing = count.wanted() - count.counted().size();
    String more = missing == 1 ? "" : ", and " + (missing - 1) + " more " + count.spacing() + " on";
    if (count.counted().isEmpty()) {
      return "now" + more;
    }
    Instant next = count.counted().get(count.counted().size() - 1).at().plus(count.spacing());
    return (next.isAfter(now) ? "at " + next + " or later" : "now") + more;
  }

  private static String word(GateVerdict verdict) {
    return switch (verdict) {
      case GO -> "PASS";
      case NO_GO -> "FAIL";
      case INCONCLUSIVE -> "INCONCLUSIVE";
    };
  }

  /** A line as part of the document. */
  static Map<String, Object> entry(GateLine line) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", line.name());
    entry.put("verdict", line.verdict().wireName());
    entry.put("why", line.why());
    entry.put("evidence", line.evidence());
    return entry;
  }
}
