package dev.reliability.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long TICK = 1L << TimerWheel.TICK_BITS;
  private static final Strand STRAND = new RecordingStrand();

  private static void task() {}

  private final List<Long> earlier = new ArrayList<>();
  private final TimerWheel wheel = new TimerWheel(0, 1, earlier::add);
  private final List<DueTimer> due = new ArrayList<>();

  @Test
  void idsThatWereNeverGivenOutCancelNothing() {
    long id = wheel.schedule(STRAND, 0, TICK, TimerWheelTest::task);
    assertThat(wheel.cancel(Scheduler.NO_TIMER)).isFalse();
    assertThat(wheel.cancel(id + 1)).isFalse();
    assertThat(wheel.cancel(id + (1L << 32))).isFalse();
    assertThat(wheel.cancel(id & 0xffff_ffffL)).isFalse();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      long other = random.nextLong();
      assertThat(other != id && wheel.cancel(other)).isFalse();
    }
    assertThat(wheel.cancel(id)).isTrue();
    assertThat(wheel.cancel(id)).isFalse();
  }

  @Test
  void anIdOfTheTimerBeforeDoesNotFitTheTimerThatHasItsPlace() {
    long first = wheel.schedule(STRAND, 0, TICK, TimerWheelTest::task);
    wheel.cancel(first);
    long second = wheel.schedule(STRAND, 0, TICK, TimerWheelTest::task);
    assertThat(wheel.capacity()).isEqualTo(256);
    assertThat(wheel.cancel(first)).isFalse();
    wheel.expire(2 * TICK, due);
    assertThat(due).hasSize(1);
    assertThat(wheel.cancel(second)).isFalse();
    long third = wheel.schedule(STRAND, 2 * TICK, TICK, TimerWheelTest::task);
    assertThat(wheel.cancel(second)).isFalse();
    assertThat(wheel.cancel(third)).isTrue();
  }

  @Test
  void anIdFromBeforeAllMemoryWasGivenBackDoesNotFitATimerFromAfter() {
    List<Long> old = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      old.add(wheel.schedule(STRAND, 0, TICK, TimerWheelTest::task));
    }
    wheel.expire(TICK, due);
    wheel.expire(2 * TICK, due);
    assertThat(due).hasSize(1000);
    for (int i = 0; i < 1000; i++) {
      wheel.schedule(STRAND, 3 * TICK, TICK, TimerWheelTest::task);
    }
    assertThat(old).noneMatch(wheel::cancel);
    assertThat(wheel.live()).isEqualTo(1000);
  }

  @Test
  void aCancelledTimerLeavesNothingBehind() {
    for (int i = 0; i < 1_000_000; i++) {
      assertThat(wheel.cancel(wheel.schedule(STRAND, 0, TICK * i, TimerWheelTest::task))).isTrue();
    }
    assertThat(wheel.live()).isZero();
    assertThat(wheel.capacity()).isEqualTo(256);
  }

  @Test
  void memoryOfABurstIsGivenBackOnceNoneIsPending() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      ids.add(wheel.schedule(STRAND, 0, TICK * (1 + i % 5000), TimerWheelTest::task));
    }
    assertThat(wheel.capacity()).isBetween(100_000, 125_256);
    ids.forEach(wheel::cancel);
    assertThat(wheel.live()).isZero();
    wheel.expire(TICK, due);
    assertThat(due).isEmpty();
    assertThat(wheel.capacity()).isZero();
    assertThat(wheel.nextTick()).isEqualTo(TimerStripe.NEVER);
    assertThat(wheel.cancel(wheel.schedule(STRAND, TICK, TICK, TimerWheelTest::task))).isTrue();
  }

  @Test
  void tellsWhenTheNextTickComesNearerAndOnlyThen() {
    wheel.schedule(STRAND, 0, 100 * TICK, TimerWheelTest::task);
    wheel.schedule(STRAND, 0, 200 * TICK, TimerWheelTest::task);
    wheel.schedule(STRAND, 0, 100 * TICK, TimerWheelTest::task);
    wheel.schedule(STRAND, 0, 50 * TICK - 1, TimerWheelTest::task);
    long gone = wheel.schedule(STRAND, 0, 20 * TICK, TimerWheelTest::task);
    wheel.cancel(gone);
    wheel.schedule(STRAND, 0, 30 * TICK, TimerWheelTest::task);
    assertThat(earlier).containsExactly(100L, 50L, 20L);
    wheel.expire(20 * TICK, due);
    assertThat(due).isEmpty();
    assertThat(wheel.nextTick()).isEqualTo(30);
  }

  @Test
  void aTimerThatIsPlacedLongAfterTheLastLookDoesNotAskForOneBeforeItIsDue() {
    wheel.schedule(STRAND, 0, 1_000_000 * TICK, TimerWheelTest::task);
    earlier.clear();
    wheel.schedule(STRAND, 900_001 * TICK, 10 * TICK, TimerWheelTest::task);
    assertThat(earlier).containsExactly(900_011L);
  }

  @Test
  void whatIsDueForEverNeverIs() {
    wheel.schedule(STRAND, 0, Long.MAX_VALUE, TimerWheelTest::task);
    wheel.schedule(STRAND, 1, Long.MAX_VALUE, TimerWheelTest::task);
    wheel.expire(Long.MAX_VALUE, due);
    assertThat(due).isEmpty();
    assertThat(wheel.nanosUntil(wheel.nextTick(), 5)).isEqualTo(Long.MAX_VALUE);
    assertThat(wheel.live()).isEqualTo(2);
  }

  @Test
  void givesUpTheLockNowAndThenAndLosesNothing() {
    TimerStripe stripe = new TimerStripe();
    long far = 5L << 16; // moves down two levels on its way
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      ids.add(stripe.add(0, far + i % 700, (far + i % 700) * TICK, STRAND, TimerWheelTest::task));
    }
    int cancelled = 0;
    int looks = 0;
    while (!stripe.expire(far + 1000, due)) {
      long id = ids.get(looks++);
      if (stripe.remove((int) id, (int) (id >>> 32))) {
        cancelled++;
      }
      stripe.add(0, far, far * TICK, STRAND, TimerWheelTest::task);
    }
    assertThat(looks).isGreaterThan(10);
    assertThat(cancelled).isPositive();
    assertThat(due).hasSize(2000 + looks - cancelled);
    assertThat(stripe.live()).isZero();
  }

  @Test
  void timersOfOneTickComeInTheOrderOfTheirDeadlinesThenOfScheduling() {
    List<Runnable> tasks = new ArrayList<>();
    long[] delays = {5, 3, 5, 3, 0, TICK, 7, 7, 0};
    for (int i = 0; i < delays.length; i++) {
      int number = i;
      tasks.add(() -> assertThat(number).isNotNegative());
      wheel.schedule(STRAND, 0, delays[i], tasks.get(i));
    }
    List<DueTimer> next = new ArrayList<>();
    wheel.expire(TICK, due);
    wheel.expire(TICK, next);
    due.addAll(next);
    assertThat(due.stream().map(timer -> tasks.indexOf(timer.task())))
        .containsExactly(4, 8, 1, 3, 0, 2, 6, 7, 5);
  }

  @Test
  void eachTimerFiresOnceOrIsCancelledOnceWhateverTheThreadsDo() throws Exception {
    int threads = 4;
    int timers = 60_000;
    TimerWheel shared = new TimerWheel(0, 2, tick -> {});
    AtomicIntegerArray ends = new AtomicIntegerArray(threads * timers);
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    try {
      Future<Integer> expiring = pool.submit(() -> expireUntil(over, shared));
      List<Future<?>> scheduling = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread * timers;
        scheduling.add(pool.submit(scheduleAndCancel(shared, ends, first, first + timers)));
      }
      for (Future<?> each : scheduling) {
        each.get();
      }
      over.set(true);
      int fired = expiring.get();
      int ended = 0;
      for (int i = 0; i < ends.length(); i++) {
        assertThat(ends.get(i)).as("ends of timer %d", i).isEqualTo(1);
        ended++;
      }
      assertThat(fired).isPositive().isLessThan(ended);
      assertThat(shared.live()).isZero();
    } finally {
      pool.shutdownNow();
    }
  }

  private static Callable<Void> scheduleAndCancel(
      TimerWheel wheel, AtomicIntegerArray ends, int from, int to) {
    return () -> {
      SplittableRandom random = new SplittableRandom(from);
      long[] ids = new long[64];
      int[] numbers = new int[64];
      for (int i = from; i < to; i++) {
        int number = i;
        int at = random.nextInt(ids.length);
        if (wheel.cancel(ids[at])) {
          ends.incrementAndGet(numbers[at]);
        }
        ids[at] =
            wheel.schedule(
                STRAND, 0, random.nextInt(600) * TICK, () -> ends.incrementAndGet(number));
        numbers[at] = number;
      }
      return null;
    };
  }

  /** Moves time on, a tick at each look, and at the end past every timer. */
  private static int expireUntil(AtomicBoolean over, TimerWheel wheel) {
    List<DueTimer> due = new ArrayList<>();
    int fired = 0;
    for (long tick = 0; ; tick++) {
      boolean last = over.get();
      do {
        due.clear();
        wheel.expire(last ? Long.MAX_VALUE : tick * TICK, due);
        due.forEach(timer -> timer.task().run());
        fired += due.size();
      } while (!due.isEmpty());
      if (last) {
        return fired;
      }
    }
  }
}
