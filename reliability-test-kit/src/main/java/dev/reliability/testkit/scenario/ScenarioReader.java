package dev.reliability.testkit.scenario;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunTimeouts;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a scenario file line by line, and collects what is wrong with it. */
final class ScenarioReader {
  private static final Set<String> PARTS =
      Set.of("exit", "signal", "stopped-by", "markers", "cursor", "result");

  private final String where;
  private final List<Scenario> scenarios = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private RunTimeouts timeouts = RunTimeouts.ofDefaults();
  private @Nullable Actor actor;
  private int number;

  ScenarioReader(String where) {
    this.where = where;
  }

  List<Scenario> read(String text) {
    for (String line : text.lines().toList()) {
      number++;
      String content = line.strip();
      if (!content.isEmpty() && !content.startsWith("#")) {
        String[] words = content.split("\\s+", 2);
        try {
          take(words[0], words.length < 2 ? "" : words[1]);
        } catch (IllegalArgumentException e) {
          problems.add("line " + number + ": " + e.getMessage());
        }
      }
    }
    finish();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(where + ": " + String.join("; ", problems));
    }
    return List.copyOf(scenarios);
  }

  private void take(String word, String rest) {
    if (word.equals("timeouts")) {
      finish();
      timeouts = timeouts(rest);
    } else if (word.equals("worker")) {
      finish();
      if (rest.isEmpty() || !names.add(rest)) {
        throw new IllegalArgumentException("worker: expected a new name, got \"" + rest + "\"");
      }
      actor = new Actor(rest, number);
    } else if (actor == null) {
      throw new IllegalArgumentException(
          "expected timeouts or worker before anything else, got \"" + word + "\"");
    } else {
      actor.take(word, rest);
    }
  }

  private void finish() {
    Actor done = actor;
    actor = null;
    if (done != null && done.expected.isEmpty()) {
      problems.add(
          "line " + done.line + ": worker " + done.name + ": expected an expect line, got none");
    } else if (done != null) {
      scenarios.add(done.scenario(timeouts));
    }
  }

  private static RunTimeouts timeouts(String rest) {
    RunTimeouts read = RunTimeouts.ofDefaults();
    for (Map.Entry<String, String> pair : pairs(rest).entrySet()) {
      String value = pair.getValue();
      read =
          switch (pair.getKey()) {
            case "no-output" -> read.withNoOutput(time(value));
            case "idle" -> read.withIdle(time(value));
            case "hard" -> read.withHard(time(value));
            case "start" -> read.withStartDeadline(time(value));
            case "linger" -> read.withLinger(time(value));
            case "run-deadline" -> read.withRunDeadline(time(value));
            case "graces" -> {
              String[] three = value.split(",", -1);
              if (three.length != 3) {
                throw new IllegalArgumentException(
                    "graces: expected three times with commas between, got \"" + value + "\"");
              }
              yield read.withGraces(time(three[0]), time(three[1]), time(three[2]));
            }
            default ->
                throw new IllegalArgumentException(
                    "timeouts: expected no-output, idle, hard, start, linger, run-deadline or graces,"
                        + " got \""
                        + pair.getKey()
                        + "\"");
          };
    }
    return read;
  }

  /** Words such as {@code name=value}; the value of {@code result} is the rest of the line. */
  private static Map<String, String> pairs(String rest) {
    Map<String, String> pairs = new LinkedHashMap<>();
    String left = rest;
    while (!left.isEmpty()) {
      String[] next = left.startsWith("result=") ? new String[] {left} : left.split("\\s+", 2);
      int equals = next[0].indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException("expected name=value, got \"" + next[0] + "\"");
      }
      String name = next[0].substring(0, equals);
      if (pairs.put(name, next[0].substring(equals + 1)) != null) {
        throw new IllegalArgumentException(name + ": expected it once, got it twice");
      }
      left = next.length < 2 ? "" : next[1];
    }
    return pairs;
  }

  private static Duration time(String text) {
    return Duration.ofMillis(number("a time in milliseconds", text));
  }

  private static long number(String what, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the same error
    }
    throw new IllegalArgumentException("expected " + what + ", got \"" + text + "\"");
  }

  /** One worker while its lines are read. */
  private static final class Actor {
    final String name;
    final int line;
    final Map<String, String> expected = new LinkedHashMap<>();
    private final ScenarioShell shell = new ScenarioShell();
    private WorkerScript fake = WorkerScript.idle();
    private Duration now = Duration.ZERO;
    private boolean canStart = true;
    private boolean over;

    Actor(String name, int line) {
      this.name = name;
      this.line = line;
    }

    void take(String word, String rest) {
      switch (word) {
        case "expect" -> expect(rest);
        case "ignores" -> ignore(rest);
        case "cannot" -> {
          only("start", rest);
          canStart = false;
        }
        default -> {
          if (over) {
            throw new IllegalArgumentException(
                "expected nothing that it does after its end, got \"" + word + "\"");
          }
          act(word, rest);
        }
      }
    }

    private void act(String word, String rest) {
      switch (word) {
        case "marker" -> {
          only("", rest);
          shell.says("marker");
          does(new WorkerScript.Progress());
        }
        case "markers" -> {
          if (!rest.startsWith("every ")) {
            throw new IllegalArgumentException(
                "markers: expected every and a time, got \"" + rest + "\"");
          }
          over = true;
          talk(time(rest.substring("every ".length()).strip()));
        }
        case "noise" -> {
          long bytes = number("a number of bytes", rest);
          shell.noise(bytes);
          does(new WorkerScript.Output(bytes));
        }
        case "error" -> {
          shell.saysError(rest);
          does(new WorkerScript.Output(rest.length() + 1L));
        }
        case "result" -> {
          shell.says("result " + rest);
          does(new WorkerScript.Result("result " + rest));
        }
        case "tool" -> {
          boolean starts = rest.equals("starts");
          only(starts ? "starts" : "ends", rest);
          shell.says("tool " + rest);
          does(starts ? new WorkerScript.ToolStart() : new WorkerScript.ToolEnd());
        }
        case "wait" -> {
          Duration time = time(rest);
          shell.waits(time.toMillis());
          now = now.plus(time);
        }
        case "close-output" -> {
          only("", rest);
          shell.closesOutput();
          does(new WorkerScript.CloseOutput());
        }
        case "stay" -> {
          only("", rest);
          shell.stays();
          over = true;
        }
        case "exit" -> exit((int) Math.min(number("an exit code", rest), Integer.MAX_VALUE));
        default ->
            throw new IllegalArgumentException(
                "expected something that a worker does, or expect, got \"" + word + "\"");
      }
    }

    private void talk(Duration every) {
      if (every.isZero()) {
        throw new IllegalArgumentException("markers: expected a time above 0, got \"0\"");
      }
      shell.talks(every.toMillis());
      Duration end = now.plus(every.multipliedBy(1_000));
      for (Duration at = now; at.compareTo(end) < 0; at = at.plus(every)) {
        fake = fake.at(at, new WorkerScript.Progress());
      }
    }

    private void exit(int code) {
      if (code > 125) {
        throw new IllegalArgumentException("exit: expected a code from 0 to 125, got " + code);
      }
      shell.exits(code);
      does(new WorkerScript.Exit(new ExitStatus.Code(code)));
      over = true;
    }

    private void does(WorkerScript.Deed deed) {
      fake = fake.at(now, deed);
    }

    private void ignore(String what) {
      if (what.equals("input")) {
        fake = fake.ignoringInputClose();
      } else {
        if (!what.equals("terminate")) {
          throw new IllegalArgumentException(
              "ignores: expected input or terminate, got \"" + what + "\"");
        }
        fake = fake.ignoringTerminate();
      }
    }

    private void expect(String rest) {
      String[] words = rest.split("\\s+", 3);
      if (words.length < 2) {
        throw new IllegalArgumentException(
            "expect: expected a state and a reason, got \"" + rest + "\"");
      }
      if (!expected.isEmpty()) {
        throw new IllegalArgumentException("expect: expected one such line, got another");
      }
      if (Arrays.stream(RunState.values()).noneMatch(s -> s.wireName().equals(words[0]))) {
        throw new IllegalArgumentException(
            "expect: expected a state such as done, got \"" + words[0] + "\"");
      }
      expected.put("state", words[0]);
      expected.put("reason", EndReason.fromWireName(words[1]).wireName());
      Map<String, String> more = pairs(words.length < 3 ? "" : words[2]);
      for (String part : more.keySet()) {
        if (!PARTS.contains(part)) {
          throw new IllegalArgumentException(
              "expect: expected one of " + PARTS + ", got \"" + part + "\"");
        }
      }
      expected.putAll(more);
    }

    private static void only(String wanted, String got) {
      if (!got.equals(wanted)) {
        throw new IllegalArgumentException(
            "expected " + (wanted.isEmpty() ? "nothing more" : wanted) + ", got \"" + got + "\"");
      }
    }

    Scenario scenario(RunTimeouts timeouts) {
      if (!over) {
        exit(0);
      }
      String script = shell.script(fake.onInputClosed() != null, fake.onTerminate() != null);
      WorkerScript played =
          canStart
              ? fake
              : fake.with(
                  new WorkerScript.Fails(
                      Duration.ZERO,
                      new SpawnFailure(
                          SpawnFailure.Kind.COMMAND_NOT_FOUND,
                          "it cannot start, as its file says")));
      return new Scenario(name, canStart, played, script, timeouts, expected);
    }
  }
}
