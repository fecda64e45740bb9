package dev.reliability.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.health.Observation.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What one criterion says follows from its streak as a naive machine has it. */
class ReadinessRulesProperties {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** One observation, and how many minutes after the one before. */
  private record Step(Outcome outcome, int minutes) {}

  /** Goes from observation to observation, where the rule looks back from the last one. */
  private static final class Machine {
    private GateVerdict settled = GateVerdict.INCONCLUSIVE;
    private int successes;
    private int failures;
    private int unknowns;
    private int lasted;
    private int age;
    private boolean seen;
    private boolean met;
    private GateVerdict written = GateVerdict.INCONCLUSIVE; // by the last evaluation

    void see(Step step, int failureThreshold, int successThreshold, int minimum, int ttl) {
      age += step.minutes();
      met = step.outcome() == Outcome.OK;
      if (step.outcome() == Outcome.UNKNOWN) {
        unknowns++;
        return;
      }
      unknowns = 0;
      boolean ok = step.outcome() == Outcome.OK;
      if (age > ttl && (ok ? successes : failures) == 0) {
        settled = GateVerdict.INCONCLUSIVE; // nobody looked for too long
      }
      lasted = (ok ? successes : failures) == 0 ? 0 : lasted + age;
      successes = ok ? successes + 1 : 0;
      failures = ok ? 0 : failures + 1;
      age = 0;
      seen = true;
      if (ok && successes >= successThreshold) {
        settled = GateVerdict.GO;
      } else if (!ok && failures >= failureThreshold && lasted >= minimum) {
        settled = GateVerdict.NO_GO;
      }
    }

    GateVerdict verdict(int failureThreshold, int ttl) {
      if (!seen || age > ttl) {
        return GateVerdict.INCONCLUSIVE;
      }
      if (settled != GateVerdict.GO) {
        return settled;
      }
      boolean kept = written == GateVerdict.GO; // a failure keeps a GO, and earns none
      return unknowns < failureThreshold && (met || kept)
          ? GateVerdict.GO
          : GateVerdict.INCONCLUSIVE;
    }
  }

  /** A machine whose last evaluation is looked at by who only looks, or evaluated anew. */
  @Property(tries = 1000)
  void aCriterionSaysWhatTheMachineDoes(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(min = 1, max = 4) int failureThreshold,
      @ForAll @IntRange(min = 1, max = 3) int successThreshold,
      @ForAll @IntRange(min = 0, max = 45) int minimum,
      @ForAll @IntRange(min = 1, max = 3) int everyWhich) {
    Criterion criterion =
        Criterion.builder("cron")
            .failureThreshold(failureThreshold)
            .successThreshold(successThreshold)
            .minimumDuration(Duration.ofMinutes(minimum))
            .ttl(Duration.ofMinutes(30))
            .build();
    Machine machine = new Machine();
    Streak streak = Streak.none("cron");
    Instant now = START;
    int sinceCounted = 0;
    int seen = 0;
    for (Step step : steps) {
      now = now.plus(Duration.ofMinutes(step.minutes()));
      streak =
          streak.with(
              new Observation("o", step.outcome(), "", null, now),
              Duration.ofMinutes(sinceCounted + step.minutes()),
              Duration.ofMinutes(sinceCounted + step.minutes()));
      sinceCounted = step.outcome() == Outcome.UNKNOWN ? sinceCounted + step.minutes() : 0;
      machine.see(step, failureThreshold, successThreshold, minimum, 30);
      GateVerdict expected = machine.verdict(failureThreshold, 30);
      GateVerdict looked = judged(criterion, streak, now, machine.written, false);
      if (expected == GateVerdict.GO && machine.written != GateVerdict.GO) {
        assertThat(looked).as("to look opens nothing").isEqualTo(GateVerdict.INCONCLUSIVE);
      } else {
        assertThat(looked).isEqualTo(expected);
      }
      if (++seen % everyWhich == 0) {
        assertThat(judged(criterion, streak, now, machine.written, true)).isEqualTo(expected);
        machine.written = expected;
      }
    }
  }

  private static GateVerdict judged(
      Criterion criterion, Streak streak, Instant now, GateVerdict written, boolean evaluated) {
    Observation known = streak.known();
    Ages.Age age = known == null ? null : new Ages.Age(Duration.between(known.at(), now), false);
    return ReadinessRules.judge(
            new ReadinessFacts(
                "gate",
                now,
                List.of(
                    new ReadinessFacts.CriterionFact(
                        criterion, new FailureStreaks.Seen(streak, age), null)),
                List.of(),
                written,
                evaluated))
        .verdict();
  }

  @Example
  void theWorstOfTwoVerdictsCounts() {
    assertThat(GateVerdict.GO.and(GateVerdict.GO)).isEqualTo(GateVerdict.GO);
    assertThat(GateVerdict.GO.and(GateVerdict.INCONCLUSIVE)).isEqualTo(GateVerdict.INCONCLUSIVE);
    assertThat(GateVerdict.NO_GO.and(GateVerdict.INCONCLUSIVE)).isEqualTo(GateVerdict.NO_GO);
    assertThat(GateVerdict.INCONCLUSIVE.and(GateVerdict.NO_GO)).isEqualTo(GateVerdict.NO_GO);
    assertThat(GateVerdict.NO_GO.wireName()).isEqualTo("no_go");
  }

  @Example
  void aGateThatNothingSpeaksForStaysShut() {
    assertThat(
            ReadinessRules.judge(
                    new ReadinessFacts("gate", START, List.of(), List.of(), GateVerdict.GO, true))
                .verdict())
        .isEqualTo(GateVerdict.INCONCLUSIVE);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Outcome.OK, Outcome.FAILED, Outcome.FAILED, Outcome.UNKNOWN),
            Arbitraries.integers().between(0, 40))
        .as(Step::new)
        .list()
        .ofMaxSize(30);
  }
}
