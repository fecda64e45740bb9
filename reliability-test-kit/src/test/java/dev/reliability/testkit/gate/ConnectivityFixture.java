package dev.reliability.testkit.gate;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the tests of this are made of. */
abstract class ConnectivityFixture {
  static final String ONE = "jarvis-worker-1";
  static final String TWO = "jarvis-worker-2";
  static final WorkerScript WELL =
      WorkerScript.idle()
          .at(Duration.ofSeconds(1), new WorkerScript.Result("ok"))
          .exitAt(Duration.ofSeconds(2), 0);
  static final String DEAD = "incarnation-before";
  final World world = World.create(7);
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();
  final InMemoryRunStore runs = new InMemoryRunStore();
  final InMemoryStateStore state = new InMemoryStateStore();
  final RunSupervisor supervisor = RunSupervisor.builder().bus(bus).store(runs).build();
  final Map<String, WorkerScript> scripts = new LinkedHashMap<>();
  List<GateLine> preflight = List.of(GateLine.pass("preflight", "3 checks"));
  int probes;

  CompletionStage<RunOutcome> probe(String lane) {
    probes++;
    WorkerScript script = scripts.getOrDefault(lane, WELL);
    return supervisor.run(Work.of(lane, "probe-" + probes), FakeWorker.playing(world, script));
  }

  ConnectivityGate.Builder bare() {
    return ConnectivityGate.builder(
            bus,
            state,
            Reconciler.builder(bus, runs).supervisor(supervisor).ownerIsDead(DEAD::equals).build())
        .lane(TWO, this::probe)
        .configHash("c0ffee");
  }

  ConnectivityGate.Builder builder() {
    return bare()
        .prerequisite("preflight", () -> CompletableFuture.completedFuture(preflight))
        .lane(ONE, this::probe);
  }

  GateReport judge(ConnectivityGate gate) {
    return world.await(gate.judge());
  }

  static List<String> texts(GateReport report) {
    return report.lines().stream().map(GateLine::text).toList();
  }

  String everythingTwice() {
    scripts.put(TWO, WorkerScript.idle());
    ConnectivityGate gate = builder().build();
    return judge(gate).text() + judge(gate).text();
  }
}
