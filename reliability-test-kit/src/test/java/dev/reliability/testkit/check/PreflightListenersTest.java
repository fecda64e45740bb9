package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A listener that hangs, on real threads: no preflight waits, and only the newest report does. */
class PreflightListenersTest {

  @Test
  void whoIsBusySeesTheNewestReportAndNoOther() throws InterruptedException {
    List<PreflightReport> seen = new CopyOnWriteArrayList<>();
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = EventBus.builder(runtime).build()) {
      Preflight preflight =
          Preflight.builder(bus)
              .check("it", context -> CompletableFuture.completedFuture(CheckResult.passed("")))
              .onReport(
                  report -> {
                    seen.add(report);
                    busy.countDown();
                    try {
                      free.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  })
              .build();
      PreflightReport first = runtime.await(preflight.run());
      busy.await();
      for (int i = 0; i < 20; i++) {
        assertThat(runtime.await(preflight.run()).passed()).isTrue();
      }
      PreflightReport newest = preflight.last().orElseThrow();
      free.countDown();
      await().atMost(Duration.ofSeconds(30)).until(() -> seen.contains(newest));
      assertThat(seen).containsExactly(first, newest);
    }
  }
}
