package dev.reliability.core.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SystemStrandTest {
  private static final Warnings WARNINGS = new Warnings(new FakeRuntime().time());

  @ParameterizedTest
  @EnumSource(Strand.Kind.class)
  void runsTasksOfManyThreadsOneAtATimeAndThoseOfEachThreadInOrder(Strand.Kind kind)
      throws Exception {
    int threads = 4;
    int tasks = 20_000;
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      Strand strand = runtime.strand(kind, "many");
      int[] next =
          new int[threads]; // not volatile: a strand's tasks see what those before them wrote
      AtomicBoolean inside = new AtomicBoolean();
      AtomicInteger wrong = new AtomicInteger();
      inParallel(
          threads,
          thread -> {
            for (int i = 0; i < tasks; i++) {
              int number = i;
              strand.execute(
                  () -> {
                    if (!inside.compareAndSet(false, true) || next[thread]++ != number) {
                      wrong.incrementAndGet();
                    }
                    inside.set(false);
                  });
            }
          });
      CompletableFuture<int[]> done = new CompletableFuture<>();
      strand.execute(() -> done.complete(next.clone()));
      assertThat(runtime.await(done)).containsOnly(tasks);
      assertThat(wrong).hasValue(0);
    }
  }

  @Test
  void neverRunsATaskInsideExecute() {
    try (SystemRuntime runtime =
        SystemRuntime.builder().hostExecutor(Runnable::run).ioExecutor(Runnable::run).build()) {
      for (Strand.Kind kind : Strand.Kind.values()) {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        runtime.strand(kind, "test").execute(() -> ran.complete(Thread.currentThread()));
        assertThat(runtime.await(ran)).isNotSameAs(Thread.currentThread());
      }
    }
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheTasksBehindIt() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "throwing");
      List<Integer> ran = new ArrayList<>();
      strand.execute(() -> ran.add(1));
      strand.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      strand.execute(() -> ran.add(2));
      strand.execute(
          () -> {
            throw new AssertionError("on purpose");
          });
      CompletableFuture<List<Integer>> done = new CompletableFuture<>();
      strand.execute(() -> done.complete(List.copyOf(ran)));
      assertThat(runtime.await(done)).containsExactly(1, 2);
    }
  }

  @Test
  void anInterruptThatATaskLeavesBehindDoesNotReachTheNext() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      Strand strand = runtime.strand(Strand.Kind.DELIVERY, "interrupted");
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      CountDownLatch both = new CountDownLatch(1);
      strand.execute(
          () -> {
            awaitQuietly(both);
            Thread.currentThread().interrupt();
          });
      strand.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
      both.countDown();
      assertThat(runtime.await(interrupted)).isFalse();
    }
  }

  @Test
  void aBusyStrandGivesTheThreadToOthersNowAndThen() {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try (SystemRuntime runtime = SystemRuntime.builder().hostExecutor(single).build()) {
      Strand busy = runtime.strand(Strand.Kind.DELIVERY, "busy");
      AtomicBoolean enough = new AtomicBoolean();
      Runnable again =
          new Runnable() {
            @Override
            public void run() {
              if (!enough.get()) {
                busy.execute(this);
              }
            }
          };
      busy.execute(again);
      CompletableFuture<Void> other = new CompletableFuture<>();
      runtime.strand(Strand.Kind.DELIVERY, "other").execute(() -> other.complete(null));
      runtime.await(other);
      enough.set(true);
    } finally {
      single.shutdown();
    }
  }

  @Test
  void aTurnIsBounded() {
    Hand hand = new Hand();
    SystemStrand strand = new SystemStrand(carrier(hand, new FakeRuntime()), "bounded");
    List<Integer> ran = new ArrayList<>();
    IntStream.range(0, 2 * SystemStrand.TURN + 1).forEach(i -> strand.execute(() -> ran.add(i)));
    assertThat(hand.turns).hasSize(1);
    hand.turn();
    assertThat(ran).hasSize(SystemStrand.TURN);
    assertThat(hand.turns).hasSize(1);
    hand.turn();
    hand.turn();
    assertThat(ran).hasSize(2 * SystemStrand.TURN + 1).isSorted();
    assertThat(hand.turns).isEmpty();
    strand.execute(() -> ran.add(1_000_000));
    hand.turn();
    assertThat(ran).endsWith(1_000_000);
  }

  @Test
  void tasksKeepTheirOrderWhileTheExecutorRefusesAndTheNextTaskAsksAgain() {
    Hand hand = new Hand();
    SystemStrand strand = new SystemStrand(carrier(hand, new FakeRuntime()), "refused");
    List<Integer> ran = new ArrayList<>();
    hand.refuses = true;
    strand.execute(() -> ran.add(1));
    strand.execute(() -> ran.add(2));
    assertThat(hand.asked).isEqualTo(2);
    hand.refuses = false;
    strand.execute(() -> ran.add(3));
    strand.execute(() -> ran.add(4));
    assertThat(hand.asked).isEqualTo(3);
    hand.turn();
    assertThat(ran).containsExactly(1, 2, 3, 4);
    assertThat(hand.turns).isEmpty();
  }

  @Test
  void theLastTaskBeforeARefusalIsNotForgottenAndAskingAgainGetsRarer() {
    FakeRuntime fake = new FakeRuntime();
    Hand hand = new Hand();
    Carrier carrier = carrier(hand, fake);
    SystemStrand strand = new SystemStrand(carrier, "refused");
    SystemStrand another = new SystemStrand(carrier, "refused too");
    List<Integer> ran = new ArrayList<>();
    hand.refuses = true;
    strand.execute(() -> ran.add(1));
    another.execute(() -> ran.add(2));
    assertThat(hand.asked).isEqualTo(2);
    fake.advance(Carrier.FIRST_PAUSE_NANOS);
    assertThat(hand.asked).isEqualTo(4);
    fake.advance(2 * Carrier.FIRST_PAUSE_NANOS - 1);
    assertThat(hand.asked).isEqualTo(4);
    fake.advance(1);
    assertThat(hand.asked).isEqualTo(6);
    fake.advance(100 * Carrier.LAST_PAUSE_NANOS);
    assertThat(hand.asked).isBetween(200, 220);
    hand.refuses = false;
    fake.advance(Carrier.LAST_PAUSE_NANOS);
    hand.turn();
    hand.turn();
    assertThat(ran).containsExactlyInAnyOrder(1, 2);
    hand.refuses = true;
    strand.execute(() -> ran.add(3));
    hand.refuses = false;
    fake.advance(Carrier.FIRST_PAUSE_NANOS);
    hand.turn();
    assertThat(ran).endsWith(3);
  }

  @Test
  void anExecutorThatRefusesAndRunsTheTurnNeverthelessOrRunsItTwiceDoesNoHarm() {
    FakeRuntime fake = new FakeRuntime();
    Hand hand = new Hand();
    SystemStrand strand = new SystemStrand(carrier(hand, fake), "odd");
    List<Integer> ran = new ArrayList<>();
    hand.refuses = true;
    hand.keepsWhatItRefuses = true;
    strand.execute(() -> ran.add(1));
    Runnable turn = hand.turns.remove();
    hand.refuses = false;
    turn.run();
    assertThat(ran).containsExactly(1);
    turn.run();
    fake.advance(10 * Carrier.LAST_PAUSE_NANOS);
    assertThat(hand.turns).isEmpty();
    strand.execute(
        () -> {
          ran.add(2);
          turn.run(); // while it runs
          ran.add(3);
        });
    strand.execute(() -> ran.add(4));
    hand.turn();
    turn.run();
    assertThat(ran).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anExecutorOfTheHostThatWasShutDownLeavesControlStrandsAlone() {
    ExecutorService closed = Executors.newSingleThreadExecutor();
    closed.shutdown();
    try (SystemRuntime runtime = SystemRuntime.builder().hostExecutor(closed).build()) {
      Strand control = runtime.strand(Strand.Kind.CONTROL, "control");
      AtomicInteger callbacks = new AtomicInteger();
      CompletableFuture<Void> done = new CompletableFuture<>();
      Strand delivery = runtime.strand(Strand.Kind.DELIVERY, "callbacks");
      for (int i = 0; i < 1000; i++) {
        control.execute(() -> delivery.execute(callbacks::incrementAndGet));
      }
      control.execute(() -> done.complete(null));
      runtime.await(done);
      assertThat(callbacks).hasValue(0);
    }
  }

  @Test
  void anExecutorOfTheHostThatWasFullGetsTheTasksLater() throws Exception {
    CountDownLatch asked = new CountDownLatch(3);
    AtomicBoolean full = new AtomicBoolean(true);
    Executor executor =
        task -> {
          asked.countDown();
          if (full.get()) {
            throw new RejectedExecutionException("full, on purpose");
          }
          task.run();
        };
    try (SystemRuntime runtime = SystemRuntime.builder().hostExecutor(executor).build()) {
      CompletableFuture<Void> ran = new CompletableFuture<>();
      runtime.strand(Strand.Kind.DELIVERY, "last callback").execute(() -> ran.complete(null));
      assertThat(asked.await(60, SECONDS)).isTrue();
      full.set(false);
      assertThat(runtime.await(ran)).isNull();
    }
  }

  @Test
  void runsOnVirtualThreadsWhereThereAreAny() throws Exception {
    ExecutorService executor = virtualOrCached();
    try (SystemRuntime runtime = SystemRuntime.builder().hostExecutor(executor).build()) {
      CountDownLatch release = new CountDownLatch(1);
      CountDownLatch hanging = new CountDownLatch(1000);
      for (int i = 0; i < 1000; i++) {
        runtime
            .strand(Strand.Kind.DELIVERY, "virtual " + i)
            .execute(
                () -> {
                  hanging.countDown();
                  awaitQuietly(release);
                });
      }
      try {
        assertThat(hanging.await(60, SECONDS)).isTrue();
        CompletableFuture<Void> control = new CompletableFuture<>();
        runtime.strand(Strand.Kind.CONTROL, "control").execute(() -> control.complete(null));
        runtime.await(control);
      } finally {
        release.countDown();
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void aTaskMustBeGiven() {
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      Strand strand = runtime.strand(Strand.Kind.CONTROL, "test");
      assertThatThrownBy(() -> strand.execute(null)).isInstanceOf(NullPointerException.class);
    }
  }

  /**
   * JDK 21 and later have threads that cost nothing while they hang; before that, threads as
   * needed.
   */
  private static ExecutorService virtualOrCached() throws ReflectiveOperationException {
    if (Runtime.version().feature() < 21) {
      return Executors.newCachedThreadPool();
    }
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  private static Carrier carrier(Hand hand, FakeRuntime fake) {
    return Carrier.host(
        Strand.Kind.DELIVERY,
        hand,
        Runnable::run,
        fake.scheduler(),
        fake.strand(Strand.Kind.CONTROL, "upkeep"),
        WARNINGS);
  }

  private interface Body {
    void run(int thread) throws Exception;
  }

  private static void inParallel(int threads, Body body) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        Callable<Void> call =
            () -> {
              body.run(thread);
              return null;
            };
        all.add(pool.submit(call));
      }
      for (Future<Void> each : all) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An executor whose turns the test takes by hand. */
  private static final class Hand implements Executor {
    final Queue<Runnable> turns = new ArrayDeque<>();
    int asked;
    boolean refuses;
    boolean keepsWhatItRefuses;

    @Override
    public void execute(Runnable task) {
      asked++;
      if (!refuses || keepsWhatItRefuses) {
        turns.add(task);
      }
      if (refuses) {
        throw new RejectedExecutionException("on purpose");
      }
    }

    void turn() {
      turns.remove().run();
    }
  }
}
