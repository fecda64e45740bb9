package dev.reliability.testkit.world;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What a {@link World} does, said as plainly as possible: one list of pending tasks, searched from
 * end to end for each step.
 */
final class NaiveWorld {
  private final long seed;
  private final boolean fifo;
  private final List<String> labels = new ArrayList<>();
  private final List<Boolean> watching = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private final Map<Integer, Long> lastTurns = new HashMap<>();
  private long turnsAt = -1;
  private long now;
  private int made;

  /** A task. */
  static final class Pending {
    final int number;
    final int strand;
    final long due;
    final Runnable task;

    Pending(int number, int strand, long due, Runnable task) {
      this.number = number;
      this.strand = strand;
      this.due = due;
      this.task = task;
    }
  }

  NaiveWorld(long seed, boolean fifo) {
    this.seed = seed;
    this.fifo = fifo;
  }

  int strand(String label, boolean watches) {
    labels.add(label);
    watching.add(watches);
    return labels.size() - 1;
  }

  long now() {
    return now;
  }

  int pending() {
    return pending.size();
  }

  Pending schedule(int strand, long delay, Runnable task) {
    Pending one = new Pending(made++, strand, now + delay, task);
    pending.add(one);
    return one;
  }

  boolean cancel(Pending one) {
    if (!pending.contains(one)
        || (!fifo && one.due <= now && Turns.handedOver(keyOf(one.strand), one.due))) {
      return false;
    }
    return pending.remove(one);
  }

  void pause(long by) {
    now += by;
  }

  Stop drive(long by, BooleanSupplier condition, boolean untilIdle) {
    long target = now + by;
    while (true) {
      if (condition.getAsBoolean()) {
        return Stop.CONDITION;
      }
      if (untilIdle && pending.stream().allMatch(one -> watching.get(one.strand))) {
        return Stop.IDLE;
      }
      long next = pending.stream().mapToLong(one -> one.due).min().orElse(Long.MAX_VALUE);
      if (next > Math.max(target, now)) {
        now = Math.max(now, target);
        return condition.getAsBoolean() ? Stop.CONDITION : Stop.HORIZON;
      }
      now = Math.max(now, next);
      long instant = now;
      while (now == instant && pending.stream().anyMatch(one -> one.due <= instant)) {
        step();
        if (condition.getAsBoolean()) {
          return Stop.CONDITION;
        }
      }
    }
  }

  private void step() {
    if (turnsAt != now) {
      turnsAt = now;
      lastTurns.clear();
    }
    Comparator<Pending> inOrder =
        Comparator.<Pending>comparingLong(one -> one.due).thenComparingInt(one -> one.number);
    Pending chosen = null;
    for (int strand = 0; strand < labels.size(); strand++) {
      int wanted = strand;
      Pending first =
          pending.stream()
              .filter(one -> one.due <= now && one.strand == wanted)
              .min(inOrder)
              .orElse(null);
      if (first != null && (chosen == null || isBefore(first, chosen, inOrder))) {
        chosen = first;
      }
    }
    pending.remove(chosen);
    lastTurns.put(chosen.strand, turnOf(chosen.strand));
    chosen.task.run();
  }

  private boolean isBefore(Pending a, Pending b, Comparator<Pending> inOrder) {
    return fifo ? inOrder.compare(a, b) < 0 : turnOf(a.strand) < turnOf(b.strand);
  }

  private long turnOf(int strand) {
    long instant = Turns.instant(seed, now);
    Long last = lastTurns.get(strand);
    return last == null
        ? Turns.first(keyOf(strand), instant)
        : Turns.after(last, keyOf(strand), instant);
  }

  private long keyOf(int strand) {
    return Mix.mix(seed, Mix.mix(Mix.hash(labels.get(strand)), 1));
  }
}
