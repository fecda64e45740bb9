package dev.reliability.testkit.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets threads ask one object at once, writes down when each call began and ended, and looks for an
 * order of the calls that keeps to that and in which a model, asked by one thread, gives the same
 * answers (as Wing and Gong do).
 */
final class Linearizability {
  private static final int THREADS = 2;
  private static final int CALLS = 4;

  /** One question to an object. */
  interface Call<S> {
    Object on(S object);
  }

  /** A call as it was made: what was answered, and between which ticks. */
  private record Done<S>(Call<S> call, Object answer, long began, long ended) {
    @Override
    public String toString() {
      return call + " -> " + answer + " [" + began + ", " + ended + "]";
    }
  }

  private Linearizability() {}

  /**
   * Plays many rounds, each with an object of its own.
   *
   * @param calls makes up a call
   * @return the first round for which there is no such order, in words; null if there is one for
   *     all
   */
  static <S> String violation(
      Supplier<S> real, Supplier<S> model, Function<Random, Call<S>> calls, int rounds) {
    Random random = new Random(42);
    List<List<Done<S>>> history = new ArrayList<>();
    List<S> objects = new ArrayList<>();
    List<List<List<Call<S>>>> scenarios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      history.add(Collections.synchronizedList(new ArrayList<>()));
      objects.add(real.get());
      List<List<Call<S>>> scenario = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        scenario.add(random.ints(CALLS).mapToObj(i -> calls.apply(random)).toList());
      }
      scenarios.add(scenario);
    }
    play(objects, scenarios, history);
    for (List<Done<S>> round : history) {
      if (round.size() != THREADS * CALLS || !fits(new ArrayList<>(round), List.of(), model)) {
        return round.toString();
      }
    }
    return null;
  }

  private static <S> void play(
      List<S> objects, List<List<List<Call<S>>>> scenarios, List<List<Done<S>>> history) {
    AtomicLong clock = new AtomicLong();
    AtomicInteger arrived = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < THREADS; number++) {
      int own = number;
      threads.add(
          new Thread(
              () -> {
                for (int round = 0; round < objects.size(); round++) {
                  meet(arrived, (round + 1) * THREADS);
                  for (Call<S> call : scenarios.get(round).get(own)) {
                    long began = clock.incrementAndGet();
                    Object answer = answer(call, objects.get(round));
                    history
                        .get(round)
                        .add(new Done<>(call, answer, began, clock.incrementAndGet()));
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static <S> Object answer(Call<S> call, S object) {
    try {
      return call.on(object);
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  /** Spins, so that all go on at the same moment. */
  private static void meet(AtomicInteger arrived, int expected) {
    arrived.incrementAndGet();
    for (int spins = 0; arrived.get() < expected; spins++) {
      if (spins > 1_000) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** Whether what is left can be put in an order after {@code before}. */
  private static <S> boolean fits(List<Done<S>> left, List<Call<S>> before, Supplier<S> model) {
    if (left.isEmpty()) {
      return true;
    }
    for (Done<S> next : left) {
      boolean mayBeNext = left.stream().noneMatch(other -> other.ended() < next.began());
      if (mayBeNext && answerAfter(before, next.call(), model).equals(next.answer())) {
        List<Done<S>> rest = new ArrayList<>(left);
        rest.remove(next);
        List<Call<S>> order = new ArrayList<>(before);
        order.add(next.call());
        if (fits(rest, order, model)) {
          return true;
        }
      }
    }
    return false;
  }

  private static <S> Object answerAfter(List<Call<S>> before, Call<S> call, Supplier<S> model) {
    S object = model.get();
    before.forEach(earlier -> answer(earlier, object));
    return answer(call, object);
  }
}
