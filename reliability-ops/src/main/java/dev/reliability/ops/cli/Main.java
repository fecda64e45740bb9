package dev.reliability.ops.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code reliability VERB ...}: what operators look at and act on. */
@Command(
    name = "reliability",
    description = "Looks at what long-lived workers did and do, and acts on it.",
    mixinStandardHelpOptions = true,
    version = "reliability 0.1.0",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it ran, and what was asked passed",
      "1:FAIL, NO_GO, or refused",
      "2:usage or bad input",
      "3:it could not find out",
      "4:an error of its own"
    },
    subcommands = {
      RunVerb.class,
      AnalysisVerbs.TraceVerb.class,
      AnalysisVerbs.ReliabilityVerb.class,
      AnalysisVerbs.HotspotsVerb.class,
      AnalysisVerbs.FingerprintsVerb.class,
      AnalysisVerbs.ExplainZeroVerb.class,
      AnalysisVerbs.CorrelateVerb.class,
      AnalysisVerbs.UnclassifiedVerb.class,
      StatusVerb.class,
      LocksVerb.class,
      LaneVerbs.Lanes.class,
      LaneVerbs.Pause.class,
      LaneVerbs.Resume.class,
      IncidentVerbs.class,
      BundleVerb.class,
      PreflightVerb.class,
      GateVerbs.Verify.class,
      GateVerbs.Gate.class,
      ReconcileVerb.class,
      DoctorVerb.class,
      MarkVerb.class,
      SinceVerbs.SoakVerb.class,
      SinceVerbs.ChurnVerb.class,
      SchemaVerb.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) {
    logOnlyWhatMatters();
    PrintWriter out = new PrintWriter(System.out, false, java.nio.charset.StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8);
    int code = run(out, err, args);
    out.flush();
    System.exit(code);
  }

  /** What a verb has to say it prints; of what it uses, only warnings, and on standard error. */
  private static void logOnlyWhatMatters() {
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.log.com.zaxxer.hikari", "off");
  }

  /** Runs a verb. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              err.println("reliability: an error of its own: " + error);
              error.printStackTrace(err);
              return ExitCode.INTERNAL.code();
            })
        .execute(args);
  }
}
