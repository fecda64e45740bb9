package dev.reliability.ops.cli;

import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.check.SelfChecks;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.ops.setup.Dependency;
import dev.reliability.ops.setup.DependencyChecks;
import dev.reliability.ops.setup.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether everything is there that an installation needs (requirements F1, F4, F5, N2, N7, S3). */
@Command(
    name = "preflight",
    description = {
      "Checks the settings, what the installation declares that it needs, and the library itself.",
      "Exit code 1 if anything that is required is missing."
    })
final class PreflightVerb extends Verb {
  @Mixin SetupOptions setup = new SetupOptions();

  @Option(
      names = "--config-only",
      description = "Checks the file, the settings and the library, and touches nothing outside.")
  boolean configOnly;

  @Override
  Report report(Workplace workplace) {
    Installation installation = setup.installation(workplace);
    List<String> lines = new ArrayList<>(List.of(setup.line(installation, workplace)));
    PreflightReport report;
    try (EventBus bus = workplace.silentBus();
        DependencyChecks checks = new DependencyChecks(workplace.runtime(), setup.environment())) {
      Preflight.Builder preflight = Preflight.builder(bus);
      itself(preflight, bus);
      if (!configOnly) {
        places(preflight, workplace, lines);
        dependencies(preflight, installation, checks);
      }
      report = workplace.runtime().await(preflight.masker(checks.masker()).build().run());
    }
    return shown(report, installation, lines);
  }

  /** The settings and the library itself. */
  private void itself(Preflight.Builder preflight, EventBus bus) {
    preflight.check("settings", SelfChecks.settings(setup.settings()));
    Reconciler reconciler = Reconciler.builder(bus, new InMemoryRunStore()).build();
    preflight.check("detector", SelfChecks.detector(reconciler::selfTest));
  }

  /** Where the journal and the stores are, if they are there yet. */
  private static void places(Preflight.Builder preflight, Workplace workplace, List<String> lines) {
    Path directory = workplace.directory();
    if (Files.exists(directory)) {
      preflight.check("journal", DependencyCheck.blocking(context -> writable(directory)));
    } else {
      lines.add("journal not checked: there is no " + directory + " yet");
    }
    if (workplace.hasStore()) {
      preflight.check("stores", DependencyCheck.blocking(context -> kept(workplace, context)));
    } else {
      lines.add("stores not checked: there are none yet");
    }
  }

  private static CheckResult kept(Workplace workplace, CheckContext context) {
    try {
      return workplace
          .runtime()
          .await(SelfChecks.states(workplace.storeToChange().states()).check(context));
    } catch (CommandException e) {
      return CheckResult.failed(String.valueOf(e.getMessage()));
    }
  }

  private static CheckResult writable(Path directory) {
    if (!Files.isDirectory(directory)) {
      return CheckResult.failed(directory + " is no directory");
    }
    return Files.isWritable(directory)
        ? CheckResult.passed(directory + " can be written to")
        : CheckResult.failed(directory + " cannot be written to by this user");
  }

  /** Adds everything that is declared. */
  static void dependencies(
      Preflight.Builder preflight, Installation installation, DependencyChecks checks) {
    for (Dependency one : installation.dependencies()) {
      preflight.check(one.name(), checks.check(one), one.timeout());
    }
  }

  private static Report shown(
      PreflightReport report, Installation installation, List<String> lines) {
    Set<String> optional =
        installation.dependencies().stream()
            .filter(one -> !one.required())
            .map(Dependency::name)
            .collect(Collectors.toSet());
    List<Map<String, Object>> checks = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    List<String> warned = new ArrayList<>();
    for (PreflightReport.CheckReport check : report.checks()) {
      boolean required = !optional.contains(check.name());
      if (!check.passed()) {
        (required ? failed : warned).add(check.name());
      }
      lines.add(required || check.passed() ? check.line() : "WARN" + check.line().substring(4));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", check.name());
      entry.put("verdict", check.passed() ? "PASS" : required ? "FAIL" : "WARN");
      entry.put("required", required);
      entry.put("why", check.why());
      entry.put("lastOutput", check.lastOutput());
      entry.put("attempts", check.attempts());
      checks.add(entry);
    }
    String verdict = failed.isEmpty() ? "PASS" : "FAIL";
    lines.add(
        verdict
            + " preflight: "
            + failed.size()
            + " of "
            + report.checks().size()
            + " checks failed"
            + (warned.isEmpty() ? "" : ", " + warned.size() + " that are optional"));
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("config", installation.file() == null ? "" : installation.file().toString());
    summary.put("checks", report.checks().size());
    summary.put("failed", failed);
    summary.put("warned", warned);
    return Report.of("preflight", lines, summary)
        .checks(checks)
        .verdict(failed.isEmpty() ? ExitCode.OK : ExitCode.FAIL, verdict);
  }
}
