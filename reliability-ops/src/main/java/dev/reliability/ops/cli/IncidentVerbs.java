package dev.reliability.ops.cli;

import dev.reliability.core.gate.GateLine;
import dev.reliability.core.incident.Change;
import dev.reliability.core.incident.ClosureReport;
import dev.reliability.core.incident.ClosureRequirements;
import dev.reliability.core.incident.Confirmation;
import dev.reliability.core.incident.Evidence;
import dev.reliability.core.incident.Incident;
import dev.reliability.core.incident.IncidentRegistry;
import dev.reliability.core.incident.Note;
import dev.reliability.core.incident.Resolution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Incidents on the command line (requirements H1 to H6). */
@Command(
    name = "incident",
    mixinStandardHelpOptions = true,
    description = "Incidents: opened, looked into, and closed only with evidence.",
    subcommands = {
      IncidentVerbs.Open.class,
      IncidentVerbs.ListAll.class,
      IncidentVerbs.Show.class,
      IncidentVerbs.AddNote.class,
      IncidentVerbs.Attach.class,
      IncidentVerbs.Fix.class,
      IncidentVerbs.Check.class,
      IncidentVerbs.Resolve.class,
      IncidentVerbs.Reopen.class
    })
final class IncidentVerbs {
  private IncidentVerbs() {}

  private static IncidentRegistry acting(Workplace workplace) {
    return IncidentRegistry.open(
        workplace.storeToChange().states(), evidence(workplace), workplace.bus());
  }

  private static IncidentRegistry looking(Workplace workplace) {
    return IncidentRegistry.open(
        workplace.store().states(), evidence(workplace), workplace.silentBus());
  }

  private static Path evidence(Workplace workplace) {
    return workplace.directory().resolve("evidence");
  }

  /** A verb about one incident. */
  abstract static class OfOne extends Verb {
    @Parameters(paramLabel = "INCIDENT", description = "Such as inc-7.")
    String id = "";
  }

  /** A verb that does something to one incident, for somebody. */
  abstract static class OnOne extends OfOne {
    @Option(names = "--actor", required = true, description = "Who does it.")
    String actor = "";
  }

  /** Opens one. */
  @Command(name = "open", description = "Opens an incident, or the one of that fingerprint again.")
  static final class Open extends Verb {
    @Parameters(paramLabel = "TITLE", description = "What it is about.")
    String title = "";

    @Option(
        names = "--fingerprint",
        required = true,
        description = "What it is recognised by, such as andy-developer:no_output_timeout.")
    String fingerprint = "";

    @Option(names = "--gate", description = "A gate that has to pass; worker-connectivity if none.")
    List<String> gates = new ArrayList<>();

    @Option(names = "--evidence", description = "Evidence from after the fix that it takes.")
    List<String> evidence = new ArrayList<>();

    @Option(names = "--baseline", description = "Evidence from before the fix that it takes.")
    List<String> baseline = new ArrayList<>();

    @Option(names = "--soak", description = "What must not happen for long enough.")
    List<String> soaks = new ArrayList<>();

    @Option(
        names = "--passes",
        defaultValue = "2",
        description = "How often each gate has to pass (default: ${DEFAULT-VALUE}).")
    int passes = 2;

    @Option(
        names = "--spacing",
        paramLabel = "DURATION",
        defaultValue = "30m",
        converter = Values.Span.class,
        description = "How far apart passes have to be (default: ${DEFAULT-VALUE}).")
    Duration spacing = Duration.ofMinutes(30);

    @Option(names = "--actor", required = true, description = "Who opens it.")
    String actor = "";

    @Override
    Report report(Workplace workplace) {
      ClosureRequirements requirements =
          ClosureRequirements.ofDefaults()
              .withPasses(passes, spacing)
              .withBaseline(baseline.toArray(String[]::new))
              .withSoaks(soaks.toArray(String[]::new));
      if (!gates.isEmpty()) {
        requirements = requirements.withGates(gates.toArray(String[]::new));
      }
      if (!evidence.isEmpty()) {
        requirements = requirements.withEvidence(evidence.toArray(String[]::new));
      }
      Incident incident = acting(workplace).open(title, fingerprint, requirements, actor);
      return Report.of("incident open", List.of(line(incident)), entry(incident));
    }
  }

  /** All of them. */
  @Command(name = "list", description = "All incidents.")
  static final class ListAll extends Verb {
    @Override
    Report report(Workplace workplace) {
      List<Incident> all = looking(workplace).incidents();
      long open = all.stream().filter(one -> one.status() == Incident.Status.OPEN).count();
      List<String> lines = new ArrayList<>(all.stream().map(IncidentVerbs::line).toList());
      lines.add(open + " open of " + all.size());
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("incidents", all.size());
      summary.put("open", open);
      return Report.of("incident list", lines, summary)
          .checks(all.stream().map(IncidentVerbs::entry).toList());
    }
  }

  /** One of them. */
  @Command(name = "show", description = "An incident, with its changes, notes and evidence.")
  static final class Show extends OfOne {
    @Override
    Report report(Workplace workplace) {
      IncidentRegistry incidents = looking(workplace);
      Incident incident = incidents.incident(id);
      List<String> lines = new ArrayList<>(List.of(line(incident)));
      for (Change change : incident.changes()) {
        lines.add(
            "  "
                + change.at()
                + " "
                + change.kind().wireName()
                + " by "
                + change.by()
                + ": "
                + change.text());
        change.lines().forEach(line -> lines.add("    " + line));
      }
      for (Note note : incidents.notes(id)) {
        lines.add(
            "  "
                + note.at()
                + " note #"
                + note.number()
                + " by "
                + note.by()
                + ": "
                + note.text().strip().replace("\n", "\n    "));
      }
      for (Evidence one : incidents.evidence(id)) {
        lines.add(
            "  "
                + one.at()
                + " evidence #"
                + one.number()
                + " "
                + one.name()
                + ", "
                + one.size()
                + " bytes, sha256 "
                + one.sha256());
      }
      return Report.of("incident show", lines, entry(incident));
    }
  }

  /** Writes something down. */
  @Command(name = "note", description = "Writes something down.")
  static final class AddNote extends OnOne {
    @Parameters(index = "1", paramLabel = "TEXT")
    String text = "";

    @Override
    Report report(Workplace workplace) {
      Note note = acting(workplace).note(id, text, actor);
      return Report.of(
          "incident note",
          List.of("note #" + note.number() + " of " + id),
          Map.of("incident", id, "note", note.number()));
    }
  }

  /** Attaches a file. */
  @Command(name = "attach", description = "Attaches a file as evidence: copied, and hashed.")
  static final class Attach extends OnOne {
    @Parameters(index = "1", paramLabel = "NAME", description = "What it is, such as status.")
    String name = "";

    @Parameters(index = "2", paramLabel = "FILE")
    Path file = Path.of("");

    @Override
    Report report(Workplace workplace) {
      Evidence one = acting(workplace).attach(id, name, file, actor);
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("incident", id);
      summary.put("evidence", one.number());
      summary.put("name", name);
      summary.put("sha256", one.sha256());
      summary.put("size", one.size());
      return Report.of(
          "incident attach",
          List.of("evidence #" + one.number() + " of " + id + ": " + name + " " + one.sha256()),
          summary);
    }
  }

  /** Marks a fix. */
  @Command(name = "fix", description = "Says that a fix is in place: what counts comes after it.")
  static final class Fix extends OnOne {
    @Parameters(index = "1", paramLabel = "WHAT")
    String what = "";

    @Override
    Report report(Workplace workplace) {
      Incident incident = acting(workplace).markFix(id, what, actor);
      return Report.of("incident fix", List.of(line(incident)), entry(incident));
    }
  }

  /** What is missing. */
  @Command(
      name = "check",
      description = "What is missing before it may be closed. Exit code 1 if anything is.")
  static final class Check extends OfOne {
    @Override
    Report report(Workplace workplace) {
      ClosureReport report = looking(workplace).check(id);
      boolean only = report.missing().stream().allMatch(line -> line.name().equals("confirmation"));
      Report shown = closure("incident check", report, null);
      return only
          ? shown
              .verdict(ExitCode.OK, "PASS")
              .next(
                  "reliability incident resolve "
                      + id
                      + " --actor NAME --confirm \"what you confirm\"")
          : shown.verdict(ExitCode.FAIL, "FAIL");
    }
  }

  /** Closes it. */
  @Command(
      name = "resolve",
      description = "Closes it, if nothing is missing. Exit code 1 if it is refused.")
  static final class Resolve extends OnOne {
    @Option(names = "--confirm", required = true, description = "What you confirm, in your words.")
    String text = "";

    @Override
    Report report(Workplace workplace) {
      Resolution resolution = acting(workplace).resolve(id, new Confirmation(actor, text));
      return resolution.fold(
          resolved ->
              closure("incident resolve", resolved.report(), resolved.incident())
                  .verdict(ExitCode.OK, "RESOLVED"),
          refused ->
              closure("incident resolve", refused.report(), refused.incident())
                  .verdict(ExitCode.FAIL, "REFUSED"));
    }
  }

  /** Opens it again. */
  @Command(name = "reopen", description = "Opens a resolved incident again.")
  static final class Reopen extends OnOne {
    @Option(names = "--reason", required = true, description = "Why.")
    String reason = "";

    @Override
    Report report(Workplace workplace) {
      try {
        Incident incident = acting(workplace).reopen(id, reason, actor);
        return Report.of("incident reopen", List.of(line(incident)), entry(incident));
      } catch (IllegalStateException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()));
      }
    }
  }

  private static Report closure(String verb, ClosureReport report, @Nullable Incident incident) {
    List<String> lines = new ArrayList<>(GateLine.text(report.lines()).lines().toList());
    if (incident != null) {
      lines.add(line(incident));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("incident", report.incident());
    summary.put("missing", report.missing().size());
    List<Map<String, Object>> checks = new ArrayList<>();
    for (GateLine line : report.lines()) {
      Map<String, Object> check = new LinkedHashMap<>();
      check.put("name", line.name());
      check.put("verdict", line.verdict().wireName());
      check.put("why", line.why());
      check.put("evidence", line.evidence());
      checks.add(check);
    }
    return Report.of(verb, lines, summary).checks(checks);
  }

  static String line(Incident incident) {
    return incident.status().wireName()
        + " "
        + incident.id()
        + " "
        + incident.title()
        + " ("
        + incident.fingerprint()
        + ")";
  }

  static Map<String, @Nullable Object> entry(Incident incident) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("incident", incident.id());
    entry.put("status", incident.status().wireName());
    entry.put("title", incident.title());
    entry.put("fingerprint", incident.fingerprint());
    entry.put("openedAt", incident.opened().at());
    Change fix = incident.fix();
    entry.put("fixMarkedAt", fix == null ? null : fix.at());
    return entry;
  }
}
