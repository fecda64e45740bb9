package dev.reliability.ops.cli;

import dev.reliability.core.incident.EvidenceBundle;
import dev.reliability.core.incident.IncidentRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Everything about an incident in one directory (requirement H1). */
@Command(
    name = "bundle",
    description = "Writes everything about an incident into a new directory, or verifies one.")
final class BundleVerb extends Verb {
  @Parameters(paramLabel = "INCIDENT", arity = "0..1", description = "Such as inc-7.")
  String id = "";

  @Option(names = "--out", paramLabel = "DIR", description = "Where to; must not be there yet.")
  Path out = Path.of("");

  @Option(names = "--verify", paramLabel = "DIR", description = "Verifies a bundle instead.")
  Path verify = Path.of("");

  @Override
  Report report(Workplace workplace) {
    if (!verify.toString().isEmpty()) {
      if (!Files.isDirectory(verify)) {
        throw CommandException.usage("--verify: expected the directory of a bundle, got " + verify);
      }
      List<String> problems = EvidenceBundle.verify(verify);
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("bundle", verify.toString());
      summary.put("problems", problems);
      return Report.of(
              "bundle",
              problems.isEmpty()
                  ? List.of("PASS bundle " + verify + " is as it was written")
                  : problems,
              summary)
          .verdict(
              problems.isEmpty() ? ExitCode.OK : ExitCode.FAIL,
              problems.isEmpty() ? "PASS" : "FAIL");
    }
    if (id.isEmpty() || out.toString().isEmpty()) {
      throw CommandException.usage("expected an incident and --out DIR, or --verify DIR");
    }
    String manifest =
        IncidentRegistry.open(
                workplace.store().states(),
                workplace.directory().resolve("evidence"),
                workplace.silentBus())
            .bundle(id, out);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("incident", id);
    summary.put("bundle", out.toString());
    summary.put("manifestSha256", manifest);
    return Report.of("bundle", List.of(out + " with manifest " + manifest), summary);
  }
}
