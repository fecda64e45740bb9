package dev.reliability.container.engine;

import dev.reliability.container.ContainerSpec;
import dev.reliability.container.OutputSpec;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command line that runs a container. Pure; holds no value of a variable. */
final class RunArguments {
  private RunArguments() {}

  /**
   * The program of the engine's command line and all its arguments.
   *
   * @param variables a file with the variables that the command line itself would heed; null if
   *     there are none
   */
  static List<String> of(
      Engine engine,
      EngineSpec spec,
      String name,
      Map<String, String> labels,
      @Nullable Path variables) {
    List<String> line = new ArrayList<>(engine.program());
    line.add("run");
    line.addAll(engine.runArguments());
    add(line, "--name", name);
    labels.forEach((label, value) -> add(line, "--label", label + "=" + value));
    add(line, "--network", spec.network());
    if (spec.memory().isPresent()) {
      String bytes = Long.toString(spec.memory().getAsLong());
      add(line, "--memory", bytes);
      add(line, "--memory-swap", bytes);
    }
    if (spec.cpus().isPresent()) {
      add(line, "--cpus", BigDecimal.valueOf(spec.cpus().getAsDouble()).toPlainString());
    }
    if (spec.pids().isPresent()) {
      add(line, "--pids-limit", Integer.toString(spec.pids().getAsInt()));
    }
    spec.user().ifPresent(user -> add(line, "--user", user));
    if (spec.readOnlyRoot()) {
      line.addAll(engine.readOnlyArguments());
    }
    spec.directory().ifPresent(directory -> add(line, "--workdir", directory));
    spec.mounts().forEach(mount -> add(line, "--mount", mount(mount)));
    spec.tmpfs().forEach((path, bytes) -> add(line, "--tmpfs", path + ":rw,size=" + bytes));
    add(line, "--env", ContainerSpec.RUN_VARIABLE);
    if (spec.output().isNonced()) {
      add(line, "--env", OutputSpec.NONCE_VARIABLE); // its value is in the child's environment
    }
    for (String variable : spec.environment().keySet()) {
      if (!EngineVariables.isHeeded(variable)) {
        add(line, "--env", variable);
      }
    }
    if (variables != null) {
      add(line, "--env-file", variables.toString());
    }
    line.addAll(spec.engineArguments());
    line.add(spec.image());
    line.addAll(spec.command());
    return line;
  }

  private static String mount(Mount mount) {
    return "type=bind,source="
        + mount.source()
        + ",target="
        + mount.target()
        + (mount.readOnly() ? ",readonly" : "");
  }

  private static void add(List<String> line, String option, String value) {
    line.add(option);
    line.add(value);
  }
}
