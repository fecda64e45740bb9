package dev.reliability.testkit.fault;

import dev.reliability.testkit.world.CallFault;
import dev.reliability.testkit.world.Connection;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One thing that can happen to one {@link Node} of a world, named by the node's name. To a node
 * that is down nothing happens but what happens to its machine's wall clock and to its calls.
 * Immutable.
 */
public sealed interface NodeFault extends Fault {

  /** The name of the node. */
  String node();

  /**
   * The process is killed and starts again by itself.
   *
   * @param downFor for how long it is down; not negative
   */
  record Crash(String node, Duration downFor) implements NodeFault {
    /** Checks {@code downFor}. */
    public Crash {
      Times.notNegative("crash", downFor);
    }

    @Override
    public void applyTo(World world) {
      whileUp(world, node, up -> up.crashFor(downFor));
    }

    @Override
    public String toString() {
      return node + ": crash, down " + downFor;
    }
  }

  /**
   * The process stands still: both its clocks go on.
   *
   * @param by how long; not negative
   */
  record Pause(String node, Duration by) implements NodeFault {
    /** Checks {@code by}. */
    public Pause {
      Times.notNegative("pause", by);
    }

    @Override
    public void applyTo(World world) {
      whileUp(world, node, up -> up.pause(by));
    }

    @Override
    public String toString() {
      return node + ": pause " + by;
    }
  }

  /**
   * The machine sleeps: of its clocks only the wall clock goes on.
   *
   * @param by how long; not negative
   */
  record Suspend(String node, Duration by) implements NodeFault {
    /** Checks {@code by}. */
    public Suspend {
      Times.notNegative("suspend", by);
    }

    @Override
    public void applyTo(World world) {
      whileUp(world, node, up -> up.suspend(by));
    }

    @Override
    public String toString() {
      return node + ": suspend " + by;
    }
  }

  /**
   * Somebody sets the machine's wall clock.
   *
   * @param by how far forward; back if negative
   */
  record StepWall(String node, Duration by) implements NodeFault {
    @Override
    public void applyTo(World world) {
      world.node(node).stepWall(by);
    }

    @Override
    public String toString() {
      return node + ": stepWall " + by;
    }
  }

  /**
   * Something happens to one of the next calls of the node: the request or the answer is lost, it
   * hangs, the node crashes in it. So a node can die between any two of its durable steps.
   *
   * @param skip how many calls go well before that one; not negative
   * @param fault what
   */
  record Call(String node, int skip, CallFault fault) implements NodeFault {
    /** Checks {@code skip}. */
    public Call {
      if (skip < 0) {
        throw new IllegalArgumentException("skip: expected zero or more, got " + skip);
      }
    }

    @Override
    public void applyTo(World world) {
      Connection connection = world.node(node).connection();
      connection.at(connection.calls() + skip + 1, fault);
    }

    @Override
    public String toString() {
      return node + ": call " + (skip + 1) + " from now, " + fault;
    }
  }

  private static void whileUp(World world, String node, Consumer<Node> what) {
    Node last = world.node(node);
    if (!last.isCrashed()) {
      what.accept(last);
    }
  }
}
