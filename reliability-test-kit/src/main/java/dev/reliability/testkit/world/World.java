package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A whole world in one thread: clocks that move when they are told to, and everything that is due
 * then, in an order that the seed decides.
 *
 * <p>The same seed and the same calls give the same run, step for step; {@link #traceHash()} proves
 * it. Another seed gives another order of what happens at the same instant. Time stands still
 * except inside the methods that move it ({@link #advance}, {@link #advanceToNext}, {@link
 * #runUntil}, {@link #runUntilIdle}, {@link #await}); nothing runs except inside them, and never
 * inside the call that scheduled it.
 *
 * <ul>
 *   <li>A task that is due runs with its own due time as now, on both clocks. An instant at the end
 *       of an advance is part of it.
 *   <li>At one instant a strand runs its tasks in the order in which it got them; among strands the
 *       seed decides, each time anew. What two strands do depends on nothing that a third one does.
 *   <li>A timer that is due may or may not have been handed to its strand already, so {@link
 *       Scheduler#cancel} at the very instant at which it is due says true or false as the seed has
 *       it. Earlier than that it is always in time.
 *   <li>A task that throws ends the drive: the clock stays at that instant, what else was due stays
 *       due, and the drive throws {@link SimulationException.TaskFailed}. A world that collects
 *       errors goes on instead and keeps them.
 *   <li>A task must not drive the world. It may play with the clocks: even {@link #pauseProcess}
 *       inside a task is a thing that happens to programs.
 *   <li>More than 10,000 steps that were all scheduled at the one instant at which they run are a
 *       livelock.
 *   <li>Tasks on {@link Strand.Kind#MONITOR} strands never count as something that is left to do.
 * </ul>
 *
 * <p>A world is one runtime; {@linkplain #node(String) nodes} in it are others, which can stand
 * still and crash while the rest goes on. What is said here of clocks and of the process happens to
 * the world's own runtime, but for {@link #pauseProcess}, in which all time passes.
 *
 * <p>One thread owns a world: the one that made it, until another one {@linkplain #adopt adopts}
 * it. Any other may read the clocks and {@link #inject} tasks, and gets an {@link
 * IllegalStateException} for anything else.
 */
public final class World implements ReliabilityRuntime {
  private final long seed;
  private final String node;
  private final FakeClock clock;
  private final Timeline timeline;
  private final Randomness randomness;
  private final Scheduler scheduler = new Timers();
  private final Duration awaitLimit;
  private final boolean fifo;
  private final Map<String, Machine> machines = new LinkedHashMap<>();

  World(WorldBuilder settings, int keepTrace) {
    seed = settings.seed;
    node = settings.node;
    awaitLimit = settings.awaitLimit;
    fifo = settings.fifoTies;
    clock = FakeClock.at(settings.start, Mix.mix(seed, Mix.hash("origin")) >> 2);
    timeline = new Timeline(clock, settings, keepTrace);
    randomness = new SeededRandomness(seed);
  }

  /** A world with default settings. */
  public static World create(long seed) {
    return builder(seed).build();
  }

  /** Settings for a world. */
  public static WorldBuilder builder(long seed) {
    return new WorldBuilder(seed);
  }

  // ---- what the library sees ----

  @Override
  public TimeSource time() {
    return clock;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public Strand strand(Strand.Kind kind, String label) {
    return timeline.strand(kind, label);
  }

  /**
   * Moves time forward until {@code stage} is done, and returns its value.
   *
   * @throws SimulationException.Deadlock if nothing is left to do that could complete the stage, or
   *     if it is still not done after 366 days (or what the builder says)
   * @throws IllegalStateException if a task calls it for a stage that is not done: its strand would
   *     wait for ever
   */
  @Override
  public <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    if (!future.isDone()) {
      timeline.await(future, awaitLimit);
    }
    return future.join();
  }

  @Override
  public boolean isClosed() {
    return timeline.isClosed();
  }

  /**
   * Drops every pending timer; what was given to strands directly still runs if time goes on. From
   * now on {@link Scheduler#schedule} and {@link Strand#execute} throw {@link
   * RejectedExecutionException}. Nodes crash.
   */
  @Override
  public void close() {
    timeline.checkOwner("close the world");
    machines.values().forEach(machine -> machine.current().crash());
    timeline.close();
  }

  // ---- moving time ----

  /**
   * Moves both clocks forward and runs everything that becomes due, the last instant included.
   * {@code advance(a)} and {@code advance(b)} are the same as {@code advance(a + b)}. Zero runs
   * what is due now.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   * @throws SimulationException if a task threw, at a livelock, or when the step budget is used up
   */
  public void advance(Duration by) {
    timeline.driveOrFail("advance", FakeClock.nanosOf("advance", by), null, false);
  }

  /**
   * Moves to the next instant at which anything is due, and runs that instant.
   *
   * @return false, and time stands still, if nothing is left to do but to watch
   * @throws SimulationException as {@link #advance}
   */
  public boolean advanceToNext() {
    long next = timeline.next("advanceToNext");
    if (next == Slots.NONE) {
      return false;
    }
    long ahead = Math.max(0, next - clock.elapsedNanos());
    timeline.driveOrFail("advanceToNext", ahead, null, false);
    return true;
  }

  /**
   * Moves time until {@code condition} holds, but not further than {@code horizon} from now. The
   * condition is looked at before the first step, after every step (what else is due at that
   * instant then stays due), and at the horizon.
   *
   * @return {@link Stop#CONDITION}, {@link Stop#HORIZON} or {@link Stop#BUDGET}
   * @throws SimulationException if a task threw, or at a livelock
   */
  public Stop runUntil(BooleanSupplier condition, Duration horizon) {
    return timeline.drive("runUntil", FakeClock.nanosOf("runUntil", horizon), condition, false);
  }

  /**
   * Moves time until nothing is left to do, but not further than {@code horizon} from now.
   *
   * @return {@link Stop#IDLE}, {@link Stop#HORIZON} or {@link Stop#BUDGET}
   * @throws SimulationException if a task threw, or at a livelock
   */
  public Stop runUntilIdle(Duration horizon) {
    return timeline.drive("runUntilIdle", FakeClock.nanosOf("runUntilIdle", horizon), null, true);
  }

  // ---- what can happen to clocks and processes ----

  /**
   * Sets the wall clock forward, or back if {@code by} is negative. The monotonic clock does not
   * move.
   */
  public void stepWall(Duration by) {
    timeline.note("stepWall " + by);
    clock.stepWall(by);
  }

  /**
   * Stops the wall clock, until {@link #thawWall}. Only {@link #stepWall} and {@link #suspend}
   * still move it.
   */
  public void freezeWall() {
    timeline.note("freezeWall");
    clock.freezeWall();
  }

  /** Lets the wall clock go on from where it stands. */
  public void thawWall() {
    timeline.note("thawWall");
    clock.thawWall();
  }

  /**
   * Makes the wall clock gain {@code ppm} microseconds in each second, or lose them if negative.
   *
   * @throws IllegalArgumentException unless {@code ppm} is above -1,000,000 and at most 1,000,000
   */
  public void drift(long ppm) {
    timeline.note("drift " + ppm + " ppm");
    clock.drift(ppm);
  }

  /**
   * The machine sleeps: the wall clock moves on, the monotonic clock and so all timers do not.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   */
  public void suspend(Duration by) {
    timeline.note("suspend " + by);
    clock.suspend(by);
  }

  /**
   * The process stands still: both clocks move on and nothing runs. What became due meanwhile runs
   * when time is driven the next time (by zero, if need be), and sees the time after the pause.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   */
  public void pauseProcess(Duration by) {
    timeline.note("pauseProcess " + by);
    clock.advance(by);
  }

  // ---- nodes ----

  /**
   * A node of this world: a process on a machine of its own, whose clocks begin at the world's. The
   * same name gives the same node, in its last incarnation.
   */
  public Node node(String name) {
    return machines.computeIfAbsent(name, made -> machine(made, null)).current();
  }

  /**
   * A new node with a program that runs as its first task, now and at each restart.
   *
   * @throws IllegalArgumentException if there is a node of that name
   */
  public Node node(String name, Consumer<Node> program) {
    Objects.requireNonNull(program, "program");
    if (machines.containsKey(name)) {
      throw new IllegalArgumentException("name: expected a new one, got \"" + name + "\"");
    }
    return machines.computeIfAbsent(name, made -> machine(made, program)).current();
  }

  private Machine machine(String name, @Nullable Consumer<Node> program) {
    return new Machine(this, timeline, clock, name, fifo, program);
  }

  // ---- other threads ----

  /**
   * Gives the world a task from any thread. It runs at the instant at which the world next looks,
   * on a strand of its own. From then on the run cannot be replayed, and {@link #isReplayable()}
   * says so.
   */
  public void inject(Runnable task) {
    timeline.inject(task);
  }

  /**
   * Makes the calling thread the owner, for a harness that builds on one thread and tests on
   * another.
   */
  public void adopt() {
    timeline.adopt();
  }

  // ---- looking at it ----

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** How far the monotonic clock has moved since the beginning. */
  public Duration elapsed() {
    return clock.elapsed();
  }

  /** How many tasks are pending, those that only watch included. */
  public int pending() {
    return timeline.pending();
  }

  /** True if nothing is left to do but to watch. */
  public boolean isIdle() {
    return timeline.isIdle();
  }

  /** How many tasks ran so far. */
  public long steps() {
    return timeline.steps();
  }

  /**
   * A hash of everything that happened, in order, and of the time. It does not depend on the seed
   * itself.
   */
  public long traceHash() {
    return timeline.trace().hash(clock.elapsedNanos());
  }

  /** Adds a line of the test's own, or of a fake's, to the trace. */
  public void trace(String line) {
    timeline.note(line);
  }

  /**
   * The last lines of the trace, oldest first; empty unless the builder was told to {@linkplain
   * WorldBuilder#keepTrace keep} some.
   */
  public List<String> traceLines() {
    return timeline.trace().lines();
  }

  /** False once a task was injected: another run with this seed may go another way. */
  public boolean isReplayable() {
    return !timeline.wasInjected();
  }

  /** What tasks threw, if the world collects errors: the first hundred. */
  public List<SimulationException.TaskFailed> errors() {
    return timeline.errors();
  }

  /** How many times tasks threw, if the world collects errors. */
  public long errorCount() {
    return timeline.errorCount();
  }

  /**
   * Throws the first of the collected errors, with the others suppressed in it, and forgets them
   * all. Does nothing if there are none.
   */
  public void throwErrors() {
    timeline.throwErrors();
  }

  @Override
  public String toString() {
    return "World with seed " + seed + " at " + clock.describe();
  }

  private final class Timers implements Scheduler {
    @Override
    public long schedule(Strand strand, long delayNanos, Runnable task) {
      if (strand instanceof SimStrand ours && ours.timeline() == timeline) {
        return timeline.schedule(ours, delayNanos, task);
      }
      throw new IllegalArgumentException("strand: expected one of this world, got " + strand);
    }

    @Override
    public boolean cancel(long timer) {
      return timeline.cancel(timer);
    }
  }
}
