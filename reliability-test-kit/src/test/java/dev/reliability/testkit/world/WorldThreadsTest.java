package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One thread owns a world. */
class WorldThreadsTest {
  private final World world = World.create(1);
  private final Strand strand = world.strand(Strand.Kind.CONTROL, "a");
  private final List<String> log = new ArrayList<>();

  @Test
  void otherThreadsMayNotTouchIt() {
    long timer = world.scheduler().schedule(strand, 5, () -> log.add("timer"));
    List<Runnable> deeds =
        List.of(
            () -> world.scheduler().schedule(strand, 1, () -> log.add("foreign")),
            () -> world.scheduler().cancel(timer),
            () -> strand.execute(() -> log.add("foreign")),
            () -> world.strand(Strand.Kind.IO, "foreign"),
            () -> world.advance(Duration.ofSeconds(1)),
            () -> world.advanceToNext(),
            () -> world.runUntil(() -> true, Duration.ofSeconds(1)),
            () -> world.runUntilIdle(Duration.ofSeconds(1)),
            () -> world.await(new CompletableFuture<Void>()),
            () -> world.stepWall(Duration.ofSeconds(1)),
            () -> world.pauseProcess(Duration.ofSeconds(1)),
            () -> world.trace("foreign"),
            () -> world.close());
    for (Runnable deed : deeds) {
      assertThat(onAnotherThread(deed))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stranger")
          .hasMessageContaining(Thread.currentThread().getName())
          .hasMessageContaining("inject");
    }
    world.advance(Duration.ofSeconds(1));
    assertThat(log).containsExactly("timer");
    assertThat(world.isReplayable()).isTrue();
  }

  @Test
  void otherThreadsMayReadTheClocksAndDrawRandomNumbers() {
    world.advance(Duration.ofHours(1));
    Throwable thrown =
        onAnotherThread(
            () -> {
              log.add(world.time().wall() + " " + world.elapsed());
              log.add("" + world.randomness().stream("a", "b").nextLong());
            });
    assertThat(thrown).isNull();
    assertThat(log)
        .containsExactly(
            "2026-01-01T01:00:00Z PT1H", "" + world.randomness().stream("a", "b").nextLong());
  }

  @Test
  void injectGivesItATaskFromAnotherThreadAndMarksTheRun() {
    Thread owner = Thread.currentThread();
    assertThat(onAnotherThread(() -> world.inject(() -> log.add("injected")))).isNull();
    assertThat(log).isEmpty();
    assertThat(world.isIdle()).isFalse();
    assertThat(world.isReplayable()).isFalse();
    world.inject(() -> log.add("on " + (Thread.currentThread() == owner)));
    assertThat(world.runUntilIdle(Duration.ofHours(1))).isEqualTo(Stop.IDLE);
    assertThat(log).containsExactly("injected", "on true");
    assertThat(world.elapsed()).isZero();
  }

  @Test
  void whatIsInjectedIsSeenByEveryKindOfDrive() {
    world.inject(() -> log.add("next"));
    assertThat(world.advanceToNext()).isTrue();
    world.inject(() -> log.add("advance"));
    world.advance(Duration.ofHours(1));
    CompletableFuture<String> stage = new CompletableFuture<>();
    world.inject(() -> stage.complete("await"));
    log.add(world.await(stage));
    assertThat(log).containsExactly("next", "advance", "await");
  }

  @Test
  void anotherThreadMayAdoptIt() {
    Throwable thrown =
        onAnotherThread(
            () -> {
              world.adopt();
              strand.execute(() -> log.add(Thread.currentThread().getName()));
              world.advance(Duration.ofSeconds(1));
            });
    assertThat(thrown).isNull();
    assertThat(log).containsExactly("stranger");
    assertThatThrownBy(() -> world.advance(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Throwable onAnotherThread(Runnable deed) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(deed, "stranger");
    thread.setUncaughtExceptionHandler((which, error) -> thrown.set(error));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }
}
