package dev.reliability.ops.cli;

import dev.reliability.container.orphan.LedgerException;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.store.StoreException;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.doctor.Again;
import dev.reliability.ops.doctor.JournalSigns;
import dev.reliability.ops.doctor.Safeguard;
import dev.reliability.ops.doctor.Standing;
import dev.reliability.ops.setup.Dependency;
import dev.reliability.ops.setup.DependencyChecks;
import dev.reliability.ops.setup.Installation;
import dev.reliability.ops.setup.Spans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which safeguards are on (requirement S7). */
@Command(
    name = "doctor",
    description = {
      "Which safeguards are on, by what shows it, and whether what went wrong can happen again.",
      "Writes nothing. Exit code 1 if one is off, 3 if nobody can say of one; over 7 days by"
          + " default."
    })
final class DoctorVerb extends Verb {
  private static final Duration USUAL = Duration.ofDays(7);
  private static final Comparator<LiveHandle> BY_NAME =
      Comparator.comparing(LiveHandle::owner).thenComparing(LiveHandle::name);

  @Mixin SetupOptions setup = new SetupOptions();
  @Mixin WindowOptions time = new WindowOptions();

  @Option(
      names = "--incarnation",
      paramLabel = "ID",
      description = "The incarnation it is about; the one that had runs and was heard of last.")
  @Nullable String incarnation;

  @Override
  Report report(Workplace workplace) {
    Installation installation = setup.installation(workplace);
    Installation.Doctor asked = installation.doctor();
    Window window = time.window(workplace.now(), USUAL);
    JournalSigns signs =
        JournalSigns.of(
            window,
            new JournalSigns.Bounds(
                asked.checkedWithin(),
                asked.selfTestWithin(),
                asked.longestRun(),
                asked.longestStart()),
            incarnation);
    JournalFacts journal = JournalFacts.feed(workplace, signs);
    Map<Safeguard, Standing> standings = new EnumMap<>(Safeguard.class);
    signs.report().forEach(one -> standings.put(one.safeguard(), one));
    for (Standing one :
        List.of(
            alerts(workplace, installation),
            journal(workplace.directory(), journal),
            disk(workplace.directory(), asked.diskFree()),
            stores(workplace),
            orphans(workplace, installation, signs.incarnation()))) {
      standings.put(one.safeguard(), one);
    }
    standings.keySet().removeIf(one -> asked.without().contains(one.wireName()));
    List<String> lines = new ArrayList<>(List.of(setup.line(installation, workplace)));
    String about = signs.incarnation();
    if (about != null) {
      lines.add("of incarnation " + about);
    }
    return shown(standings, asked.without(), lines).of(window, journal);
  }

  // ---- what no event shows ----

  private Standing alerts(Workplace workplace, Installation installation) {
    List<String> names = installation.doctor().alerts();
    if (names.isEmpty()) {
      return Standing.unknown(
          Safeguard.ALERTS, "no dependency is declared that shows it (doctor.alerts)");
    }
    PreflightReport report;
    try (EventBus bus = workplace.silentBus();
        DependencyChecks checks = new DependencyChecks(workplace.runtime(), setup.environment())) {
      Preflight.Builder preflight = Preflight.builder(bus);
      for (Dependency one : installation.dependencies()) {
        if (names.contains(one.name())) {
          preflight.check(one.name(), checks.check(one), one.timeout());
        }
      }
      report = workplace.runtime().await(preflight.masker(checks.masker()).build().run());
    }
    return report.passed()
        ? Standing.on(Safeguard.ALERTS, "answered just now: " + names)
        : Standing.off(
            Safeguard.ALERTS,
            String.join(
                "; ", report.failures().stream().map(PreflightReport.CheckReport::line).toList()));
  }

  private static Standing journal(Path directory, JournalFacts facts) {
    List<String> faults = facts.lines();
    if (!faults.isEmpty()) {
      return Standing.off(Safeguard.JOURNAL, "it is not whole: " + faults.get(0).strip());
    }
    return Files.isWritable(directory)
        ? Standing.on(
            Safeguard.JOURNAL, "whole in this time, and " + directory + " can be written to")
        : Standing.off(Safeguard.JOURNAL, directory + " cannot be written to by this user");
  }

  private static Standing disk(Path directory, long wanted) {
    try {
      long free = Files.getFileStore(directory).getUsableSpace();
      String size = Spans.size(wanted);
      return free >= wanted
          ? Standing.on(Safeguard.DISK, "at least " + size + " are free")
          : Standing.off(Safeguard.DISK, Spans.size(free) + " are free, less than " + size);
    } catch (IOException e) {
      return Standing.unknown(Safeguard.DISK, "nobody can say what is free: " + e);
    }
  }

  private static Standing stores(Workplace workplace) {
    if (!workplace.hasStore()) {
      return Standing.unknown(Safeguard.STORES, "there are none (--store)");
    }
    try {
      JdbcStore store = workplace.store();
      store.leases().lanes();
      store.runs().findByState(Set.of(RunState.RUNNING), 1);
      store.states().names("");
      return Standing.on(Safeguard.STORES, "leases, runs and documents answered just now");
    } catch (CommandException | StoreException e) {
      return Standing.off(Safeguard.STORES, String.valueOf(e.getMessage()));
    }
  }

  private static Standing orphans(
      Workplace workplace, Installation installation, @Nullable String incarnation) {
    Safeguard safeguard = Safeguard.ORPHANS;
    Path ledger = installation.ledger();
    try (Incarnations incarnations = Incarnations.of(installation, workplace.runtime())) {
      if (!incarnations.hasLedgers()) {
        return incarnation == null
            ? Standing.unknown(safeguard, "nothing ran, and there are no ledgers in " + ledger)
            : Standing.off(safeguard, "no ledger says what was started: there is no " + ledger);
      }
      List<LiveHandle> left =
          workplace.runtime().await(incarnations.list()).stream().sorted(BY_NAME).toList();
      if (!incarnations.remarks().isEmpty()) {
        return Standing.unknown(safeguard, String.join("; ", incarnations.remarks()));
      }
      if (!left.isEmpty()) {
        return Standing.off(
            safeguard,
            "dead incarnations left "
                + left.stream().map(one -> one.name() + " of " + one.owner()).toList());
      }
      if (incarnation == null) {
        return Standing.unknown(safeguard, "nothing ran that a ledger could tell of");
      }
      boolean known = incarnations.lives(incarnation) || incarnations.isDead(incarnation);
      return known
          ? Standing.on(safeguard, incarnation + " has a ledger, and the dead left nothing")
          : Standing.off(safeguard, incarnation + " has no ledger in " + ledger);
    } catch (LedgerException | CompletionException e) {
      return Standing.unknown(safeguard, String.valueOf(e.getMessage()));
    }
  }

  // ---- how it reads ----

  private static Report shown(
      Map<Safeguard, Standing> standings, List<String> without, List<String> lines) {
    Map<Standing.State, Integer> counts = new EnumMap<>(Standing.State.class);
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Standing one : standings.values()) {
      counts.merge(one.state(), 1, Integer::sum);
      lines.add(one.line());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", one.safeguard().wireName());
      entry.put("state", one.state().name());
      entry.put("why", one.why());
      entry.put("evidence", one.evidence());
      checks.add(entry);
    }
    without.forEach(one -> lines.add("not asked for: " + one));
    Map<String, Object> again = new LinkedHashMap<>();
    for (Again one : Again.values()) {
      Again.Answer answer = one.answer(standings);
      lines.add(
          "can it happen again that "
              + one.words()
              + "? "
              + answer.word()
              + (answer.because().isEmpty() ? "" : ": " + answer.because()));
      again.put(one.words(), answer.word());
    }
    int off = counts.getOrDefault(Standing.State.OFF, 0);
    int unknown = counts.getOrDefault(Standing.State.UNKNOWN, 0);
    int on = counts.getOrDefault(Standing.State.ON, 0);
    lines.add(on + " of " + standings.size() + " safeguards are on");
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("on", on);
    summary.put("off", off);
    summary.put("unknown", unknown);
    summary.put("notAskedFor", without);
    summary.put("canItHappenAgain", again);
    return Report.of("doctor", lines, summary)
        .checks(checks)
        .verdict(
            off > 0 ? ExitCode.FAIL : unknown > 0 ? ExitCode.UNKNOWN : ExitCode.OK,
            off > 0 ? "FAIL" : unknown > 0 ? "INCONCLUSIVE" : "PASS");
  }
}
