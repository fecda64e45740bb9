package dev.reliability.ops.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** All verbs: what operators look at and act on. */
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
    })
final class Verbs {
  private static final List<Class<?>> VERBS =
      List.of(
          RunVerb.class,
          TraceVerb.class,
          TimelineVerb.class,
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
          ServeVerb.class,
          RulesVerb.class,
          SchemaVerb.class,
          AutoComplete.GenerateCompletion.class,
          CommandLine.HelpCommand.class);

  /** Those that tell of the others. */
  private static final Set<Class<?>> NEEDS_ALL =
      Set.of(
          SchemaVerb.class, AutoComplete.GenerateCompletion.class, CommandLine.HelpCommand.class);

  /** What a JVM makes of bytes that its locale has no character for. */
  private static final char UNREADABLE = '\uFFFD';

  private Verbs() {}

  /** Runs a verb. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    String unreadable = unreadable(args);
    if (unreadable != null) {
      err.println("reliability: " + unreadable);
      return ExitCode.USAGE.code();
    }
    return command(args)
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

  /**
   * What is wrong with an argument whose characters the locale does not have; null if all is well.
   */
  private static @Nullable String unreadable(String... args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].indexOf(UNREADABLE) >= 0) {
        return "argument "
            + (i + 1)
            + " cannot be read in the locale of this process (characters are "
            + System.getProperty("sun.jnu.encoding")
            + "): \""
            + args[i].replaceAll("\\p{Cntrl}", "?")
            + "\"; expected a locale of UTF-8, such as LC_ALL=C.UTF-8";
      }
    }
    return null;
  }

  /** The command with as many of its verbs as it takes: what one needs is none of another's. */
  private static CommandLine command(String... args) {
    CommandLine command = new CommandLine(new Verbs());
    String first = args.length == 0 ? "" : args[0];
    for (Class<?> verb : VERBS) {
      Command about = verb.getAnnotation(Command.class);
      if (about.name().equals(first) && !NEEDS_ALL.contains(verb)) {
        return helpful(command.addSubcommand(verb));
      }
    }
    VERBS.forEach(command::addSubcommand);
    return helpful(command);
  }

  private static CommandLine helpful(CommandLine command) {
    for (CommandLine sub : command.getSubcommands().values()) {
      if (sub.getCommand() instanceof Verb verb) {
        for (String name : verb.useless()) {
          OptionSpec option = sub.getCommandSpec().findOption(name);
          sub.getCommandSpec().remove(option).addOption(option.toBuilder().hidden(true).build());
        }
      }
    }
    return command;
  }
}
