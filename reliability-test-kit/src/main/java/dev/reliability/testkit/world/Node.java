package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.runtime.TimeSource;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One process on a machine of its own in a {@link World}: a runtime with its own clocks, timers,
 * strands and random numbers, to which things happen that happen to none of its neighbours.
 *
 * <p>All nodes live on the world's one timeline, and the world's rules hold for each. {@link World}
 * itself is a runtime too, to which none of this happens: a good place for what the nodes share,
 * such as a store that goes by the world's clock. As long as nothing happens to a node, what runs
 * on it runs as it would on the world.
 *
 * <p>A node that crashes is dead for good: what was in memory is gone, no task of it runs any more,
 * and its runtime refuses everything with {@link RejectedExecutionException}. {@link #restart}
 * gives the next incarnation, a node of the same name on the same machine: clocks go on, streams of
 * random numbers are others. What outlives a crash is what the node reached through {@link
 * #connect}; a task that was running when its node crashed gets a {@link NodeCrash} there.
 *
 * <p>A task cannot be stopped in its middle, but for a call that {@linkplain CallFault.Hang hangs}:
 * what a running task does after its node was paused still happens before the pause.
 *
 * <p>Belongs to the owner of the world; other threads may read the clocks.
 */
public final class Node implements ReliabilityRuntime {
  private final Machine machine;
  private final int incarnation;
  private final Randomness randomness;
  private final Clock time;
  private final NodeTimers timers;

  /** The world's timers for turns of strands that stood still. */
  private final Set<Turn> turns = new LinkedHashSet<>();

  private final HungTasks hung;
  private boolean closed;
  private boolean crashed;

  Node(Machine machine, int incarnation, long origin, Randomness randomness) {
    this.machine = machine;
    this.incarnation = incarnation;
    this.randomness = randomness;
    time = new Clock(machine.clock, origin);
    timers = new NodeTimers(machine, this);
    hung = new HungTasks(machine, this);
  }

  // ---- what the library sees ----

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public Scheduler scheduler() {
    return timers;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  /** The node's name. */
  @Override
  public String node() {
    return machine.name;
  }

  @Override
  public Strand strand(Strand.Kind kind, String label) {
    return machine.strand(this, kind, Objects.requireNonNull(label, "label"));
  }

  /** As {@link World#await}: the whole world goes on meanwhile. */
  @Override
  public <T> T await(CompletionStage<T> stage) {
    return machine.world.await(stage);
  }

  /** Whether it was closed, or has crashed. */
  @Override
  public boolean isClosed() {
    return closed || crashed;
  }

  /**
   * Ends this incarnation in good order: pending timers are dropped, what was given to strands
   * directly still runs.
   */
  @Override
  public void close() {
    machine.note("close");
    closed = true;
    timers.drop();
  }

  // ---- what can happen to it ----

  /**
   * Sets the machine's wall clock forward, or back if {@code by} is negative. Its monotonic clock
   * does not move.
   */
  public void stepWall(Duration by) {
    touch("stepWall " + by, WallRate.by(by));
  }

  /**
   * Stops the machine's wall clock, until {@link #thawWall}. Only {@link #stepWall} and {@link
   * #suspend} still move it.
   */
  public void freezeWall() {
    touch("freezeWall", WallRate.frozenTo(true));
  }

  /** Lets the machine's wall clock go on from where it stands. */
  public void thawWall() {
    touch("thawWall", WallRate.frozenTo(false));
  }

  /**
   * Makes the machine's wall clock gain {@code ppm} microseconds in each second, or lose them if
   * negative.
   *
   * @throws IllegalArgumentException unless {@code ppm} is above -1,000,000 and at most 1,000,000
   */
  public void drift(long ppm) {
    touch("drift " + ppm + " ppm", WallRate.drifting(ppm));
  }

  private void touch(String what, WallRate.Touch touch) {
    machine.note(what);
    machine.clock.touch(touch);
  }

  /**
   * The machine sleeps while the world goes on: its wall clock moves, its monotonic clock and so
   * all its timers do not, and nothing of it runs. A machine that sleeps already sleeps for so long
   * at least.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   * @throws IllegalStateException if this incarnation has crashed
   */
  public void suspend(Duration by) {
    long nanos = FakeClock.nanosOf("suspend", by);
    checkUp("suspend");
    machine.note("suspend " + by);
    machine.clock.sleep(nanos);
    timers.armAgain();
  }

  /**
   * The process stands still while the world goes on: both its clocks move and nothing of it runs.
   * What becomes due meanwhile runs afterwards, in its order, and sees the time after the pause. A
   * process that is paused already is paused for so long at least.
   *
   * @throws IllegalArgumentException if {@code by} is negative
   * @throws IllegalStateException if this incarnation has crashed
   */
  public void pause(Duration by) {
    long nanos = FakeClock.nanosOf("pause", by);
    checkUp("pause");
    machine.note("pause " + by);
    machine.pause(nanos);
  }

  /**
   * The process is killed: what is in memory is gone, pending timers and queued tasks never run. A
   * machine that slept is awake. Does nothing if this incarnation has crashed already.
   */
  public void crash() {
    crash(null);
  }

  /**
   * The process is killed, and starts again by itself after {@code downFor} unless somebody starts
   * it earlier.
   *
   * @throws IllegalArgumentException if {@code downFor} is negative
   */
  public void crashFor(Duration downFor) {
    crash(Objects.requireNonNull(downFor, "downFor"));
  }

  void crash(@Nullable Duration downFor) {
    long down = downFor == null ? 0 : FakeClock.nanosOf("crashFor", downFor);
    if (crashed) {
      return;
    }
    machine.note("crash" + (downFor == null ? "" : ", down " + downFor));
    crashed = true;
    timers.drop();
    turns.forEach(turn -> machine.timeline.cancel(turn.worldTimer));
    turns.clear();
    machine.release();
    hung.crash();
    if (downFor != null) {
      machine.later(
          down,
          () -> {
            if (machine.current() == this) {
              restart();
            }
          });
    }
  }

  /**
   * Starts the node anew after a crash.
   *
   * @return the new incarnation, on which the node's program runs if it has one; this one stays
   *     dead
   * @throws IllegalStateException if this incarnation has not crashed, or is not the last one
   */
  public Node restart() {
    if (!crashed || machine.current() != this) {
      throw new IllegalStateException(
          this + " cannot be restarted: expected the last incarnation, crashed");
    }
    machine.note("restart");
    return machine.start();
  }

  // ---- the outside ----

  /**
   * The outside as this incarnation reaches it: what is called goes over the node's {@link
   * #connection}, and a crashed incarnation reaches nothing.
   *
   * @param type an interface, such as {@code LeaseStore}
   * @param target what does it
   */
  public <T> T connect(Class<T> type, T target) {
    Objects.requireNonNull(target, "target");
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() != Object.class) {
                return machine.connection.call(this, target, method, arguments);
              }
              return switch (method.getName()) {
                case "equals" -> arguments != null && self == arguments[0];
                case "hashCode" -> machine.name.hashCode();
                default -> target + " as node " + machine.name + " reaches it";
              };
            });
    return type.cast(proxy);
  }

  /** What happens to the calls of this node, in all its incarnations. */
  public Connection connection() {
    return machine.connection;
  }

  // ---- looking at it ----

  /** Whether this incarnation has crashed. */
  public boolean isCrashed() {
    return crashed;
  }

  /** Counts the starts of the node, from 1. */
  public int incarnation() {
    return incarnation;
  }

  @Override
  public String toString() {
    return "node " + machine.name + ", incarnation " + incarnation + (crashed ? ", crashed" : "");
  }

  void checkRunning() {
    if (crashed) {
      throw new NodeCrash(machine.name);
    }
  }

  private void checkUp(String what) {
    if (crashed) {
      throw new IllegalStateException(what + ": " + this);
    }
  }

  // ---- running things ----

  void execute(NodeStrand strand, Runnable task) {
    refuseIfClosed(strand);
    machine.timeline.execute(strand.line, new NodeStrand.Task(strand, task, 0, 0));
  }

  void refuseIfClosed(NodeStrand strand) {
    if (isClosed()) {
      throw new RejectedExecutionException(
          "strand \"" + strand.label() + "\" takes no more tasks: " + this + " is closed");
    }
  }

  boolean standsStill() {
    return machine.stillFor() > 0;
  }

  /** Gives a strand a turn as soon as the node stands still no more. */
  void turnLater(NodeStrand strand) {
    Turn turn = new Turn(strand);
    turns.add(turn);
    turn.worldTimer = machine.timeline.schedule(strand.line, machine.stillFor(), turn);
  }

  private final class Turn implements Runnable {
    private final NodeStrand strand;
    private long worldTimer;

    Turn(NodeStrand strand) {
      this.strand = strand;
    }

    @Override
    public void run() {
      turns.remove(this);
      strand.turn();
    }
  }

  void run(NodeStrand strand, long timer, Runnable body) {
    timers.forget(timer);
    if (machine.connection.mayHang()) {
      hung.run(strand, body);
      return;
    }
    try {
      body.run();
    } catch (Throwable e) {
      throwUnlessCrashed(e);
    }
  }

  /** What a task does after the crash of its node it only seems to do. */
  void throwUnlessCrashed(Throwable e) {
    if (crashed) {
      return;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
  }

  /** Lets the task that runs wait for a call; {@code then} is done at the end of that time. */
  void hang(Duration by, Runnable then) {
    hung.hang(by, then);
    checkRunning();
  }

  private record Clock(NodeClock clock, long origin) implements TimeSource {
    @Override
    public Instant wall() {
      return clock.wall();
    }

    @Override
    public long nanos() {
      return origin + clock.elapsedNanos();
    }
  }
}
