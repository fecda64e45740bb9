package dev.reliability.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunTimeouts;
import dev.reliability.testkit.worker.WorkerScript;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioReaderTest {

  private static List<Scenario> read(String... lines) {
    return Scenario.read("my.scenario", String.join("\n", lines));
  }

  @Test
  void aWorkerIsReadWithItsTimesAndWhatIsExpectedOfIt() {
    List<Scenario> read =
        read(
            "# a comment",
            "timeouts idle=2000 graces=1,2,3",
            "worker a worker",
            "  ignores terminate",
            "  marker",
            "  wait 1500",
            "  result it's done",
            "  exit 3",
            "  expect done completed exit=3 result=result it's done");

    assertThat(read).hasSize(1);
    Scenario scenario = read.get(0);
    assertThat(scenario.name()).isEqualTo("a worker");
    assertThat(scenario.canStart()).isTrue();
    assertThat(scenario.timeouts())
        .isEqualTo(
            RunTimeouts.ofDefaults()
                .withIdle(Duration.ofSeconds(2))
                .withGraces(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3)));
    assertThat(scenario.fake())
        .isEqualTo(
            WorkerScript.idle()
                .ignoringTerminate()
                .at(Duration.ZERO, new WorkerScript.Progress())
                .at(Duration.ofMillis(1_500), new WorkerScript.Result("result it's done"))
                .at(Duration.ofMillis(1_500), new WorkerScript.Exit(new ExitStatus.Code(3))));
    assertThat(scenario.shell())
        .contains("trap '' TERM", "printf '%s\\n' 'marker'", "nap 1.500", "'result it'\\''s done'");
    assertThat(scenario.expected())
        .containsEntry("state", "done")
        .containsEntry("exit", "3")
        .containsEntry("result", "result it's done")
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "marker | line 1: expected timeouts or worker before anything else, got \"marker\"",
        "timeouts idle | line 1: expected name=value, got \"idle\"",
        "timeouts idle=soon | line 1: expected a time in milliseconds, got \"soon\"",
        "timeouts graces=1,2 | line 1: graces: expected three times with commas between, got \"1,2\"",
        "timeouts sleep=1 | line 1: timeouts: expected no-output, idle, hard, start, linger,"
            + " run-deadline or graces, got \"sleep\"",
        "worker | line 1: worker: expected a new name, got \"\"",
        "worker a;dances | line 2: expected something that a worker does, or expect, got \"dances\"",
        "worker a;wait -1 | line 2: expected a time in milliseconds, got \"-1\"",
        "worker a;markers often | line 2: markers: expected every and a time, got \"often\"",
        "worker a;exit 256 | line 2: exit: expected a code from 0 to 125, got 256",
        "worker a;exit 0;marker | line 3: expected nothing that it does after its end, got \"marker\"",
        "worker a;tool breaks | line 2: expected ends, got \"breaks\"",
        "worker a;expect done | line 2: expect: expected a state and a reason, got \"done\"",
        "worker a;expect fine completed | line 2: expect: expected a state such as done, got \"fine\"",
        "worker a;expect done well | line 2: end reason: expected one of",
        "worker a;expect done completed;expect done completed | line 3: expect: expected one such line",
        "worker a;expect done completed exit=1 exit=2 | line 2: exit: expected it once, got it twice",
        "worker a;ignores me | line 2: ignores: expected input or terminate, got \"me\"",
        "worker a;marker | line 1: worker a: expected an expect line, got none"
      })
  void whatCannotBeUsedIsToldWithItsLine(String lines, String problem) {
    assertThatThrownBy(() -> read(lines.split(";")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("my.scenario: ")
        .hasMessageContaining(problem);
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThatThrownBy(() -> read("worker a", "jump", "wait x", "expect done completed"))
        .hasMessageContaining("line 2: ")
        .hasMessageContaining("line 3: ");
  }

  @Test
  void theFieldsWorkersMeetEveryWayOfEnding() {
    assertThat(
            Scenario.field().stream()
                .map(scenario -> scenario.expected().get("reason"))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "completed",
            "exit_nonzero",
            "no_output_timeout",
            "idle_cleanup",
            "hard_timeout",
            "linger_cleanup",
            "run_deadline_exceeded",
            "container_spawn_failed_before_running");
  }
}
