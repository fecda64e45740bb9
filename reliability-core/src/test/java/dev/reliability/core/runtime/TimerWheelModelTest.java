package dev.reliability.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The wheel against a sorted map, over generated sequences of steps on a clock that the test moves.
 */
class TimerWheelModelTest {
  private static final long TICK = 1L << TimerWheel.TICK_BITS;

  sealed interface Step {}

  record Schedule(long delay) implements Step {}

  /**
   * Cancels the timer that was scheduled as this one (modulo how many there were), pending or not.
   */
  record Cancel(int which) implements Step {}

  record Advance(long nanos) implements Step {}

  /** To the first tick of a pending timer, or so many nanoseconds beside it. */
  record AdvanceToNext(int beside) implements Step {}

  @Property(tries = 1000)
  void firesWhatTheModelFiresInTheSameOrder(
      @ForAll("origins") long origin, @ForAll("steps") List<Step> steps) {
    Run run = new Run(origin);
    for (Step step : steps) {
      run.take(step);
      run.check();
    }
    run.take(new Advance(Long.MAX_VALUE));
    run.check();
  }

  @Property(tries = 30)
  void keepsItsPromisesWithThousandsOfTimers(
      @ForAll("origins") long origin, @ForAll("manySteps") List<Step> steps) {
    Run run = new Run(origin);
    steps.forEach(run::take);
    run.check();
    run.take(new Advance(Long.MAX_VALUE));
    run.check();
  }

  @Provide
  Arbitrary<Long> origins() {
    return Arbitraries.longs()
        .edgeCases(
            edges -> edges.add(0L, Long.MAX_VALUE, Long.MAX_VALUE - 5 * TICK, Long.MIN_VALUE, -1L));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return step().list().ofMaxSize(60);
  }

  @Provide
  Arbitrary<List<Step>> manySteps() {
    return step().list().ofMinSize(3000).ofMaxSize(5000);
  }

  private static Arbitrary<Step> step() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, nanos().map(Schedule::new)),
        Tuple.of(3, Arbitraries.integers().between(0, 10_000).map(Cancel::new)),
        Tuple.of(2, nanos().filter(n -> n >= 0).map(Advance::new)),
        Tuple.of(2, Arbitraries.integers().between(-2, 2).map(AdvanceToNext::new)));
  }

  /** From nothing to for ever, with what lies around ticks and around the borders of levels. */
  private static Arbitrary<Long> nanos() {
    Arbitrary<Long> aroundBorders =
        Arbitraries.integers()
            .between(0, 5)
            .flatMap(
                level ->
                    Arbitraries.longs()
                        .between(1, 3)
                        .flatMap(
                            turns ->
                                Arbitraries.longs()
                                    .between(-2 * TICK, 2 * TICK)
                                    .map(beside -> (turns << (8 * level)) * TICK + beside)));
    return Arbitraries.oneOf(
        Arbitraries.longs().between(-10, 5 * TICK),
        Arbitraries.longs().between(0, 1000 * TICK),
        Arbitraries.longs().between(0, 100_000_000 * TICK),
        aroundBorders,
        Arbitraries.of(
            0L, 1L, TICK - 1, TICK, TICK + 1, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE));
  }

  /** The wheel and its model side by side. */
  private static final class Run {
    record Timer(long deadline, int number) implements Comparable<Timer> {
      @Override
      public int compareTo(Timer other) {
        return deadline != other.deadline
            ? Long.compare(deadline, other.deadline)
            : Integer.compare(number, other.number);
      }
    }

    private final long origin;
    private final TimerWheel wheel;
    private final Strand strand = new RecordingStrand();
    private final List<Long> ids = new ArrayList<>();
    private final Set<Long> distinct = new HashSet<>();
    private final List<Timer> timers = new ArrayList<>();
    private final TreeMap<Timer, Integer> pending = new TreeMap<>();
    private final Map<Runnable, Integer> numbers = new HashMap<>();
    private final List<Integer> expected = new ArrayList<>();
    private final List<Integer> fired = new ArrayList<>();
    private long now; // since the origin

    Run(long origin) {
      this.origin = origin;
      wheel = new TimerWheel(origin, 4, tick -> {});
    }

    void take(Step step) {
      if (step instanceof Schedule schedule) {
        schedule(schedule.delay);
      } else if (step instanceof Cancel cancel && !ids.isEmpty()) {
        cancel(cancel.which % ids.size());
      } else if (step instanceof Advance advance) {
        advance(advance.nanos);
      } else if (step instanceof AdvanceToNext next && !pending.isEmpty()) {
        long tick = ceilingTick(pending.firstKey().deadline);
        if (tick <= Long.MAX_VALUE / TICK) {
          advance(Math.max(0, tick * TICK + next.beside - now));
        }
      }
    }

    private void schedule(long delay) {
      int number = ids.size();
      Runnable task =
          new Runnable() {
            @Override
            public void run() {}
          };
      numbers.put(task, number);
      long id = wheel.schedule(strand, origin + now, delay, task);
      assertThat(id).isNotZero();
      assertThat(distinct.add(id)).isTrue();
      long later = Math.max(0, delay);
      Timer timer = new Timer(now > Long.MAX_VALUE - later ? Long.MAX_VALUE : now + later, number);
      ids.add(id);
      timers.add(timer);
      pending.put(timer, number);
    }

    private void cancel(int number) {
      boolean wasPending = pending.remove(timers.get(number)) != null;
      assertThat(wheel.cancel(ids.get(number))).isEqualTo(wasPending);
    }

    private void advance(long nanos) {
      now = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
      while (!pending.isEmpty() && ceilingTick(pending.firstKey().deadline) <= now / TICK) {
        expected.add(pending.pollFirstEntry().getValue());
      }
      List<DueTimer> due = new ArrayList<>();
      do {
        due.clear();
        wheel.expire(origin + now, due);
        due.forEach(timer -> fired.add(numbers.get(timer.task())));
      } while (!due.isEmpty());
      assertThat(wheel.nextTick()).isGreaterThan(now / TICK);
    }

    void check() {
      assertThat(fired).isEqualTo(expected);
      assertThat(wheel.live()).isEqualTo(pending.size());
      if (!pending.isEmpty()) {
        assertThat(wheel.nextTick()).isLessThanOrEqualTo(ceilingTick(pending.firstKey().deadline));
      }
    }

    private static long ceilingTick(long nanos) {
      return nanos / TICK + (nanos % TICK == 0 ? 0 : 1);
    }
  }
}
