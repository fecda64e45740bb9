package dev.reliability.testkit.fault;

import dev.reliability.testkit.world.World;
import java.time.Duration;

/**
 * One thing that can happen to a {@link World}: time passing, a fault of its clocks or its process,
 * or a {@linkplain NodeFault fault of one of its nodes}. Immutable.
 */
public sealed interface Fault
    permits Fault.Advance,
        Fault.StepWall,
        Fault.Suspend,
        Fault.PauseProcess,
        Fault.Drift,
        Fault.FreezeWall,
        Fault.ThawWall,
        NodeFault {

  /** Makes it happen. */
  void applyTo(World world);

  /**
   * Nothing unusual happens for a while: the time between two faults.
   *
   * @param by how long; not negative
   */
  record Advance(Duration by) implements Fault {
    /** Checks {@code by}. */
    public Advance {
      Times.notNegative("advance", by);
    }

    @Override
    public void applyTo(World world) {
      world.advance(by);
    }

    @Override
    public String toString() {
      return "advance " + by;
    }
  }

  /**
   * Somebody sets the wall clock.
   *
   * @param by how far forward; back if negative
   */
  record StepWall(Duration by) implements Fault {
    @Override
    public void applyTo(World world) {
      world.stepWall(by);
    }

    @Override
    public String toString() {
      return "stepWall " + by;
    }
  }

  /**
   * The machine sleeps: only the wall clock goes on.
   *
   * @param by how long; not negative
   */
  record Suspend(Duration by) implements Fault {
    /** Checks {@code by}. */
    public Suspend {
      Times.notNegative("suspend", by);
    }

    @Override
    public void applyTo(World world) {
      world.suspend(by);
    }

    @Override
    public String toString() {
      return "suspend " + by;
    }
  }

  /**
   * The process stands still: both clocks go on and nothing runs. What became due runs when time is
   * driven next.
   *
   * @param by how long; not negative
   */
  record PauseProcess(Duration by) implements Fault {
    /** Checks {@code by}. */
    public PauseProcess {
      Times.notNegative("pauseProcess", by);
    }

    @Override
    public void applyTo(World world) {
      world.pauseProcess(by);
    }

    @Override
    public String toString() {
      return "pauseProcess " + by;
    }
  }

  /**
   * The wall clock begins to run fast or slow.
   *
   * @param ppm how many microseconds it gains each second; negative if it loses
   */
  record Drift(long ppm) implements Fault {
    @Override
    public void applyTo(World world) {
      world.drift(ppm);
    }

    @Override
    public String toString() {
      return "drift " + ppm + " ppm";
    }
  }

  /** The wall clock stops. */
  record FreezeWall() implements Fault {
    @Override
    public void applyTo(World world) {
      world.freezeWall();
    }

    @Override
    public String toString() {
      return "freezeWall";
    }
  }

  /** The wall clock goes on from where it stands. */
  record ThawWall() implements Fault {
    @Override
    public void applyTo(World world) {
      world.thawWall();
    }

    @Override
    public String toString() {
      return "thawWall";
    }
  }
}
