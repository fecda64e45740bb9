package dev.reliability.ops.cli;

import com.google.common.hash.Hashing;
import dev.reliability.container.Framing;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.engine.Engine;
import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.store.StoredText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a command is to be supervised. */
final class RunOptions {
  /** Agents put out long lines. */
  static final int LONGEST_LINE = 1024 * 1024;

  private static final int OWNER_BYTES = 6;

  /** An engine, by its command line. */
  enum EngineName {
    podman,
    docker,
    nerdctl;

    Engine engine() {
      return switch (this) {
        case podman -> Engine.podman();
        case docker -> Engine.docker();
        case nerdctl -> Engine.nerdctl();
      };
    }
  }

  @Option(
      names = "--lane",
      description = "The stream of work it belongs to (default: the program's name).")
  @Nullable String lane;

  @Option(
      names = "--item",
      description = "What it works on: what has a name is done once (default: a new name).")
  @Nullable String item;

  @Option(
      names = "--no-output",
      paramLabel = "DURATION",
      converter = Values.Span.class,
      description = "From the start to the first marker, 12m by default.")
  @Nullable Duration noOutput;

  @Option(
      names = "--idle",
      paramLabel = "DURATION",
      converter = Values.Span.class,
      description = "From the last marker to the closing of the input, 5m by default.")
  @Nullable Duration idle;

  @Option(
      names = "--hard",
      paramLabel = "DURATION",
      converter = Values.Span.class,
      description = "From the start to the end, 30m by default; at least idle and the graces.")
  @Nullable Duration hard;

  @Option(
      names = "--linger",
      paramLabel = "DURATION",
      converter = Values.Span.class,
      description = "From the final result to the end, 30s by default.")
  @Nullable Duration linger;

  @Option(
      names = "--job",
      arity = "0..1",
      paramLabel = "DURATION",
      fallbackValue = "PT0S",
      converter = Values.Span.class,
      description =
          "It may be silent, is judged by its exit code, and ended after this, 1h by default.")
  @Nullable Duration job;

  @Option(
      names = "--marker",
      paramLabel = "PREFIX",
      description = "Only lines on standard output that begin so are progress; by default all.")
  List<String> markers = new ArrayList<>();

  @Option(
      names = "--result",
      paramLabel = "PREFIX",
      description = "A line on standard output that begins so is the final result.")
  List<String> results = new ArrayList<>();

  @Option(names = "--image", description = "Run it in a container of this image.")
  @Nullable String image;

  @Option(
      names = "--engine",
      defaultValue = "podman",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  EngineName engine = EngineName.podman;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The program and its arguments, behind --.")
  List<String> command = new ArrayList<>();

  /**
   * Looks whether it can be asked for at all.
   *
   * @throws IllegalArgumentException naming what cannot
   */
  void check() {
    if (command.isEmpty() && image == null) {
      throw new IllegalArgumentException("expected a command behind --, got none");
    }
    StoredText.checkedName("--lane", laneOrProgram());
    if (item != null) {
      StoredText.checkedName("--item", item);
    }
    if (job != null && (noOutput != null || idle != null || hard != null)) {
      throw new IllegalArgumentException(
          "expected --job or the time-outs --no-output, --idle, --hard, got both");
    }
  }

  /** The lane's name. */
  String laneOrProgram() {
    if (lane != null) {
      return lane;
    }
    String what = command.isEmpty() ? String.valueOf(image) : command.get(0);
    return what.substring(what.lastIndexOf('/') + 1);
  }

  /** The item's name; a new one for each incarnation if it was given none. */
  String itemOr(String epoch) {
    if (item != null) {
      return item;
    }
    String what = command.isEmpty() ? String.valueOf(image) : command.get(0);
    return what.replaceAll("\\p{Cntrl}", "?") + "-" + epoch;
  }

  /**
   * What is asked for, and for the rest the environment.
   *
   * @throws IllegalArgumentException naming every option that cannot be
   */
  RunPolicy policy(Map<String, String> environment) {
    RunPolicy.Builder policy =
        RunPolicy.builder().config(ReliabilityConfig.fromEnvironment(environment));
    if (noOutput != null) {
      policy.noOutputTimeout(noOutput);
    }
    if (idle != null) {
      policy.idleTimeout(idle);
    }
    if (hard != null) {
      policy.hardTimeout(hard);
    }
    if (linger != null) {
      policy.linger(linger);
    }
    Duration deadline = job;
    if (deadline != null) {
      policy.jobs();
      if (!deadline.isZero()) {
        policy.lane(laneOrProgram(), timeouts -> timeouts.withRunDeadline(deadline));
      }
    }
    try {
      return policy.build();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.valueOf(e.getMessage())
              .replace("a run policy cannot be built: ", "")
              .replace("noOutputTimeout", "--no-output")
              .replace("idleTimeout", "--idle")
              .replace("hardTimeout", "--hard"),
          e);
    }
  }

  /** What is done with its output. */
  OutputSpec output(Echo echo) {
    return OutputSpec.framed(new Framing.Lines(LONGEST_LINE)).markers(rule()).onFrame(echo::show);
  }

  private MarkerRule rule() {
    List<byte[]> progress = bytes(markers);
    List<byte[]> result = bytes(results);
    return frame -> {
      if (frame.isError() || frame.isBlank()) {
        return MarkerRule.Meaning.NOISE;
      }
      if (beginsWithOne(frame, result)) {
        return MarkerRule.Meaning.RESULT;
      }
      return progress.isEmpty() || beginsWithOne(frame, progress)
          ? MarkerRule.Meaning.PROGRESS
          : MarkerRule.Meaning.NOISE;
    };
  }

  private static List<byte[]> bytes(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static boolean beginsWithOne(OutputFrame frame, List<byte[]> prefixes) {
    for (byte[] prefix : prefixes) {
      if (frame.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** Whose its containers are: the same for the same directory. */
  String owner(Path directory) {
    byte[] hash =
        Hashing.sha256()
            .hashString(directory.toAbsolutePath().normalize().toString(), StandardCharsets.UTF_8)
            .asBytes();
    StringBuilder name = new StringBuilder("reliability-");
    for (int i = 0; i < OWNER_BYTES; i++) {
      name.append(String.format("%02x", hash[i]));
    }
    return name.toString();
  }
}
