package dev.reliability.core.runtime;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timers on the real clock. Limits are generous: they only end a test that would hang. */
class SystemSchedulerTest {
  private final SystemRuntime runtime = SystemRuntime.builder().node("test").build();
  private final Scheduler scheduler = runtime.scheduler();
  private final Strand strand = runtime.strand(Strand.Kind.CONTROL, "test");

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void isNeverEarly() throws Exception {
    int timers = 3000;
    SplittableRandom random = new SplittableRandom(7);
    AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
    CountDownLatch done = new CountDownLatch(timers);
    for (int i = 0; i < timers; i++) {
      long delay = random.nextLong(150_000_000);
      long due = System.nanoTime() + delay;
      scheduler.schedule(
          strand,
          delay,
          () -> {
            earliest.accumulateAndGet(System.nanoTime() - due, Math::min);
            done.countDown();
          });
    }
    assertThat(done.await(60, SECONDS)).isTrue();
    assertThat(earliest.get()).isNotNegative();
  }

  @Test
  void noDelayAndNegativeDelaysMeanAsSoonAsPossibleButNotInsideTheCall() {
    Thread caller = Thread.currentThread();
    for (long delay : new long[] {0, -1, Long.MIN_VALUE}) {
      CompletableFuture<Thread> ran = new CompletableFuture<>();
      scheduler.schedule(strand, delay, () -> ran.complete(Thread.currentThread()));
      assertThat(runtime.await(ran)).isNotSameAs(caller);
    }
  }

  @Test
  void anEarlierTimerWakesTheThreadThatSleepsForALaterOne() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    scheduler.schedule(strand, Long.MAX_VALUE, () -> {});
    scheduler.schedule(strand, SECONDS.toNanos(3600), () -> {});
    await().until(() -> timerThread().getState() == Thread.State.TIMED_WAITING);
    scheduler.schedule(strand, MILLISECONDS.toNanos(5), fired::countDown);
    assertThat(fired.await(60, SECONDS)).isTrue();
  }

  @Test
  void timersOnAStrandRunInTheOrderOfTheirDeadlines() throws Exception {
    int count = 40;
    long[] earliest = new long[count];
    long[] latest = new long[count];
    List<Integer> ran = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(count);
    for (int i = count - 1; i >= 0; i--) {
      int number = i;
      long delay = 20_000_000 + 200_000L * i;
      earliest[i] = System.nanoTime() + delay;
      scheduler.schedule(
          strand,
          delay,
          () -> {
            ran.add(number);
            done.countDown();
          });
      latest[i] = System.nanoTime() + delay; // this thread may have been suspended in between
    }
    assertThat(done.await(60, SECONDS)).isTrue();
    for (int i = 1; i < count; i++) {
      int before = ran.get(i - 1);
      int after = ran.get(i);
      assertThat(earliest[before] - latest[after]).as("%s, then %s", before, after).isNegative();
    }
  }

  @Test
  void eachTimerRunsOnceOrIsCancelledOnceWithThreadsOnAllSides() throws Exception {
    int threads = 3;
    int timers = 40_000;
    AtomicIntegerArray ends = new AtomicIntegerArray(threads * timers);
    AtomicInteger cancelled = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        all.add(
            pool.submit(
                scheduleAndCancel(ends, cancelled, thread * timers, (thread + 1) * timers)));
      }
      for (Future<Void> each : all) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
    await().atMost(60, SECONDS).until(() -> sum(ends) >= ends.length());
    CompletableFuture<Void> behindAll = new CompletableFuture<>();
    strand.execute(() -> behindAll.complete(null));
    runtime.await(behindAll);
    for (int i = 0; i < ends.length(); i++) {
      assertThat(ends.get(i)).as("ends of timer %d", i).isEqualTo(1);
    }
    assertThat(cancelled.get()).isBetween(1, ends.length() - 1);
    assertThat(((SystemScheduler) scheduler).wheel().live()).isZero();
  }

  private Callable<Void> scheduleAndCancel(
      AtomicIntegerArray ends, AtomicInteger cancelled, int from, int to) {
    return () -> {
      SplittableRandom random = new SplittableRandom(from);
      long[] ids = new long[256];
      int[] numbers = new int[256];
      for (int i = from; i < to; i++) {
        int number = i;
        int at = random.nextInt(ids.length);
        if (scheduler.cancel(ids[at])) {
          ends.incrementAndGet(numbers[at]);
          cancelled.incrementAndGet();
        }
        ids[at] =
            scheduler.schedule(
                strand, random.nextLong(5_000_000), () -> ends.incrementAndGet(number));
        numbers[at] = number;
      }
      return null;
    };
  }

  @Test
  void callbacksThatHangDelayNoControlTimer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try {
      CountDownLatch hanging = new CountDownLatch(60);
      for (int i = 0; i < 60; i++) {
        Strand hung =
            runtime.strand(i % 2 == 0 ? Strand.Kind.DELIVERY : Strand.Kind.IO, "hung " + i);
        scheduler.schedule(
            hung,
            1_000_000,
            () -> {
              hanging.countDown();
              awaitQuietly(release);
            });
      }
      assertThat(hanging.await(60, SECONDS)).isTrue();
      CountDownLatch fired = new CountDownLatch(100);
      for (int i = 0; i < 100; i++) {
        scheduler.schedule(strand, 1_000_000L * i, fired::countDown);
      }
      assertThat(fired.await(60, SECONDS)).isTrue();
      assertThat(release.getCount()).isOne();
    } finally {
      release.countDown();
    }
  }

  @Test
  void anExecutorOfTheHostThatHangsOrRunsTasksInTheCallerDelaysNoTimer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(2);
    SystemRuntime other =
        SystemRuntime.builder()
            .hostExecutor(
                task -> {
                  hanging.countDown();
                  awaitQuietly(release);
                  task.run();
                })
            .ioExecutor(Runnable::run)
            .build();
    try (other) {
      CountDownLatch called = new CountDownLatch(1);
      other.scheduler().schedule(other.strand(Strand.Kind.DELIVERY, "hung"), 0, called::countDown);
      other
          .scheduler()
          .schedule(
              other.strand(Strand.Kind.IO, "hung"),
              0,
              () -> {
                hanging.countDown();
                awaitQuietly(release);
              });
      assertThat(hanging.await(60, SECONDS)).isTrue();
      CountDownLatch fired = new CountDownLatch(1);
      other
          .scheduler()
          .schedule(other.strand(Strand.Kind.CONTROL, "test"), 1_000_000, fired::countDown);
      assertThat(fired.await(60, SECONDS)).isTrue();
      assertThat(called.getCount()).isOne();
      release.countDown();
      assertThat(called.await(60, SECONDS)).isTrue();
    } finally {
      release.countDown();
    }
  }

  @Test
  void aStrandThatThrowsAndAnInterruptDoNotEndTheTimerThread() throws Exception {
    Strand broken =
        new Strand() {
          @Override
          public String label() {
            return "broken";
          }

          @Override
          public Kind kind() {
            return Kind.CONTROL;
          }

          @Override
          public void execute(Runnable task) {
            Thread.currentThread().interrupt();
            throw new AssertionError("refused, on purpose");
          }
        };
    CountDownLatch fired = new CountDownLatch(1);
    scheduler.schedule(broken, 0, () -> {});
    timerThread().interrupt();
    scheduler.schedule(strand, 20_000_000, fired::countDown);
    assertThat(fired.await(60, SECONDS)).isTrue();
    await().until(() -> timerThread().getState() == Thread.State.WAITING);
  }

  @Test
  void afterCloseNothingIsAcceptedAndWhatIsPendingNeverRuns() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    Thread thread = timerThread();
    long timer = scheduler.schedule(strand, HOURS.toNanos(1), ran::incrementAndGet);
    scheduler.schedule(strand, HOURS.toNanos(1), ran::incrementAndGet);
    runtime.close();
    thread.join(60_000);
    assertThat(thread.isAlive()).isFalse();
    assertThatThrownBy(() -> scheduler.schedule(strand, 0, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(scheduler.cancel(timer)).isTrue();
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    strand.execute(() -> seen.complete(ran.get()));
    assertThat(runtime.await(seen)).isZero();
  }

  private Thread timerThread() {
    return ((SystemScheduler) scheduler).thread();
  }

  private static int sum(AtomicIntegerArray ends) {
    int sum = 0;
    for (int i = 0; i < ends.length(); i++) {
      sum += ends.get(i);
    }
    return sum;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
