package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * A world runs what a naive model of it runs, in the same order, at the same times, and answers the
 * same.
 */
class WorldModelProperties {
  private static final int STRANDS = 5;

  /** One thing that the test, or a task, does. */
  sealed interface Op {
    record Schedule(int strand, long delay, List<Op> body, boolean fails) implements Op {}

    record Execute(int strand, List<Op> body) implements Op {}

    /** Cancels the timer that was set {@code back} timers ago. */
    record Cancel(int back) implements Op {}

    record Pause(long by) implements Op {}

    record Advance(long by) implements Op {}

    record RunSteps(int steps, long horizon) implements Op {}

    record RunUntilIdle(long horizon) implements Op {}
  }

  @Property(tries = 1000)
  void aWorldDoesWhatANaiveModelDoes(
      @ForAll("programs") List<Op> program, @ForAll long seed, @ForAll boolean fifo) {
    Interpreter real = new Real(seed, fifo);
    Interpreter naive = new Naive(seed, fifo);
    for (int i = 0; i < program.size(); i++) {
      real.perform(program.get(i));
      naive.perform(program.get(i));
      assertThat(real.log).as("after step %d of %s", i, program).isEqualTo(naive.log);
    }
    real.perform(new Op.Advance(10_000_000));
    naive.perform(new Op.Advance(10_000_000));
    assertThat(real.log).isEqualTo(naive.log);
  }

  @Provide
  Arbitrary<List<Op>> programs() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, scheduling(2)),
            Tuple.of(1, Arbitraries.longs().between(0, 20).map(Op.Pause::new)),
            Tuple.of(4, delays().map(Op.Advance::new)),
            Tuple.of(
                2,
                Combinators.combine(Arbitraries.integers().between(0, 6), delays())
                    .as(Op.RunSteps::new)),
            Tuple.of(1, delays().map(Op.RunUntilIdle::new)))
        .list()
        .ofMaxSize(60);
  }

  /** What tasks may do too. */
  private Arbitrary<Op> scheduling(int depth) {
    Arbitrary<Integer> strands = Arbitraries.integers().between(0, STRANDS - 1);
    Arbitrary<List<Op>> bodies =
        depth == 0
            ? Arbitraries.just(List.of())
            : Arbitraries.lazy(() -> inTask(depth - 1)).list().ofMaxSize(3);
    Arbitrary<Boolean> failing = Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true));
    return Arbitraries.frequencyOf(
        Tuple.of(6, Combinators.combine(strands, delays(), bodies, failing).as(Op.Schedule::new)),
        Tuple.of(3, Combinators.combine(strands, bodies).as(Op.Execute::new)),
        Tuple.of(3, Arbitraries.integers().between(0, 12).map(Op.Cancel::new)));
  }

  private Arbitrary<Op> inTask(int depth) {
    return Arbitraries.frequencyOf(
        Tuple.of(9, scheduling(depth)),
        Tuple.of(1, Arbitraries.longs().between(0, 5).map(Op.Pause::new)));
  }

  /** Few and small, so that much falls on the same instant; and now and then another one. */
  private static Arbitrary<Long> delays() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.of(0L, 1L, 2L, 5L, 10L)),
        Tuple.of(1, Arbitraries.longs().between(0, 1_000_000)));
  }

  /** Performs a program and writes down everything that can be seen. */
  private abstract static class Interpreter {
    final List<String> log = new ArrayList<>();
    final List<Object> timers = new ArrayList<>();
    int made;
    int steps;

    void perform(Op op) {
      if (op instanceof Op.Schedule schedule) {
        Runnable task = task(schedule.body(), schedule.fails());
        timers.add(schedule(schedule.strand(), schedule.delay(), task));
      } else if (op instanceof Op.Execute execute) {
        execute(execute.strand(), task(execute.body(), false));
      } else if (op instanceof Op.Cancel cancel) {
        if (cancel.back() < timers.size()) {
          log.add("cancelled " + cancel(timers.get(timers.size() - 1 - cancel.back())));
        }
      } else if (op instanceof Op.Pause pause) {
        pause(pause.by());
      } else {
        try {
          log.add("stopped " + drive(op));
        } catch (RuntimeException e) {
          log.add("failed");
        }
      }
      log.add("now " + now() + ", pending " + pending());
    }

    private Runnable task(List<Op> body, boolean fails) {
      int number = made++;
      return () -> {
        steps++;
        log.add("task " + number + " at " + now());
        body.forEach(this::perform);
        if (fails) {
          throw new IllegalStateException("task " + number);
        }
      };
    }

    abstract Object schedule(int strand, long delay, Runnable task);

    abstract void execute(int strand, Runnable task);

    abstract boolean cancel(Object timer);

    abstract void pause(long by);

    abstract Stop drive(Op op);

    abstract long now();

    abstract int pending();
  }

  private static final class Real extends Interpreter {
    private final World world;
    private final List<Strand> strands = new ArrayList<>();

    Real(long seed, boolean fifo) {
      world = World.builder(seed).fifoTies(fifo).build();
      for (int i = 0; i < STRANDS; i++) {
        Strand.Kind kind = i == 0 ? Strand.Kind.MONITOR : Strand.Kind.CONTROL;
        strands.add(world.strand(kind, "strand " + i));
      }
    }

    @Override
    Object schedule(int strand, long delay, Runnable task) {
      return world.scheduler().schedule(strands.get(strand), delay, task);
    }

    @Override
    void execute(int strand, Runnable task) {
      strands.get(strand).execute(task);
    }

    @Override
    boolean cancel(Object timer) {
      return world.scheduler().cancel((Long) timer);
    }

    @Override
    void pause(long by) {
      world.pauseProcess(Duration.ofNanos(by));
    }

    @Override
    Stop drive(Op op) {
      if (op instanceof Op.RunSteps run) {
        int until = steps + run.steps();
        return world.runUntil(() -> steps >= until, Duration.ofNanos(run.horizon()));
      } else if (op instanceof Op.RunUntilIdle run) {
        return world.runUntilIdle(Duration.ofNanos(run.horizon()));
      }
      world.advance(Duration.ofNanos(((Op.Advance) op).by()));
      return Stop.HORIZON;
    }

    @Override
    long now() {
      return world.elapsed().toNanos();
    }

    @Override
    int pending() {
      return world.pending();
    }
  }

  private static final class Naive extends Interpreter {
    private final NaiveWorld world;

    Naive(long seed, boolean fifo) {
      world = new NaiveWorld(seed, fifo);
      for (int i = 0; i < STRANDS; i++) {
        world.strand("strand " + i, i == 0);
      }
    }

    @Override
    Object schedule(int strand, long delay, Runnable task) {
      return world.schedule(strand, delay, task);
    }

    @Override
    void execute(int strand, Runnable task) {
      world.schedule(strand, 0, task);
    }

    @Override
    boolean cancel(Object timer) {
      return world.cancel((NaiveWorld.Pending) timer);
    }

    @Override
    void pause(long by) {
      world.pause(by);
    }

    @Override
    Stop drive(Op op) {
      if (op instanceof Op.RunSteps run) {
        int until = steps + run.steps();
        return world.drive(run.horizon(), () -> steps >= until, false);
      } else if (op instanceof Op.RunUntilIdle run) {
        return world.drive(run.horizon(), () -> false, true);
      }
      return world.drive(((Op.Advance) op).by(), () -> false, false);
    }

    @Override
    long now() {
      return world.now();
    }

    @Override
    int pending() {
      return world.pending();
    }
  }
}
