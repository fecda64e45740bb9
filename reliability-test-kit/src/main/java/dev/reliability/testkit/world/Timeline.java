package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a world: who may touch it, what is pending, and the loop that moves time from one
 * instant to the next.
 */
final class Timeline {
  private static final int ERRORS_KEPT = 100;

  private final FakeClock clock;
  private final Slots slots = new Slots();
  private final Instants instants = new Instants(slots);
  private final Lines lines = new Lines();
  private final Trace trace;
  private final Dispatcher dispatcher;
  private final long seed;
  private final boolean collectErrors;
  private final long stepBudget;
  private final Map<String, Integer> labels = new LinkedHashMap<>();
  private final List<SimulationException.TaskFailed> errors = new ArrayList<>();
  private final Queue<Runnable> injections = new ConcurrentLinkedQueue<>();
  private volatile Thread owner = Thread.currentThread();
  private volatile boolean injected;
  private @Nullable SimStrand injectionStrand;
  private boolean driving;
  private boolean closed;
  private long errorCount;

  Timeline(FakeClock clock, WorldBuilder settings, int keepTrace) {
    this.clock = clock;
    seed = settings.seed;
    collectErrors = settings.collectErrors;
    stepBudget = settings.stepBudget;
    trace = new Trace(lines, keepTrace);
    dispatcher =
        new Dispatcher(
            clock,
            slots,
            instants,
            lines,
            trace,
            seed,
            settings.stepLimit,
            settings.fifoTies,
            this::taskFailed);
  }

  // ---- what is pending ----

  SimStrand strand(Strand.Kind kind, String label) {
    checkOwner("make a strand");
    int ordinal = labels.merge(Objects.requireNonNull(label, "label"), 1, Integer::sum);
    return strand(kind, label, Mix.mix(seed, Mix.mix(Mix.hash(label), ordinal)));
  }

  /** A strand whose turns are decided by a key of its own. */
  SimStrand strand(Strand.Kind kind, String label, long key) {
    checkOwner("make a strand");
    trace.line(clock.elapsedNanos(), "new strand " + label);
    return new SimStrand(this, Objects.requireNonNull(kind, "kind"), label, lines.add(label, key));
  }

  long schedule(SimStrand strand, long delayNanos, Runnable task) {
    return slots.timerOf(submit(strand, Math.max(0, delayNanos), task, true));
  }

  void execute(SimStrand strand, Runnable task) {
    submit(strand, 0, task, false);
  }

  boolean cancel(long timer) {
    checkOwner("cancel a timer");
    int slot = slots.slotOf(timer);
    return slot != Slots.NONE && dispatcher.cancel(slot);
  }

  void inject(Runnable task) {
    injections.add(Objects.requireNonNull(task, "task"));
    injected = true;
  }

  boolean wasInjected() {
    return injected;
  }

  void close() {
    checkOwner("close the world");
    closed = true;
    dispatcher.cancelAll();
  }

  boolean isClosed() {
    return closed;
  }

  int pending() {
    return slots.pending();
  }

  boolean isIdle() {
    return slots.busy() == 0 && injections.isEmpty();
  }

  long steps() {
    return dispatcher.steps();
  }

  private int submit(SimStrand strand, long delay, Runnable task, boolean timer) {
    if (Thread.currentThread() != owner || closed) {
      refuse(strand);
    }
    long due = Durations.saturatedAdd(clock.elapsedNanos(), delay);
    int slot = slots.take(strand, due, Objects.requireNonNull(task, "task"), timer);
    dispatcher.add(slot, due, delay);
    return slot;
  }

  private void refuse(SimStrand strand) {
    checkOwner("give a task to strand \"" + strand.label() + "\"");
    throw new RejectedExecutionException(
        "strand \"" + strand.label() + "\" takes no more tasks: its world is closed");
  }

  // ---- time ----

  /** The instant of the next task, or {@link Slots#NONE} if nothing is left to do but to watch. */
  long next(String what) {
    checkDriver(what);
    takeInjected();
    return slots.busy() == 0 ? Slots.NONE : instants.peek();
  }

  Stop drive(String what, long nanos, @Nullable BooleanSupplier condition, boolean untilIdle) {
    checkDriver(what);
    long target = Durations.saturatedAdd(clock.elapsedNanos(), nanos);
    driving = true;
    try {
      while (true) {
        if (injected) {
          takeInjected();
        }
        if (condition != null && condition.getAsBoolean()) {
          return Stop.CONDITION;
        }
        if (untilIdle && slots.busy() == 0) {
          return Stop.IDLE;
        }
        long due = instants.peek();
        long now = clock.elapsedNanos(); // past the target if a task paused the process
        if (due == Slots.NONE || due > Math.max(target, now)) {
          clock.moveTo(Math.max(target, now));
          return condition != null && condition.getAsBoolean() ? Stop.CONDITION : Stop.HORIZON;
        }
        if (dispatcher.steps() >= stepBudget) {
          return Stop.BUDGET;
        }
        if (due > now) {
          clock.moveTo(due);
        }
        if (dispatcher.run(condition)) {
          return Stop.CONDITION;
        }
      }
    } finally {
      driving = false;
    }
  }

  /** The same, for callers who cannot go on without the steps that a used-up budget forbids. */
  Stop driveOrFail(
      String what, long nanos, @Nullable BooleanSupplier condition, boolean untilIdle) {
    Stop stop = drive(what, nanos, condition, untilIdle);
    if (stop == Stop.BUDGET) {
      throw new SimulationException.OutOfBudget(
          clock.elapsed(),
          what + ": the budget of " + stepBudget + " steps is used up at " + clock.describe());
    }
    return stop;
  }

  /** Drives until {@code future} is done, or says where it was awaited in vain. */
  void await(CompletableFuture<?> future, Duration atMost) {
    long limit = Durations.saturatedNanos(atMost);
    Stop stop = driveOrFail("await", limit, future::isDone, true);
    if (stop != Stop.CONDITION) {
      throw new SimulationException.Deadlock(
          clock.elapsed(),
          "deadlock at "
              + clock.describe()
              + ": nobody completes what is awaited at "
              + caller()
              + "; "
              + (stop == Stop.IDLE ? "nothing is left to do" : "it is not done after " + atMost));
    }
  }

  private static String caller() {
    Set<String> ours =
        Set.of(Timeline.class.getName(), World.class.getName(), Node.class.getName());
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(frame -> !ours.contains(frame.getClassName())).findFirst())
        .map(Object::toString)
        .orElse("an unknown place");
  }

  private void takeInjected() {
    Runnable task;
    while ((task = injections.poll()) != null) {
      if (injectionStrand == null) {
        injectionStrand = strand(Strand.Kind.CONTROL, "injected");
      }
      execute(injectionStrand, task);
    }
  }

  // ---- what happened ----

  /** Puts a line into the trace. */
  void note(String line) {
    checkOwner(line);
    trace.line(clock.elapsedNanos(), line);
  }

  Trace trace() {
    return trace;
  }

  List<SimulationException.TaskFailed> errors() {
    return List.copyOf(errors);
  }

  long errorCount() {
    return errorCount;
  }

  void throwErrors() {
    if (errors.isEmpty()) {
      return;
    }
    SimulationException.TaskFailed first = errors.get(0);
    errors.subList(1, errors.size()).forEach(first::addSuppressed);
    errors.clear();
    errorCount = 0;
    throw first;
  }

  private void taskFailed(String strand, Throwable error) {
    SimulationException.TaskFailed failed =
        new SimulationException.TaskFailed(clock.elapsed(), clock.describe(), strand, error);
    if (!collectErrors) {
      throw failed;
    }
    errorCount++;
    if (errors.size() < ERRORS_KEPT) {
      errors.add(failed);
    }
  }

  // ---- who may ----

  void adopt() {
    owner = Thread.currentThread();
  }

  /**
   * Gives the world to a thread that runs while the calling one, its owner, waits.
   *
   * @return the owner before
   */
  Thread handOver(Thread to) {
    Thread before = owner;
    owner = to;
    return before;
  }

  void checkOwner(String what) {
    Thread caller = Thread.currentThread();
    if (caller != owner) {
      throw new IllegalStateException(
          what
              + ": this world belongs to thread \""
              + owner.getName()
              + "\", and \""
              + caller.getName()
              + "\" may only inject() tasks");
    }
  }

  private void checkDriver(String what) {
    checkOwner(what);
    if (driving) {
      throw new IllegalStateException(
          what + ": a task must not drive the world that runs it, at " + clock.describe());
    }
  }
}
