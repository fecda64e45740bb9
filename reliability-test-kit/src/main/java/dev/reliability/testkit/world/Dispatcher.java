package dev.reliability.testkit.world;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one instant: everything that is due, and everything that this makes due at the same instant.
 *
 * <p>Within a strand tasks run in the order in which they were given. Among strands that have a
 * task ready, the next turn is decided by a hash of seed, strand, instant and how many turns the
 * strand had at this instant: so the order of two strands depends on nothing that a third one does.
 */
final class Dispatcher {
  private static final int NONE = Slots.NONE;
  private static final int LOOPERS = 64;

  private final FakeClock clock;
  private final Slots slots;
  private final Instants instants;
  private final Lines lines;
  private final Trace trace;
  private final long seed;
  private final int stepLimit;
  private final boolean fifo;
  private final FailureListener failures;
  private final ReadyQueue ready = new ReadyQueue();
  private final Set<String> loopers = new LinkedHashSet<>();

  /** The instant being run, or none between two. */
  private long open = NONE;

  private long lastInstant = NONE;
  private int instant;
  private long instantHash;
  private long steps;

  /** Told of a task that threw: throws in its turn, or takes note. */
  interface FailureListener {
    void failed(String strand, Throwable error);
  }

  Dispatcher(
      FakeClock clock,
      Slots slots,
      Instants instants,
      Lines lines,
      Trace trace,
      long seed,
      int stepLimit,
      boolean fifo,
      FailureListener failures) {
    this.clock = clock;
    this.slots = slots;
    this.instants = instants;
    this.lines = lines;
    this.trace = trace;
    this.seed = seed;
    this.stepLimit = stepLimit;
    this.fifo = fifo;
    this.failures = failures;
    lines.add("all strands", 0); // line 0: the only one in first-in-first-out mode
  }

  /** Tasks run so far. */
  long steps() {
    return steps;
  }

  /**
   * Adds a slot that is due at {@code due}: to the instant being run, if it is that, or else to
   * what is pending.
   */
  void add(int slot, long due, long delay) {
    if (due == open) {
      int line = lineOf(slot);
      if (append(line, slot)) {
        ready.insert(turnOf(line), slot);
      }
    } else {
      instants.add(slot, due, delay);
    }
  }

  /**
   * Cancels what is pending in {@code slot}, unless it is due and, in this seed, already handed to
   * its strand.
   *
   * @return whether it was cancelled
   */
  boolean cancel(int slot) {
    long due = slots.due(slot);
    boolean late = !fifo && due <= clock.elapsedNanos();
    if (late && Turns.handedOver(lines.key(slots.strand(slot)), due)) {
      return false;
    }
    remove(slot);
    return true;
  }

  /** Cancels all timers that are pending. */
  void cancelAll() {
    for (int slot = 0; slot < slots.size(); slot++) {
      if (slots.isPending(slot) && slots.isTimer(slot)) {
        remove(slot);
      }
    }
  }

  private void remove(int slot) {
    if (slots.due(slot) <= open) {
      slots.cancel(slot); // it waits in its strand's line, where its turn finds it empty
    } else {
      instants.cancel(slot);
    }
  }

  /**
   * Runs what is due now.
   *
   * @param condition looked at after every step
   * @return true if the condition held; what is left of the instant is then put back into the queue
   */
  boolean run(@Nullable BooleanSupplier condition) {
    long now = clock.elapsedNanos();
    begin(now);
    long limit = steps + gather(now) + stepLimit;
    try {
      while (true) {
        int slot = ready.poll();
        if (slot == NONE) {
          return false;
        }
        if (steps >= limit - LOOPERS) {
          watchForLivelock(slot, limit);
        }
        Runnable task = next(slot);
        if (task == null) {
          continue;
        }
        step(now, slot, task);
        if (condition != null && condition.getAsBoolean()) {
          return true;
        }
        if (clock.elapsedNanos() != now) { // the process was paused in the middle of a task
          return false;
        }
      }
    } finally {
      putBack();
    }
  }

  private void begin(long now) {
    if (now != lastInstant) {
      lastInstant = now;
      instant++;
      instantHash = Turns.instant(seed, now);
    }
    open = now;
    loopers.clear();
  }

  /** Moves everything that is due to the lines of its strands, and says how many tasks that are. */
  private int gather(long now) {
    int count = 0;
    int readyLines = 0;
    do {
      int slot = instants.poll();
      while (slot != NONE) {
        int following = slots.next(slot);
        if (!slots.isPending(slot)) {
          instants.drop(slot);
        } else {
          count++;
          int line = lineOf(slot);
          if (append(line, slot)) {
            ready.add(turnOf(line), slot);
            readyLines++;
          }
        }
        slot = following;
      }
    } while (instants.moreDue(now));
    if (readyLines > 1) {
      ready.sort();
    }
    return count;
  }

  /** Takes a slot from the head of its line and lets the one behind it queue for its turn. */
  private @Nullable Runnable next(int slot) {
    int line = lineOf(slot);
    Runnable task = slots.task(slot);
    int following = slots.next(slot);
    if (task == null) {
      slots.drop(slot);
    } else {
      lines.lastTurn(line, instant, ready.turn());
    }
    if (following == NONE) {
      lines.tail(line, NONE);
    } else {
      ready.insert(turnOf(line), following);
    }
    return task;
  }

  private void step(long now, int slot, Runnable task) {
    int strand = slots.strand(slot);
    steps++;
    trace.step(now, strand, slots.isTimer(slot));
    int released = slots.release(slot);
    try {
      task.run();
    } catch (Throwable e) {
      failures.failed(lines.label(strand), e);
    } finally {
      slots.forget(slot, released);
    }
  }

  /**
   * Ends the instant: what is left, if anything, becomes pending again, each strand in its own
   * order.
   */
  private void putBack() {
    long due = open;
    open = NONE;
    int first;
    while ((first = ready.poll()) != NONE) {
      int line = lineOf(first);
      int slot = first;
      lines.tail(line, NONE);
      while (slot != NONE) {
        int following = slots.next(slot);
        if (slots.isPending(slot)) {
          instants.add(slot, due, 0);
        } else {
          slots.drop(slot);
        }
        slot = following;
      }
    }
  }

  /** Adds a slot to a line; true if the line was empty. */
  private boolean append(int line, int slot) {
    slots.next(slot, NONE);
    int tail = lines.tail(line);
    lines.tail(line, slot);
    if (tail != NONE) {
      slots.next(tail, slot);
    }
    return tail == NONE;
  }

  private int lineOf(int slot) {
    return fifo ? 0 : slots.strand(slot);
  }

  /** The turn of the first task in a line. */
  private long turnOf(int line) {
    long last = lines.lastTurn(line, instant);
    return last < 0
        ? Turns.first(lines.key(line), instantHash)
        : Turns.after(last, lines.key(line), instantHash);
  }

  /** Near the limit it notes who runs, so that the failure can name them. */
  private void watchForLivelock(int slot, long limit) {
    Runnable task = slots.task(slot);
    if (task == null) {
      return;
    }
    String looper = "\"" + lines.label(slots.strand(slot)) + "\" (" + describe(task) + ")";
    if (steps < limit) {
      loopers.add(looper);
      return;
    }
    ready.insert(ready.turn(), slot); // it has not run, and stays pending
    throw new SimulationException.Livelock(
        clock.elapsed(),
        "livelock at "
            + clock.describe()
            + ": more than "
            + stepLimit
            + " steps that were all scheduled at this one instant; the last ones ran on "
            + String.join(", ", loopers));
  }

  private static String describe(Runnable task) {
    String name = task.getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : "a lambda of " + name.substring(0, lambda);
  }
}
