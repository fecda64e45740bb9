package dev.reliability.testkit.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.health.Observation;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.Reading;
import dev.reliability.core.health.StandardSignals;
import dev.reliability.core.health.StandardSignals.Handoff;
import dev.reliability.core.health.Veto;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Invariant 17: what is older than its limit is downgraded, and without new data nothing gets any
 * better, whichever way the wall clock is set, however long the machine sleeps, and however often
 * the process starts anew. Within a process that holds for everything that was read; over restarts
 * for what an evaluator saw.
 */
class AgeProperties {
  private static final Duration TTL = StandardSignals.HANDOFF.ttl();
  private static final ReadinessGate GATE =
      ReadinessGate.builder("gate")
          .criterion(
              Criterion.builder("cron").ttl(Duration.ofMinutes(50)).spacing(Duration.ZERO).build())
          .criterion(
              Criterion.builder("queue")
                  .ttl(Duration.ofMinutes(90))
                  .spacing(Duration.ZERO)
                  .successThreshold(2)
                  .build())
          .veto(Veto.handoff())
          .build();

  /** What happens. */
  private enum Kind {
    ADVANCE,
    STEP_WALL,
    SUSPEND,
    RESTART,
    EVALUATE,
    PUBLISH_GO,
    PUBLISH_NO_GO,
    CRON_OK,
    CRON_FAILED,
    QUEUE_OK,
    QUEUE_FAILED
  }

  /** One thing that happens; {@code by} is negative only for a step of the wall clock. */
  private record Op(Kind kind, Duration by) {}

  /** One process after the other, on one store. */
  private static final class Host {
    private final World world = World.create(1);
    private final StateStore store = new InMemoryStateStore();
    private ReadinessEvaluator evaluator = started();
    private int observations;

    private ReadinessEvaluator started() {
      return ReadinessEvaluator.builder(GATE, store, EventBus.builder(world).build()).build();
    }

    void perform(Op op) {
      switch (op.kind()) {
        case ADVANCE -> world.advance(op.by());
        case STEP_WALL -> world.stepWall(op.by());
        case SUSPEND -> world.suspend(op.by());
        case RESTART -> evaluator = started();
        case EVALUATE -> world.await(evaluator.evaluate());
        case PUBLISH_GO -> publish(Handoff.GO);
        case PUBLISH_NO_GO -> publish(Handoff.NO_GO);
        case CRON_OK -> observe("cron", true);
        case CRON_FAILED -> observe("cron", false);
        case QUEUE_OK -> observe("queue", true);
        case QUEUE_FAILED -> observe("queue", false);
      }
    }

    private void publish(Handoff value) {
      evaluator.signals().publish(StandardSignals.HANDOFF, value, "handoff-check");
    }

    private void observe(String criterion, boolean ok) {
      evaluator
          .streaks()
          .record(
              criterion, "o" + ++observations, Observation.Outcome.of(ok), "", null, Duration.ZERO);
    }

    Reading<Handoff> read() {
      return evaluator.signals().read(StandardSignals.HANDOFF);
    }
  }

  private static boolean isNews(Kind kind) {
    return kind.compareTo(Kind.PUBLISH_GO) >= 0;
  }

  private static boolean isPublication(Kind kind) {
    return kind == Kind.PUBLISH_GO || kind == Kind.PUBLISH_NO_GO;
  }

  // ---- signals ----

  private static int rank(Reading<Handoff> reading) {
    return reading.fold(fresh -> 0, stale -> 1, unknown -> 2);
  }

  private static List<String> signals(List<Op> program, Function<Host, Reading<Handoff>> reader) {
    List<String> violations = new ArrayList<>();
    Host host = new Host();
    host.publish(Handoff.NO_GO);
    int worst = 0; // as read by this process
    int noted = 0; // as an evaluator saw it
    Duration least = Duration.ZERO;
    for (Op op : program) {
      host.perform(op);
      if (isPublication(op.kind())) {
        worst = noted = 0;
        least = Duration.ZERO;
      } else if (op.kind() == Kind.RESTART) {
        worst = noted;
        least = Duration.ZERO;
      } else if (op.kind() == Kind.ADVANCE) {
        least = least.plus(op.by());
      }
      Reading<Handoff> reading = reader.apply(host);
      if (rank(reading) < worst) {
        violations.add("better without new data after " + op + ": " + reading);
      }
      worst = rank(reading);
      noted = op.kind() == Kind.EVALUATE ? worst : noted;
      Duration age = reading.age();
      if (age == null || age.isNegative()) {
        violations.add("age " + age + " after " + op);
      } else if (age.compareTo(least) < 0) {
        violations.add("age " + age + " although " + least + " have passed, after " + op);
      } else if (rank(reading) < 2 && (age.compareTo(TTL) > 0) != reading.stale()) {
        violations.add("stale: " + reading.stale() + " at " + age);
      }
    }
    return violations;
  }

  @Property(tries = 700)
  void invariant17HoldsForSignals(@ForAll("programs") List<Op> program) {
    assertThat(signals(program, Host::read)).isEmpty();
  }

  /** One that goes by the wall clock alone. */
  private static Reading<Handoff> naive(Host host) {
    Reading<Handoff> right = host.read();
    Instant observedAt =
        Instant.parse(host.store.read("signal/handoff").orElseThrow().values().get("observed_at"));
    Duration age = Duration.between(observedAt, host.world.time().wall());
    return right.fold(
        fresh ->
            age.compareTo(TTL) > 0
                ? new Reading.Stale<>(Handoff.NO_OPINION, fresh.signal(), age)
                : new Reading.Fresh<>(fresh.signal(), age),
        stale ->
            age.compareTo(TTL) > 0
                ? new Reading.Stale<>(Handoff.NO_OPINION, stale.signal(), age)
                : new Reading.Fresh<>(stale.signal(), age),
        unknown -> right);
  }

  @Example
  void aReaderThatGoesByTheWallClockAloneIsFound() {
    List<Op> program =
        List.of(
            new Op(Kind.ADVANCE, Duration.ofMinutes(31)),
            new Op(Kind.STEP_WALL, Duration.ofMinutes(-40)));
    assertThat(signals(program, AgeProperties::naive))
        .anyMatch(violation -> violation.startsWith("better without new data"))
        .anyMatch(violation -> violation.startsWith("age PT-"));
    assertThat(signals(program, Host::read)).isEmpty();
  }

  @Example
  void aRestartMakesNothingYoungerThatAnEvaluatorSaw() {
    List<Op> program =
        List.of(
            new Op(Kind.ADVANCE, Duration.ofMinutes(31)),
            new Op(Kind.EVALUATE, Duration.ZERO),
            new Op(Kind.STEP_WALL, Duration.ofMinutes(-20)),
            new Op(Kind.RESTART, Duration.ZERO));
    assertThat(signals(program, Host::read)).isEmpty();
    Host host = new Host();
    host.publish(Handoff.NO_GO);
    program.forEach(host::perform);
    assertThat(host.read().stale()).isTrue();
  }

  // ---- gates ----

  private static List<String> gates(List<Op> program) {
    List<String> violations = new ArrayList<>();
    Host host = new Host();
    GateVerdict worst = GateVerdict.INCONCLUSIVE; // as seen by this process
    GateVerdict evaluated = GateVerdict.INCONCLUSIVE;
    boolean news = false; // that no evaluator saw
    Map<Kind, Boolean> failed = new EnumMap<>(Kind.class); // by the kind that says so
    for (Op op : program) {
      host.perform(op);
      news |= isNews(op.kind());
      if (op.kind() == Kind.CRON_OK || op.kind() == Kind.CRON_FAILED) {
        failed.put(Kind.CRON_FAILED, op.kind() == Kind.CRON_FAILED);
      } else if (op.kind() == Kind.QUEUE_OK || op.kind() == Kind.QUEUE_FAILED) {
        failed.put(Kind.QUEUE_FAILED, op.kind() == Kind.QUEUE_FAILED);
      } else if (op.kind() == Kind.RESTART) {
        worst = evaluated;
      }
      GateVerdict verdict = host.evaluator.view().verdict();
      if (verdict == GateVerdict.GO && worst != GateVerdict.GO && !news) {
        violations.add("GO after " + worst + " without new data, by " + op);
      }
      if (op.kind() == Kind.EVALUATE) {
        if (verdict == GateVerdict.GO
            && evaluated != GateVerdict.GO
            && failed.containsValue(true)) {
          violations.add("GO after " + evaluated + " by a failure");
        }
        evaluated = verdict;
        news = false;
      } else if (verdict == GateVerdict.GO && evaluated != GateVerdict.GO) {
        violations.add("GO by looking, after " + op + "; the last evaluation said " + evaluated);
      }
      worst = verdict;
    }
    return violations;
  }

  @Property(tries = 700)
  void withoutNewDataNoGateOpens(@ForAll("programs") List<Op> program) {
    assertThat(gates(program)).isEmpty();
  }

  /** Gates do open in these programs, or the property above would say nothing. */
  @Example
  void aVetoThatBecameStaleOpensNothingUntilEverythingWasSeenAnew() {
    List<Op> program =
        List.of(
            new Op(Kind.CRON_OK, Duration.ZERO),
            new Op(Kind.QUEUE_OK, Duration.ZERO),
            new Op(Kind.QUEUE_OK, Duration.ZERO),
            new Op(Kind.PUBLISH_NO_GO, Duration.ZERO),
            new Op(Kind.ADVANCE, Duration.ofMinutes(31)),
            new Op(Kind.EVALUATE, Duration.ZERO));
    Host host = new Host();
    program.forEach(host::perform);
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.QUEUE_OK, Duration.ZERO));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.CRON_FAILED, Duration.ZERO));
    host.perform(new Op(Kind.EVALUATE, Duration.ZERO));
    assertThat(host.evaluator.view().verdict())
        .as("seen anew, and not met")
        .isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.CRON_OK, Duration.ZERO));
    assertThat(host.evaluator.view().verdict())
        .as("to look opens nothing")
        .isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.EVALUATE, Duration.ZERO));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.GO);
    host.perform(new Op(Kind.CRON_FAILED, Duration.ZERO));
    host.perform(new Op(Kind.EVALUATE, Duration.ZERO));
    assertThat(host.evaluator.view().verdict())
        .as("one failure is tolerated again")
        .isEqualTo(GateVerdict.GO);
  }

  /** All that is stale, a wall clock that is set back, and a failure: nothing of it is good. */
  @Example
  void aFailureOpensNothingWhicheverWayTheWallClockIsSet() {
    Host host = new Host();
    List.of(Kind.CRON_OK, Kind.QUEUE_OK, Kind.QUEUE_OK, Kind.EVALUATE)
        .forEach(kind -> host.perform(new Op(kind, Duration.ZERO)));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.GO);
    host.perform(new Op(Kind.ADVANCE, Duration.ofHours(2)));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.STEP_WALL, Duration.ofMinutes(-119)));
    host.perform(new Op(Kind.QUEUE_OK, Duration.ZERO));
    host.perform(new Op(Kind.CRON_FAILED, Duration.ZERO));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.EVALUATE, Duration.ZERO));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
    host.perform(new Op(Kind.RESTART, Duration.ZERO));
    assertThat(host.evaluator.view().verdict()).isEqualTo(GateVerdict.INCONCLUSIVE);
  }

  @Provide
  Arbitrary<List<Op>> programs() {
    Arbitrary<Duration> spans =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.longs().between(0, 40).map(Duration::ofMinutes)),
            Tuple.of(1, Arbitraries.of(TTL, TTL.plusNanos(1), TTL.minusNanos(1))),
            Tuple.of(1, Arbitraries.longs().between(0, 400).map(Duration::ofMinutes)));
    Arbitrary<Op> ops =
        Combinators.combine(Arbitraries.of(Kind.class), spans, Arbitraries.of(true, false))
            .as(
                (kind, span, back) ->
                    new Op(kind, kind == Kind.STEP_WALL && back ? span.negated() : span));
    return ops.list().ofMaxSize(30);
  }
}
