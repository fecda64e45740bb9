package dev.reliability.container.process;

import dev.reliability.container.ChildJvm;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunListener;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A supervisor in a JVM of its own, which somebody will kill: supervises a worker for each script,
 * or dies by itself at one step of a start.
 */
final class DoomedSupervisor {
  private DoomedSupervisor() {}

  /** Where it dies. */
  enum Death {
    /** Whenever somebody kills it. */
    LATER,
    /** The intent is written, and nothing is started. */
    BEFORE_START,
    /** It is started, and nobody has written down who it became. */
    AFTER_START
  }

  static Process start(
      Path directory, Death death, long stranger, ProcessFence fence, String... scripts)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(directory.toString(), death.name(), Long.toString(stranger), fence.name()));
    arguments.addAll(List.of(scripts));
    return ChildJvm.builder(DoomedSupervisor.class, arguments).start();
  }

  /**
   * {@code DIRECTORY DEATH STRANGER FENCE SCRIPT ...}. Says its incarnation, then each run, then
   * {@code ready}. Of the process {@code STRANGER} its ledger says that it was once somebody else's
   * pid.
   */
  public static void main(String[] args) throws Exception {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    EventBus bus = EventBus.builder(runtime).build();
    Ledger ledger = Ledger.open(Path.of(args[0]), bus.epoch());
    System.out.println(bus.epoch());
    Death death = Death.valueOf(args[1]);
    long stranger = Long.parseLong(args[2]);
    if (stranger > 0) {
      ledger
          .intend(new Intent("process", "reused", 1, "lane", "item", bus.epoch(), "reused"))
          .became(
              Map.of(
                  Bookkeeper.PID,
                  Long.toString(stranger),
                  Bookkeeper.START,
                  "1",
                  Bookkeeper.SESSION,
                  Fence.GROUP,
                  Bookkeeper.BOOT,
                  Boot.id()));
    }
    ProcSource source = ProcSource.system();
    Launcher.Starter starter =
        builder -> {
          if (death == Death.BEFORE_START) {
            Runtime.getRuntime().halt(9);
          }
          Process process = builder.start();
          if (death == Death.AFTER_START) {
            Runtime.getRuntime().halt(9);
          }
          return process;
        };
    ProcessRuntime processes =
        ProcessRuntime.create(
            runtime,
            source,
            FenceFinder.system(source).find(ProcessFence.valueOf(args[3]), null),
            starter,
            "doomed",
            true,
            new Bookkeeper(ledger, true));
    CountDownLatch up = new CountDownLatch(args.length - 4);
    RunSupervisor supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .policy(
                RunPolicy.builder()
                    .graces(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(5))
                    .build())
            .drainTimeout(Duration.ZERO)
            .listener(
                new RunListener() {
                  @Override
                  public void progressed(String run, Work work, long count, long outputBytes) {
                    up.countDown();
                  }
                })
            .build();
    for (int i = 4; i < args.length; i++) {
      RunHandle run =
          supervisor.submit(
              Work.of("lane", "item-" + i),
              processes.worker(
                  ProcessSpec.builder("sh", "-c", args[i])
                      .output(OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")))
                      .build()));
      System.out.println(run.id());
    }
    up.await();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // nothing is ever said; the end is
    }
    supervisor.close();
    processes.close();
    ledger.close();
    bus.close();
    runtime.close();
  }
}
