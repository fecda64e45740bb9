package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.engine.EngineCli.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an engine is asked, beside to run something, and how its answers are read. */
final class EngineCommands {
  /** What no engine takes for a list or a pattern. All labels are compared here as well. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@+-]+");

  private static final String LISTED = "{{.ID}}\t{{.Names}}\t{{json .Labels}}";

  private static final int LIST_TRIES = 3;
  private static final int SHOWN = 200;

  private final Engine engine;
  private final EngineCli cli;

  EngineCommands(Engine engine, EngineCli cli) {
    this.engine = engine;
    this.cli = cli;
  }

  /**
   * Looks at one container, by its name or its full id. One that the engine lists and cannot
   * describe, because it is half removed, is found with a status that means nothing. The stage
   * never fails.
   */
  CompletableFuture<Seen> inspect(String name) {
    return cli.call(List.of("container", "inspect", "--format", engine.inspectFormat(), name))
        .thenCompose(
            answer -> {
              Seen seen = seen(answer);
              return seen instanceof Seen.NoAnswer none && answer.problem().isEmpty()
                  ? listed(name, none)
                  : CompletableFuture.completedFuture(seen);
            });
  }

  /** What the list says of a container that cannot be looked at. */
  private CompletableFuture<Seen> listed(String name, Seen.NoAnswer otherwise) {
    return cli.call(List.of("ps", "--all", "--no-trunc", "--format", LISTED))
        .thenApply(
            answer ->
                answer
                    .out()
                    .lines()
                    .map(EngineState::parseListed)
                    .filter(Objects::nonNull)
                    .filter(state -> state.id().equals(name) || state.name().equals(name))
                    .findFirst()
                    .<Seen>map(Seen.Found::new)
                    .orElse(otherwise));
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
              for (String id : ids) {
                if (!PLAIN.matcher(id).matches()) {
                  throw new EngineException(
                      engine.name() + " ps: not an id: \"" + shown(id) + "\"");
                }
              }
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
                if (answer.problem().isEmpty()) {
                  return inspectEach(labels, ids);
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

  /** One that cannot be looked at must not hide the others. */
  private CompletableFuture<List<EngineState>> inspectEach(
      Map<String, String> labels, List<String> ids) {
    List<CompletableFuture<Seen>> looks = ids.stream().map(this::inspect).toList();
    return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              List<EngineState> states = new ArrayList<>();
              for (CompletableFuture<Seen> look : looks) {
                if (look.join() instanceof Seen.NoAnswer none) {
                  throw new EngineException(engine.name() + " inspect: " + none.why());
                }
                if (look.join() instanceof Seen.Found found
                    && ContainerLabels.match(found.state().labels(), labels)) {
                  states.add(found.state());
                }
              }
              return states;
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
