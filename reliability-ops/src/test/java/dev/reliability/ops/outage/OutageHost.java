package dev.reliability.ops.outage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.check.Checks;
import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.ConnectivityGate;
import dev.reliability.core.health.Criterion;
import dev.reliability.core.health.Probe;
import dev.reliability.core.health.ReadinessEvaluator;
import dev.reliability.core.health.ReadinessGate;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A host with a fleet of real processes, all its times 200 times as short as usual: ten minutes are
 * three seconds. Its lane {@code build} needs a file of settings; without it a worker waits before
 * its start, as one does in an orchestrator whose configuration is missing. Does what its standard
 * input says, line by line, and says what became of it.
 */
final class OutageHost {
  static final int SCALE = 200;
  static final Duration START_DEADLINE = Duration.ofMinutes(10).dividedBy(SCALE);
  static final Duration RUN_DEADLINE = Duration.ofHours(1).dividedBy(SCALE);
  private static final Duration GRACE = Duration.ofSeconds(10).dividedBy(SCALE);
  static final Duration CHECK_EVERY = Duration.ofSeconds(40).dividedBy(SCALE);

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final Path settings;
  private final JdbcStore store;
  private final EventBus bus;
  private final ProcessRuntime processes;
  private final RunSupervisor supervisor;
  private boolean goesOn = true;

  private OutageHost(Path directory, Path settings) {
    this.settings = settings;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    store = JdbcStore.open(new HikariDataSource(config));
    bus = EventBus.builder(runtime).sink(JournalWriter.open(directory)).build();
    Ledger ledger = Ledger.open(directory.resolve("ledger"), bus.epoch());
    processes = ProcessRuntime.builder(runtime).ledger(ledger).build();
    supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .policy(
                RunPolicy.builder()
                    .startDeadline(START_DEADLINE)
                    .graces(GRACE, GRACE, GRACE)
                    .spawnRetry(RetryPolicy.none())
                    .jobs("review")
                    .lane("review", times -> times.withRunDeadline(RUN_DEADLINE))
                    .maxConcurrentPerLane(4)
                    .maxAttempts(1)
                    .build())
            .store(store.runs())
            .leases(store.leases())
            .lanes(
                store.states(),
                (lane, episode, fingerprint) -> say("remediate " + lane + " " + fingerprint))
            .build();
  }

  private static synchronized void say(String words) {
    System.out.println(words);
    System.out.flush();
  }

  /** {@code DIRECTORY SETTINGS}. */
  public static void main(String[] args) throws IOException {
    OutageHost host = new OutageHost(Path.of(args[0]), Path.of(args[1]));
    host.watch();
    host.workOnDocs(1);
    say("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      host.run(line.split(" "));
    }
    host.goesOn = false;
    host.supervisor.close();
    host.processes.close();
    host.bus.close();
    System.exit(0);
  }

  /** Looks at what it depends on, all the time. */
  private void watch() {
    Preflight.builder(bus)
        .check("model-settings", Checks.file(settings))
        .attempts(1, Duration.ofMillis(1))
        .escalation(
            new DependencyEscalation(
                store.states(), bus, (name, failures, why) -> say("critical " + name)))
        .build()
        .start(CHECK_EVERY);
    ReadinessEvaluator.builder(
            ReadinessGate.builder("fleet")
                .criterion(Criterion.builder("settings").spacing(Duration.ofMillis(100)).build())
                .build(),
            store.states(),
            bus)
        .probe("settings", () -> CompletableFuture.completedFuture(answer()))
        .build()
        .start(CHECK_EVERY);
  }

  private Probe.Answer answer() {
    return Files.exists(settings)
        ? Probe.Answer.ok("it is there")
        : Probe.Answer.failed("it is gone", settings + " is not there");
  }

  private void run(String[] words) {
    switch (words[0]) {
      case "submit" -> submit(words[1], words[2]);
      case "probe" ->
          ConnectivityGate.builder(
                  bus,
                  store.states(),
                  Reconciler.builder(bus, store.runs()).supervisor(supervisor).build())
              .lane("build", lane -> supervisor.run(probe(lane), worker("build", "probe")))
              .lane("docs", lane -> supervisor.run(probe(lane), worker("docs", "probe")))
              .build()
              .judge()
              .thenAccept(report -> say("probed " + report.verdict()));
      default -> say("unknown " + words[0]);
    }
  }

  private Work probe(String lane) {
    return Work.of(lane, "probe-" + bus.newId());
  }

  private void submit(String lane, String item) {
    supervisor
        .run(Work.of(lane, item), worker(lane, item))
        .thenAccept(
            outcome ->
                say(
                    "outcome "
                        + item
                        + " "
                        + outcome.ended().map(end -> end.reason().toString()).orElse("refused")));
  }

  private Worker worker(String lane, String item) {
    String script =
        item.startsWith("hangs")
            ? "trap '' TERM; while :; do sleep 1; done"
            : "echo working on " + item + "; sleep 0.2; echo done";
    Worker worker = processes.worker(ProcessSpec.of("sh", "-c", script));
    return lane.equals("build") ? new WaitsForFile(settings, worker, runtime) : worker;
  }

  /** One item after the other, as long as the host lives: not all of a fleet is hit. */
  private void workOnDocs(int number) {
    if (goesOn) {
      supervisor
          .run(Work.of("docs", "page-" + number), worker("docs", "page-" + number))
          .whenComplete((outcome, failure) -> workOnDocs(number + 1));
    }
  }
}
