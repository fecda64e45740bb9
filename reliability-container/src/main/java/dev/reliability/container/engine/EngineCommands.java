package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.engine.EngineCli.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an engine is asked, beside to run something, and how its answers are read. */
final class EngineCommands {
  /** What no engine takes for a list or a pattern. All labels are compared here as well. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@+-]+");

  private static final int LIST_TRIES = 3;
  private static final int SHOWN = 200;

  private final Engine engine;
  private final EngineCli cli;

  EngineCommands(Engine engine, EngineCli cli) {
    this.engine = engine;
    this.cli = cli;
  }

  /** Looks at one container. The stage never fails. */
  CompletableFuture<Seen> inspect(String name) {
    return cli.call(List.of("container", "inspect", "--format", engine.inspectFormat(), name))
        .thenApply(EngineCommands::seen);
  }

  /** Sends a signal. What comes of it, only a look can tell. */
  CompletableFuture<Answer> signal(String name, String signal) {
    return cli.call(List.of("kill", "--signal", signal, name));
  }

  /** Removes a container, running or not. What comes of it, only a look can tell. */
  CompletableFuture<Answer> remove(String name) {
    List<String> arguments = new ArrayList<>(List.of("rm"));
    arguments.addAll(engine.removeArguments());
    arguments.add(name);
    return cli.call(arguments);
  }

  /**
   * The names of all containers, whoever they belong to, those that were cut off half made among
   * them; fails with an {@link EngineException}.
   */
  CompletableFuture<Set<String>> names() {
    List<String> arguments = new ArrayList<>(List.of("ps", "--all"));
    arguments.addAll(engine.externalArguments());
    arguments.add("--format");
    arguments.add("{{.Names}}");
    return cli.call(arguments)
        .thenApply(
            answer -> {
              if (!answer.isOk()) {
                throw new EngineException(engine.name() + " ps: " + answer.complaint());
              }
              return answer.out().lines().map(String::strip).collect(Collectors.toSet());
            });
  }

  /** All containers with these labels; fails with an {@link EngineException}. */
  CompletableFuture<List<EngineState>> list(Map<String, String> labels) {
    return list(labels, LIST_TRIES);
  }

  private CompletableFuture<List<EngineState>> list(Map<String, String> labels, int tries) {
    List<String> arguments = new ArrayList<>(List.of("ps", "--all", "--quiet", "--no-trunc"));
    labels.forEach(
        (name, value) -> {
          if (PLAIN.matcher(name + value).matches()) {
            arguments.add("--filter");
            arguments.add("label=" + name + "=" + value);
          }
        });
    return cli.call(arguments)
        .thenCompose(
            answer -> {
              if (!answer.isOk()) {
                throw new EngineException(engine.name() + " ps: " + answer.complaint());
              }
              List<String> ids = answer.out().lines().map(String::strip).toList();
              return ids.isEmpty()
                  ? CompletableFuture.completedFuture(List.of())
                  : inspectAll(labels, ids, tries);
            });
  }

  private CompletableFuture<List<EngineState>> inspectAll(
      Map<String, String> labels, List<String> ids, int tries) {
    List<String> arguments = new ArrayList<>(List.of("container", "inspect", "--format"));
    arguments.add(engine.inspectFormat());
    arguments.addAll(ids);
    return cli.call(arguments)
        .thenCompose(
            answer -> {
              if (!answer.isOk()) {
                if (isMissing(answer) && tries > 1) {
                  return list(labels, tries - 1); // one went while we looked
                }
                throw new EngineException(engine.name() + " inspect: " + answer.complaint());
              }
              List<EngineState> states = new ArrayList<>();
              for (String line : answer.out().lines().filter(line -> !line.isBlank()).toList()) {
                EngineState state = EngineState.parse(line);
                if (state == null) {
                  throw new EngineException(
                      engine.name() + " inspect: not an answer: " + shown(line));
                }
                if (ContainerLabels.match(state.labels(), labels)) {
                  states.add(state);
                }
              }
              return CompletableFuture.completedFuture(states);
            });
  }

  /** What an answer to a look at one container says. */
  static Seen seen(Answer answer) {
    if (!answer.problem().isEmpty()) {
      return new Seen.NoAnswer(answer.problem());
    }
    if (answer.code() != 0) {
      return isMissing(answer) ? new Seen.Missing() : new Seen.NoAnswer(answer.complaint());
    }
    EngineState state = EngineState.parse(answer.out().strip());
    return state == null
        ? new Seen.NoAnswer("not an answer: \"" + shown(answer.out().strip()) + "\"")
        : new Seen.Found(state);
  }

  private static boolean isMissing(Answer answer) {
    return answer.problem().isEmpty()
        && answer.err().toLowerCase(Locale.ROOT).contains("no such container");
  }

  private static String shown(String text) {
    return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
  }
}
