package dev.reliability.ops.cli;

import dev.reliability.container.orphan.LedgerException;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Finding;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Records that say queued or running although nobody has them in hand (requirements A4, S4). */
@Command(
    name = "reconcile",
    description = {
      "Finds records that say queued or running although nobody has them in hand, and says why.",
      "With --apply it ends them as failed. Only records of incarnations that are known to be dead",
      "are judged; workers are never touched."
    })
final class ReconcileVerb extends Verb {
  private static final int MOST = 10_000;

  @Mixin SetupOptions setup = new SetupOptions();

  @Option(names = "--apply", description = "Ends what is found as failed; without it nothing is.")
  boolean apply;

  @Option(names = "--actor", description = "Who does it; needed with --apply.")
  @Nullable String actor;

  @Override
  Report report(Workplace workplace) {
    if (apply && actor == null) {
      throw CommandException.usage("expected --actor NAME with --apply");
    }
    if (apply && workplace.isNowGiven()) {
      throw CommandException.usage("expected no --now with --apply: it acts as of now");
    }
    RunStore runs = (apply ? workplace.storeToChange() : workplace.store()).runs();
    try (Incarnations incarnations =
        Incarnations.of(setup.installation(workplace), workplace.standstill())) {
      return reconciled(workplace, runs, incarnations);
    } catch (LedgerException e) {
      throw CommandException.unknown(String.valueOf(e.getMessage()));
    }
  }

  private Report reconciled(Workplace workplace, RunStore runs, Incarnations incarnations) {
    EventBus bus = apply ? workplace.bus() : workplace.silentBus();
    Reconciler.Builder builder = builder(bus, runs, incarnations).dryRun(!apply);
    Reconciler reconciler = (actor == null ? builder : builder.actor(actor)).build();
    if (!reconciler.selfTest()) {
      throw CommandException.unknown("the detector failed its self-test: nothing was judged");
    }
    Reconciliation done;
    try {
      done = workplace.runtime().await(reconciler.reconcile());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CommandException.unknown(String.valueOf(cause.getMessage()));
    }
    Report report = shown(done, owners(runs, incarnations), incarnations);
    if (apply) {
      try {
        workplace.written();
      } catch (CommandException e) {
        return report.and(ExitCode.UNKNOWN, "done, but " + e.getMessage());
      }
    }
    return report;
  }

  /** A reconciler that knows of other incarnations what their ledgers say. */
  static Reconciler.Builder builder(EventBus bus, RunStore runs, Incarnations incarnations) {
    return Reconciler.builder(bus, runs)
        .handles(incarnations)
        .ownerIsDead(incarnations::isDead)
        .ownerLives(incarnations::lives);
  }

  /** How many open records each incarnation has that was not judged. */
  private static Map<String, Integer> owners(RunStore runs, Incarnations incarnations) {
    Map<String, Integer> owners = new TreeMap<>();
    for (RunRecord run : runs.findByState(EnumSet.of(RunState.QUEUED, RunState.RUNNING), MOST)) {
      if (!incarnations.isDead(run.owner())) {
        owners.merge(run.owner(), 1, Integer::sum);
      }
    }
    return owners;
  }

  private Report shown(
      Reconciliation done, Map<String, Integer> owners, Incarnations incarnations) {
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> checks = new ArrayList<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    boolean failed = false;
    for (Finding.Reason reason : Finding.Reason.values()) {
      counts.put(reason.wireName(), 0);
    }
    for (Reconciliation.Settled settled : done.settled()) {
      counts.merge(settled.finding().reason().wireName(), 1, Integer::sum);
      failed |= settled.action() == Reconciliation.Action.ERROR;
      lines.add(line(settled));
      lines.add("  " + settled.finding().evidence());
      checks.add(entry(settled));
    }
    owners.forEach(
        (owner, count) ->
            lines.add(
                count
                    + " open records of "
                    + owner
                    + (incarnations.lives(owner)
                        ? ", which lives: they are its own"
                        : ": nobody here knows whether it lives, so they were not judged")));
    incarnations.remarks().forEach(remark -> lines.add("not looked at: " + remark));
    if (!incarnations.hasLedgers()) {
      lines.add("there are no ledgers here, which would tell whether an incarnation lives");
    }
    lines.add(
        done.settled().size()
            + " found in "
            + done.open()
            + " open records"
            + (apply || done.settled().isEmpty() ? "" : ", nothing was changed"));
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", apply);
    summary.put("open", done.open());
    summary.put("workersLeft", done.handles());
    summary.put("notJudged", done.notJudged());
    summary.putAll(counts);
    summary.put("notLookedAt", incarnations.remarks());
    ExitCode code = failed ? ExitCode.FAIL : done.notJudged() > 0 ? ExitCode.UNKNOWN : ExitCode.OK;
    String verdict =
        failed
            ? "FAIL"
            : done.notJudged() > 0
                ? "INCONCLUSIVE"
                : done.settled().isEmpty() ? "NONE_FOUND" : apply ? "APPLIED" : "FOUND";
    Report report = Report.of("reconcile", lines, summary).checks(checks).verdict(code, verdict);
    boolean more = !apply && done.settled().stream().anyMatch(one -> one.finding().state() != null);
    return more ? report.next("reliability reconcile --apply --actor NAME") : report;
  }

  private String line(Reconciliation.Settled settled) {
    Finding finding = settled.finding();
    boolean isRecord = finding.state() != null;
    String action =
        settled.action() != Reconciliation.Action.REPORTED
            ? settled.action().wireName()
            : isRecord ? "would be failed" : "left alone";
    return finding.reason().wireName()
        + " run="
        + finding.run()
        + (isRecord ? " lane=" + finding.lane() + " item=" + finding.item() : "")
        + " age="
        + finding.age()
        + ": "
        + action
        + (settled.detail() == null ? "" : ", " + settled.detail());
  }

  private static Map<String, Object> entry(Reconciliation.Settled settled) {
    Map<String, Object> entry = new LinkedHashMap<>(Plain.of(settled.finding()));
    entry.put("reason", settled.finding().reason().wireName());
    entry.put("action", settled.action().wireName());
    entry.put("detail", settled.detail() == null ? "" : settled.detail());
    return entry;
  }
}
