package dev.reliability.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.InputCursor;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Plays a file of {@link Scenario}s, all of its workers at once, and compares each verdict with the
 * file's: extend it once for the simulated world and once for each runtime, and what the file says
 * holds for all of them.
 */
public abstract class ScenarioContract {
  /** There, so that the end says what would become of the input. */
  private static final InputCursor UNMOVED =
      new InputCursor() {
        @Override
        public void commit(RunReport report) {}

        @Override
        public void rollback(RunReport report) {}
      };

  /** For subclasses. */
  protected ScenarioContract() {}

  /** The world the workers live in. */
  protected abstract ReliabilityRuntime runtime();

  /** A worker that plays the scenario, with the meanings of {@link Scenario#markers}. */
  protected abstract Worker worker(Scenario scenario);

  /**
   * Lets time go by until {@code condition} holds, and fails, naming {@code what}, if it does not
   * for a long while.
   */
  protected abstract void until(String what, BooleanSupplier condition);

  /** What is played; the test kit's own file by default. */
  protected List<Scenario> scenarios() {
    return Scenario.field();
  }

  /** Every run ends as the file says. */
  @Test
  public void everyRunEndsAsTheFileSays() {
    List<Scenario> scenarios = scenarios();
    assertFalse(scenarios.isEmpty(), "scenarios");
    Map<String, Map<String, String>> expected = new LinkedHashMap<>();
    Map<String, Map<String, String>> verdicts = new LinkedHashMap<>();
    Map<Scenario, CompletableFuture<RunOutcome>> outcomes = new LinkedHashMap<>();
    List<RunSupervisor> supervisors = new ArrayList<>();
    try (EventBus bus = EventBus.builder(runtime()).build()) {
      for (Scenario scenario : scenarios) {
        RunSupervisor supervisor =
            RunSupervisor.builder()
                .bus(bus)
                .policy(scenario.policy())
                .cursor(UNMOVED)
                .drainTimeout(Duration.ZERO)
                .build();
        supervisors.add(supervisor);
        outcomes.put(
            scenario, supervisor.run(Work.of("scenario", scenario.name()), worker(scenario)));
      }
      outcomes.forEach(
          (scenario, outcome) -> {
            until(scenario + " ends", outcome::isDone);
            RunReport report = outcome.join().ended().orElseThrow();
            Map<String, String> verdict = Scenario.verdict(report);
            verdict.keySet().retainAll(scenario.expected().keySet());
            expected.put(scenario.name(), new LinkedHashMap<>(scenario.expected()));
            verdicts.put(scenario.name(), verdict);
          });
    } finally {
      supervisors.forEach(RunSupervisor::close);
    }
    expected.forEach(
        (name, parts) -> assertEquals(parts, verdicts.get(name), () -> "verdict on " + name));
  }
}
