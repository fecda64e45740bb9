package dev.reliability.core.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemRuntimeTest {
  private static final Executor DIRECT = Runnable::run;

  @Test
  void hasANameByDefault() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system()) {
      assertThat(runtime.node()).isNotBlank().isEqualTo(runtime.node().strip());
    }
    try (ReliabilityRuntime runtime = SystemRuntime.builder().node("worker-7").build()) {
      assertThat(runtime.node()).isEqualTo("worker-7");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "\u0000"})
  void refusesANameThatIsNone(String name) {
    assertThatThrownBy(() -> SystemRuntime.builder().node(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node");
  }

  @Test
  void refusesWhatWasSetBefore() {
    SystemRuntime.Builder builder =
        SystemRuntime.builder().node("a").hostExecutor(DIRECT).ioExecutor(DIRECT);
    assertThatThrownBy(() -> builder.node("b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("node");
    assertThatThrownBy(() -> builder.hostExecutor(DIRECT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("hostExecutor");
    assertThatThrownBy(() -> builder.ioExecutor(DIRECT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ioExecutor");
  }

  @Test
  void refusesNull() {
    SystemRuntime.Builder builder = SystemRuntime.builder();
    assertThatThrownBy(() -> builder.node(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.hostExecutor(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> builder.ioExecutor(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void awaitGivesTheValueOrSaysWhyThereIsNone() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      CompletableFuture<String> later = new CompletableFuture<>();
      runtime
          .scheduler()
          .schedule(
              runtime.strand(Strand.Kind.CONTROL, "later"),
              5_000_000,
              () -> later.complete("done"));
      assertThat(runtime.await(later)).isEqualTo("done");
      assertThatThrownBy(
              () -> runtime.await(CompletableFuture.failedFuture(new IOException("broken"))))
          .isInstanceOf(CompletionException.class)
          .hasRootCauseInstanceOf(IOException.class);
      CompletableFuture<String> cancelled = new CompletableFuture<>();
      cancelled.cancel(false);
      assertThatThrownBy(() -> runtime.await(cancelled))
          .isInstanceOf(CompletionException.class)
          .hasRootCauseInstanceOf(CancellationException.class);
    }
  }

  @Test
  void readsTheSystemsClocks() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      long nanos = System.nanoTime();
      Instant wall = Instant.now();
      assertThat(runtime.time().nanos() - nanos).isBetween(0L, SECONDS.toNanos(60));
      assertThat(runtime.time().wall()).isBetween(wall.minusSeconds(60), wall.plusSeconds(60));
    }
  }

  @Test
  void strandsSayWhatTheyAreAndRunOnDaemonThreadsNamedAfterIt() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      for (Strand.Kind kind : Strand.Kind.values()) {
        Strand strand = runtime.strand(kind, "label of " + kind);
        assertThat(strand.kind()).isEqualTo(kind);
        assertThat(strand.label()).isEqualTo("label of " + kind);
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        strand.execute(() -> ran.complete(Thread.currentThread()));
        Thread thread = runtime.await(ran);
        assertThat(thread.isDaemon()).isTrue();
        String name =
            kind == Strand.Kind.MONITOR
                ? "control"
                : kind.name().toLowerCase(java.util.Locale.ROOT);
        assertThat(thread.getName()).matches("reliability-" + name + "-\\d+");
      }
    }
  }

  @Test
  void afterCloseTheThreadsEndButTasksOnStrandsStillRun() {
    SystemRuntime runtime = SystemRuntime.builder().build();
    List<Strand> strands =
        List.of(Strand.Kind.values()).stream().map(kind -> runtime.strand(kind, "late")).toList();
    List<Thread> threads = strands.stream().map(strand -> thread(runtime, strand)).toList();
    runtime.close();
    runtime.close();
    await().atMost(60, SECONDS).until(() -> threads.stream().noneMatch(Thread::isAlive));
    List<Thread> late = strands.stream().map(strand -> thread(runtime, strand)).toList();
    assertThat(late).doesNotContainAnyElementsOf(threads);
    await().atMost(60, SECONDS).until(() -> late.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void doesNotCloseAnExecutorOfTheHost() {
    ExecutorService host = Executors.newSingleThreadExecutor();
    try {
      SystemRuntime runtime = SystemRuntime.builder().hostExecutor(host).ioExecutor(host).build();
      thread(runtime, runtime.strand(Strand.Kind.DELIVERY, "test"));
      thread(runtime, runtime.strand(Strand.Kind.IO, "test"));
      runtime.close();
      assertThat(host.isShutdown()).isFalse();
    } finally {
      host.shutdown();
    }
  }

  private static Thread thread(SystemRuntime runtime, Strand strand) {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    strand.execute(() -> ran.complete(Thread.currentThread()));
    return runtime.await(ran);
  }

  /**
   * Nothing that would end it fires any more: whoever waits is told, and does not wait for ever.
   */
  @Test
  void whoWaitsWhenItIsClosedIsToldSo() {
    SystemRuntime closing = SystemRuntime.builder().build();
    CompletableFuture<String> never = new CompletableFuture<>();
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> closing.await(never));
    closing.close();
    assertThatThrownBy(waiting::join)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the runtime was closed before this was done");
    assertThat(closing.await(CompletableFuture.completedFuture("done"))).isEqualTo("done");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(new IOException("broken"));
    assertThatThrownBy(() -> closing.await(failed)).hasCauseInstanceOf(IOException.class);
  }
}
