package dev.reliability.testkit.run;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** A supervisor in a simulated world, with everything it says written down. */
final class Simulation {
  static final Duration HORIZON = Duration.ofDays(2);

  final World world;
  final List<Event> events = new ArrayList<>();
  final EventBus bus;
  final RunSupervisor supervisor;

  Simulation(RunPolicy policy, UnaryOperator<RunSupervisor.Builder> more) {
    this(policy, new InMemoryRunStore(), more);
  }

  Simulation(RunPolicy policy, RunStore store, UnaryOperator<RunSupervisor.Builder> more) {
    this(policy, store, (world, builder) -> more.apply(builder));
  }

  Simulation(
      RunPolicy policy,
      RunStore store,
      BiFunction<World, RunSupervisor.Builder, RunSupervisor.Builder> more) {
    this(7, policy, store, more);
  }

  Simulation(
      long seed,
      RunPolicy policy,
      RunStore store,
      BiFunction<World, RunSupervisor.Builder, RunSupervisor.Builder> more) {
    world = World.create(seed);
    bus = EventBus.builder(world).sink(events::add).build();
    supervisor =
        more.apply(world, RunSupervisor.builder().bus(bus).policy(policy).store(store)).build();
  }

  static Simulation of(RunPolicy policy) {
    return new Simulation(policy, builder -> builder);
  }

  FakeWorker worker(WorkerScript script) {
    return FakeWorker.playing(world, script);
  }

  RunReport run(WorkerScript script) {
    return run(worker(script));
  }

  RunReport run(Worker worker) {
    return report(supervisor.run(Work.of("lane", "item"), worker));
  }

  RunReport report(CompletableFuture<RunOutcome> outcome) {
    world.runUntilIdle(HORIZON);
    return outcome.getNow(null).ended().orElseThrow();
  }

  <T extends EventData> List<T> all(Class<T> type) {
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  List<String> types() {
    return events.stream().map(Event::type).filter(type -> type.startsWith("run.")).toList();
  }

  Duration elapsedAt(Event event) {
    return Duration.ofNanos(event.mono());
  }
}
