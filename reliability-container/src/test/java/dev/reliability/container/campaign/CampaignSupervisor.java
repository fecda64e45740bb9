package dev.reliability.container.campaign;

import dev.reliability.container.OutputSpec;
import dev.reliability.container.engine.Engine;
import dev.reliability.container.engine.EngineRuntime;
import dev.reliability.container.engine.EngineSpec;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.reconcile.StaleThresholds;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import dev.reliability.testkit.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sqlite.SQLiteDataSource;

/**
 * One incarnation of a host: clears up behind the dead ones, says {@code ready}, then keeps several
 * workers going, processes and containers, of which some end well and some in every way they should
 * not, until its input ends. Whatever happens to it is its tester's doing.
 */
final class CampaignSupervisor {
  private static final int AT_ONCE = 8;

  private static final RunPolicy POLICY =
      RunPolicy.builder()
          .noOutputTimeout(Duration.ofSeconds(2))
          .idleTimeout(Duration.ofMillis(500))
          .hardTimeout(Duration.ofSeconds(4))
          .startDeadline(Duration.ofSeconds(20))
          .linger(Duration.ofMillis(300))
          .graces(Duration.ofMillis(200), Duration.ofMillis(300), Duration.ofSeconds(8))
          .spawnRetry(
              RetryPolicy.exponential(Duration.ofMillis(100), Duration.ofSeconds(1))
                  .maxAttempts(3)
                  .maxElapsed(Duration.ofSeconds(15)))
          .build();

  private static final List<String> SCRIPTS =
      List.of(
          "echo marker; echo 'result fine'",
          "echo marker; exit 3",
          "for i in 1 2 3 4; do echo marker; sleep 0.2; done",
          "exec sleep 300",
          "echo marker; cat >/dev/null",
          "trap '' TERM; echo marker; while :; do sleep 1; done",
          "echo marker; echo 'result fine'; exec sleep 300",
          "(sleep 300 & sleep 300 & ) >/dev/null 2>&1; echo marker; exit 0",
          "while :; do echo marker; sleep 0.1; done");

  private CampaignSupervisor() {}

  /** {@code HOME IMAGE OWNER SEED RUNS}: begins that many runs at most, and reads until the end. */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    String image = args[1];
    SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]));
    int runs = Integer.parseInt(args[4]);
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + home.resolve("runs.db"));
    Engine engine =
        Engine.podman()
            .withEnvironment("CONTAINERS_CONF", System.getenv("CONTAINERS_CONF"))
            .withEnvironment("CONTAINERS_STORAGE_CONF", System.getenv("CONTAINERS_STORAGE_CONF"));
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        JournalWriter journal = JournalWriter.open(home.resolve("journal"));
        EventBus bus = EventBus.builder(runtime).sink(journal).build();
        Ledger ledger = Ledger.open(home.resolve("ledger"), bus.epoch());
        ProcessRuntime processes = ProcessRuntime.builder(runtime).ledger(ledger).build();
        EngineRuntime containers =
            EngineRuntime.builder(runtime, engine, args[2])
                .ledger(ledger)
                .startTimeout(Duration.ofSeconds(10))
                .callTimeout(Duration.ofSeconds(runs == 0 ? 30 : 5)) // the last one clears up
                .build();
        RunSupervisor supervisor =
            RunSupervisor.builder()
                .bus(bus)
                .policy(POLICY)
                .store(JdbcStore.open(database).runs())
                .drainTimeout(Duration.ZERO)
                .build()) {
      clearUp(bus, database, ledger, processes, containers, supervisor);
      System.out.println("ready");
      AtomicBoolean over = new AtomicBoolean();
      Thread worker =
          new Thread(
              () -> {
                Semaphore places = new Semaphore(AT_ONCE);
                for (int i = 0; i < runs && !over.get(); i++) {
                  places.acquireUninterruptibly();
                  String script = SCRIPTS.get(random.nextInt(SCRIPTS.size()));
                  OutputSpec output = OutputSpec.lines().markers(Scenario.markers());
                  Worker next =
                      random.nextInt(5) < 2
                          ? containers.worker(
                              EngineSpec.builder(image)
                                  .command("sh", "-c", script)
                                  .output(output)
                                  .build())
                          : processes.worker(
                              ProcessSpec.builder("sh", "-c", script).output(output).build());
                  System.out.println("begun");
                  supervisor
                      .run(Work.of("lane-" + i % 3, "item-" + i), next)
                      .thenRun(places::release);
                }
              });
      worker.setDaemon(true);
      worker.start();
      untilInputEnds();
      over.set(true);
    }
    System.out.println("closed");
  }

  private static void clearUp(
      EventBus bus,
      SQLiteDataSource database,
      Ledger ledger,
      ProcessRuntime processes,
      EngineRuntime containers,
      RunSupervisor supervisor) {
    OrphanReaper reaper =
        OrphanReaper.builder(bus, ledger.directory())
            .source(processes.orphans(Duration.ofMillis(500)), OrphanPolicy.STOP)
            .source(containers.orphans(Duration.ofMillis(500)), OrphanPolicy.STOP)
            .build();
    Reconciler reconciler =
        Reconciler.builder(bus, JdbcStore.open(database).runs())
            .supervisor(supervisor)
            .handles(processes.handles())
            .handles(containers.handles())
            .handles(reaper.handles())
            .ownerIsDead(ledger.directory()::isDead)
            .thresholds(new StaleThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO))
            .dryRun(false)
            .killUnrecorded(true)
            .build();
    try {
      ReapReport reaped = reaper.reap().join();
      System.out.println("reaped " + reaped.settled() + reaped.unreadable() + reaped.unanswered());
      Reconciliation reconciled = reconciler.reconcile().join();
      System.out.println("reconciled " + reconciled.settled());
    } catch (RuntimeException e) { // an engine that hangs: the next incarnation has better luck
      System.out.println("not cleared up: " + e);
    }
  }

  private static void untilInputEnds() throws IOException {
    while (System.in.read() >= 0) {
      // nothing is ever said
    }
  }
}
