package dev.reliability.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The JSON Schema of what a verb prints with {@code --json}. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description =
        "The JSON Schema of what a verb prints with --json; without one, which there are.")
final class SchemaVerb implements Callable<Integer> {
  private static final String WHERE = "/dev/reliability/ops/schema/";

  @Parameters(paramLabel = "VERB", arity = "0..*", description = "Such as: incident list.")
  List<String> verb = new ArrayList<>();

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (verb.isEmpty()) {
      verbs(spec.root(), "").forEach(out::println);
      out.flush();
      return ExitCode.OK.code();
    }
    String name = String.join("-", verb);
    try (InputStream in = SchemaVerb.class.getResourceAsStream(WHERE + name + ".v1.json")) {
      if (in == null || !name.matches("[a-z-]+")) {
        spec.commandLine()
            .getErr()
            .println("reliability schema: expected a verb that makes a report, got " + name);
        return ExitCode.USAGE.code();
      }
      out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      out.flush();
      return ExitCode.OK.code();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The verbs that make a report, by their words. */
  static List<String> verbs(CommandSpec command, String before) {
    List<String> verbs = new ArrayList<>();
    command
        .subcommands()
        .forEach(
            (name, line) -> {
              CommandSpec sub = line.getCommandSpec();
              if (!name.equals(sub.name())) {
                return; // an alias
              }
              if (sub.userObject() instanceof Verb one && one.makesReport()) {
                verbs.add(before + name);
              }
              verbs.addAll(verbs(sub, before + name + " "));
            });
    return verbs;
  }
}
