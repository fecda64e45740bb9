package dev.reliability.testkit.health;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.Readiness;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.health.Veto;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the tests of this are made of. */
abstract class ReadinessFixture {
  static final Duration MINUTE = Duration.ofMinutes(1);
  static final ReadinessGate GATE =
      ReadinessGate.builder("handoff")
          .criterion(Criterion.named("cron"))
          .criterion(Criterion.builder("queue").successThreshold(2).build())
          .veto(Veto.handoff())
          .build();
  final World world = World.create(1);
  final InMemoryStateStore store = new InMemoryStateStore();
  final Stubs.Failing failing = new Stubs.Failing();
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();
  final List<String> calls = new ArrayList<>();
  CompletableFuture<Probe.Answer> cron = answer(Probe.Answer.ok("none late"));
  CompletableFuture<Probe.Answer> queue = answer(Probe.Answer.ok("12 waiting"));
  final ReadinessEvaluator evaluator = evaluator(store);

  static CompletableFuture<Probe.Answer> answer(Probe.Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  ReadinessEvaluator evaluator(StateStore on) {
    return ReadinessEvaluator.builder(GATE, on, bus)
        .probe(
            "cron",
            () -> {
              calls.add("cron");
              return cron;
            })
        .probe(
            "queue",
            () -> {
              calls.add("queue");
              return queue;
            })
        .build();
  }

  Readiness evaluated() {
    Readiness readiness = world.await(evaluator.evaluate());
    world.advance(MINUTE);
    return readiness;
  }

  List<HealthEvent.Verdict> verdicts() {
    world.advance(Duration.ZERO);
    return events.stream()
        .map(Event::data)
        .filter(HealthEvent.Verdict.class::isInstance)
        .map(HealthEvent.Verdict.class::cast)
        .toList();
  }
}
