package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch looks for as long as there is something to watch, and no longer than it may. */
class EngineWatchTest {
  private static final Duration EVERY = Duration.ofMillis(20);

  @TempDir Path directory;

  @Test
  void aStoppedWatchLooksNoMoreAlthoughThereIsSomethingToWatch() throws IOException {
    StubEngine stub = new StubEngine(directory);
    stub.say("ps", "exit 1"); // nothing is compared, since nobody can tell
    AtomicInteger looks = new AtomicInteger();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      Timers timers = new Timers(runtime);
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "watch");
      EngineCli cli =
          new EngineCli(stub.engine(), processes, timers, strand, Duration.ofSeconds(5), 1);
      EngineContainer container = new EngineContainer(stub.engine(), null, Map.of(), null, false);
      Supplier<Collection<EngineContainer>> known =
          () -> {
            looks.incrementAndGet();
            return List.of(container);
          };
      EngineWatch watch =
          new EngineWatch(
              new EngineCommands(stub.engine(), cli), timers, strand, "owner", EVERY, known);

      watch.arm();
      await("it looks again and again").until(() -> looks.get() > 4);
      watch.stop();
      await("it is at rest").during(EVERY.multipliedBy(10)).until(unchanged(looks));
      assertThat(stub.calls()).contains("ps");
    }
  }

  /** Whether the number is what it was when it was last asked. */
  private static Callable<Boolean> unchanged(AtomicInteger number) {
    AtomicInteger last = new AtomicInteger(-1);
    return () -> last.getAndSet(number.get()) == number.get();
  }
}
