package dev.reliability.container.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An engine with a command line like docker's, and what of its arguments differs from the others.
 * Immutable; the {@code with} methods return changed copies.
 *
 * @param name what people call it; also in {@link
 *     dev.reliability.container.ContainerIdentity.OfContainer}
 * @param program the command line's program and its global arguments, such as {@code docker -H
 *     unix:///run/my.sock}
 * @param environment variables for the command line itself, not for containers
 * @param runArguments what follows {@code run} for every container
 * @param readOnlyArguments what makes the root file system read-only and nothing else writable
 * @param removeArguments what follows {@code rm} so that it removes at once, running or not
 * @param inspectFormat the template of {@code container inspect} that gives, separated by tabs: id,
 *     name, status, exit code, whether memory ran out, stop signal, labels as JSON
 * @param attachArguments what follows {@code attach}, so that nothing of this side reaches the
 *     container
 * @param externalArguments what follows {@code ps --all} so that it shows containers that were cut
 *     off half made, too; empty if there is no such thing
 * @param monitor the name of the process that the command line leaves beside each container, with
 *     the container's name among its arguments; empty if a daemon does that
 */
public record Engine(
    String name,
    List<String> program,
    Map<String, String> environment,
    List<String> runArguments,
    List<String> readOnlyArguments,
    List<String> removeArguments,
    List<String> attachArguments,
    List<String> externalArguments,
    String inspectFormat,
    String monitor) {
  // --pull=never: an image that is missing is an error at once, and not seconds of retries. No log:
  // the output comes through the pipe, and a second copy of it would grow without an end.
  private static final List<String> RUN =
      List.of("--interactive", "--pull=never", "--log-driver", "none");
  private static final List<String> ATTACH = List.of("--no-stdin", "--sig-proxy=false");
  // .ID and not .Id, which only the raw document has: docker then leaves out an empty stop signal,
  // and refuses the template.
  private static final String COLUMNS =
      "{{.ID}}\t{{.Name}}\t{{.State.Status}}\t{{.State.ExitCode}}\t{{.State.OOMKilled}}\t"
          + "{{.Config.StopSignal}}\t{{json .Config.Labels}}";

  /**
   * Copies lists and map.
   *
   * @throws IllegalArgumentException if the program is empty, or if the name is not a plain word or
   *     is {@code process}
   */
  public Engine {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*") || name.equals("process")) {
      throw new IllegalArgumentException(
          "name: expected letters, digits, dots, dashes and underscores, and not process, got \""
              + name
              + "\"");
    }
    program = List.copyOf(program);
    if (program.isEmpty() || program.get(0).isEmpty()) {
      throw new IllegalArgumentException(
          "program: expected a program and its arguments, got " + program);
    }
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    runArguments = List.copyOf(runArguments);
    readOnlyArguments = List.copyOf(readOnlyArguments);
    removeArguments = List.copyOf(removeArguments);
    attachArguments = List.copyOf(attachArguments);
    externalArguments = List.copyOf(externalArguments);
  }

  /** Docker, as the program {@code docker} reaches it. */
  public static Engine docker() {
    return new Engine(
        "docker",
        List.of("docker"),
        Map.of(),
        RUN,
        List.of("--read-only"),
        List.of("--force", "--volumes"),
        ATTACH,
        List.of(),
        COLUMNS,
        "");
  }

  /** Podman, as the program {@code podman} reaches it. */
  public static Engine podman() {
    return new Engine(
        "podman",
        List.of("podman"),
        Map.of(),
        with(RUN, "--http-proxy=false"), // it would hand this process's own proxies on
        List.of("--read-only", "--read-only-tmpfs=false"),
        List.of("--force", "--volumes", "--time", "0"), // it would wait 10 s for a container that
        // ignores SIGTERM
        ATTACH,
        List.of("--external"),
        COLUMNS,
        "conmon");
  }

  /** containerd, as the program {@code nerdctl} reaches it. */
  public static Engine nerdctl() {
    return new Engine(
        "nerdctl",
        List.of("nerdctl"),
        Map.of(),
        RUN,
        List.of("--read-only"),
        List.of("--force", "--volumes"),
        List.of(),
        List.of(),
        // It does not tell whether memory ran out, nor the image's stop signal.
        "{{.ID}}\t{{.Name}}\t{{.State.Status}}\t{{.State.ExitCode}}\tfalse\t\t"
            + "{{json .Config.Labels}}",
        "");
  }

  /** The same, reached by another program or with global arguments. */
  public Engine withProgram(String... newProgram) {
    return with(name, List.of(newProgram), environment, runArguments);
  }

  /**
   * The same under another name: for one of two engines of a kind whose containers are written down
   * in the same ledger.
   *
   * @throws IllegalArgumentException if it is not a plain word, or is {@code process}
   */
  public Engine withName(String newName) {
    return with(newName, program, environment, runArguments);
  }

  /** The same, with one more variable for its command line, such as {@code DOCKER_HOST}. */
  public Engine withEnvironment(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return with(name, program, more, runArguments);
  }

  /**
   * The same, with more arguments for every container, such as {@code --runtime}.
   *
   * @throws IllegalArgumentException for arguments that a spec may not have either
   */
  public Engine withRunArguments(String... more) {
    for (String argument : more) {
      EngineChecks.argument(argument);
    }
    return with(name, program, environment, with(runArguments, more));
  }

  /** What a user may change; the rest is the engine's nature. */
  private Engine with(
      String newName,
      List<String> newProgram,
      Map<String, String> newEnvironment,
      List<String> newRunArguments) {
    return new Engine(
        newName,
        newProgram,
        newEnvironment,
        newRunArguments,
        readOnlyArguments,
        removeArguments,
        attachArguments,
        externalArguments,
        inspectFormat,
        monitor);
  }

  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    Collections.addAll(all, more);
    return all;
  }
}
