package dev.reliability.testkit.world;

/**
 * Thrown at whoever asks something of the outside on a {@link Node} that has crashed, so that the
 * task that was running ends there. It is no failure of a test: the node swallows it.
 */
public final class NodeCrash extends Error {
  private static final long serialVersionUID = 1;

  NodeCrash(String node) {
    super("node " + node + " has crashed", null, false, false);
  }
}
