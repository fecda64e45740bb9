package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.testkit.world.World;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several journals are fed by several threads while others bind registries and look. */
class MetersConcurrencyTest {
  private static final int THREADS = 4;
  private static final int RUNS = 3000;
  private static final int LANES = 30;

  private final ReliabilityMeters meters =
      ReliabilityMeters.builder(World.create(1).time()).maxLanes(LANES).build();

  @Test
  void nothingIsCountedTwiceOrNotAtAll() throws Exception {
    PrometheusMeterRegistry before = Exposition.registry(meters);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> all = new ArrayList<>();
    List<PrometheusMeterRegistry> bound = new ArrayList<>();
    try {
      for (int thread = 0; thread < THREADS; thread++) {
        String epoch = "epoch-" + thread;
        all.add(threads.submit(after(go, () -> feed(epoch))));
      }
      all.add(
          threads.submit(
              after(
                  go,
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      bound.add(Exposition.registry(meters));
                    }
                  })));
      all.add(
          threads.submit(
              after(
                  go,
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      Exposition.of(before);
                    }
                  })));
      go.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }

    Exposition now = Exposition.of(before);
    assertThat(now.value("reliability_runs_ended_total{reason=completed}"))
        .isEqualTo(THREADS * RUNS / 2.0);
    assertThat(now.value("reliability_runs_ended_total{reason=no_output_timeout}"))
        .isEqualTo(THREADS * RUNS / 2.0);
    assertThat(now.value("reliability_stalls_total{kind=no_output_timeout}"))
        .isEqualTo(THREADS * RUNS / 2.0);
    assertThat(now.value("reliability_events_total{type=run.progress}"))
        .isEqualTo(THREADS * RUNS * 5.0);
    assertThat(now.value("reliability_runs{state=queued}")).isZero();
    assertThat(now.value("reliability_runs{state=running}")).isZero();
    double lanes = 0;
    for (int lane = 0; lane < LANES; lane++) {
      lanes += now.value("reliability_lane_runs_ended_total{lane=lane-" + lane + ", state=done}");
      assertThat(now.value("reliability_lane_active{lane=lane-" + lane + "}")).isZero();
    }
    assertThat(lanes).isEqualTo(THREADS * RUNS / 2.0);
    assertThat(bound)
        .hasSize(20)
        .allSatisfy(
            registry ->
                assertThat(Exposition.of(registry).series().keySet())
                    .isEqualTo(now.series().keySet()));
  }

  private static Callable<Void> after(CountDownLatch go, Runnable task) {
    return () -> {
      go.await();
      task.run();
      return null;
    };
  }

  private void feed(String epoch) {
    long seq = 0;
    for (int i = 0; i < RUNS; i++) {
      Subject run = Subject.ofRun("lane-" + i % LANES, "item-" + epoch + i, epoch + "-" + i);
      boolean ok = i / LANES % 2 == 0;
      meters.accept(event(epoch, ++seq, run, new RunEvent.Queued()));
      meters.accept(event(epoch, ++seq, run, new RunEvent.Started(1, "w", Duration.ofMillis(3))));
      for (int progress = 1; progress <= 5; progress++) {
        meters.accept(event(epoch, ++seq, run, new RunEvent.Progress(progress, 10)));
      }
      if (!ok) {
        meters.accept(
            event(
                epoch, ++seq, run, new RunEvent.StopRequested(EndReason.NO_OUTPUT_TIMEOUT, null)));
      }
      meters.accept(
          event(
              epoch,
              ++seq,
              run,
              Samples.ended(ok ? EndReason.COMPLETED : EndReason.NO_OUTPUT_TIMEOUT, ok)));
    }
  }

  private static Event event(String epoch, long seq, Subject subject, EventData data) {
    return new Event(
        new EventId(epoch, seq), Instant.ofEpochSecond(seq), seq, "n", subject, null, data);
  }
}
