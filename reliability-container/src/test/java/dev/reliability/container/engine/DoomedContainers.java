package dev.reliability.container.engine;

import dev.reliability.container.ChildJvm;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunListener;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A supervisor of containers in a JVM of its own, which somebody will kill. */
final class DoomedContainers {
  static final OutputSpec OUTPUT =
      OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result"));
  private static final Duration APART = Duration.ofMillis(60);

  private DoomedContainers() {}

  /** When it says that it is ready to be killed. */
  enum Ready {
    /** Each of its containers has told a marker. */
    UP,
    /** It has just begun to start the last of its containers, a little after the others. */
    STARTING,
    /** It has adopted as many containers as there are scripts, and each has told a marker. */
    ADOPTED
  }

  static Process start(
      RealPodman podman, Path ledgers, String owner, Ready ready, String... scripts)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(ledgers.toString(), owner, ready.name()));
    arguments.addAll(List.of(scripts));
    ProcessBuilder builder = ChildJvm.builder(DoomedContainers.class, arguments);
    builder.environment().putAll(podman.engine().environment());
    return builder.start();
  }

  /**
   * {@code LEDGERS OWNER READY SCRIPT ...}, with podman's own variables in the environment. Says
   * its incarnation, then each run, then {@code ready}.
   */
  public static void main(String[] args) throws Exception {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    EventBus bus = EventBus.builder(runtime).build();
    Ledger ledger = Ledger.open(Path.of(args[0]), bus.epoch());
    System.out.println(bus.epoch());
    Ready ready = Ready.valueOf(args[2]);
    EngineRuntime containers =
        EngineRuntime.builder(runtime, Engine.podman(), args[1]).ledger(ledger).build();
    CountDownLatch up = new CountDownLatch(args.length - 3);
    RunSupervisor supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .policy(RunPolicy.ofDefaults())
            .drainTimeout(Duration.ZERO)
            .listener(
                new RunListener() {
                  @Override
                  public void progressed(String run, Work work, long count, long outputBytes) {
                    if (count == 1) {
                      up.countDown();
                    }
                  }
                })
            .build();
    if (ready == Ready.ADOPTED) {
      OrphanReaper.builder(bus, ledger.directory())
          .source(
              containers.adoptable(
                  Duration.ZERO,
                  adoption ->
                      tell(supervisor.submit(Work.of("lane", "item"), adoption.worker(OUTPUT)))),
              OrphanPolicy.ADOPT)
          .build()
          .reap()
          .join();
    } else {
      CountDownLatch begun = new CountDownLatch(args.length - 3);
      Strand strand = runtime.strand(Strand.Kind.IO, "starts");
      for (int i = 3; i < args.length; i++) {
        String script = args[i];
        runtime
            .scheduler()
            .schedule(
                strand,
                APART.multipliedBy(i - 3).toNanos(),
                () -> {
                  tell(
                      supervisor.submit(
                          Work.of("lane", "item"),
                          containers.worker(
                              EngineSpec.builder(RealPodman.IMAGE)
                                  .command("sh", "-c", script)
                                  .output(OUTPUT)
                                  .build())));
                  begun.countDown();
                });
      }
      begun.await();
    }
    if (ready != Ready.STARTING) {
      up.await();
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // nothing is ever said; the end is
    }
    supervisor.close();
    containers.close();
    ledger.close();
    bus.close();
    runtime.close();
  }

  private static void tell(RunHandle run) {
    System.out.println(run.id());
  }
}
