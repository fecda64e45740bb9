package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The timers of a {@link Node}: each is one of the world's, which moves when the machine sleeps.
 */
final class NodeTimers implements Scheduler {
  private static final Comparator<NodeStrand.Task> ORDER =
      Comparator.comparingLong((NodeStrand.Task task) -> task.due)
          .thenComparingLong(task -> task.timer);

  private final Machine machine;
  private final Node node;

  /** Those that did not run yet, by their number. */
  private final Map<Long, NodeStrand.Task> pending = new HashMap<>();

  private long made;

  NodeTimers(Machine machine, Node node) {
    this.machine = machine;
    this.node = node;
  }

  @Override
  public long schedule(Strand strand, long delayNanos, Runnable task) {
    if (!(strand instanceof NodeStrand ours) || ours.owner() != node) {
      throw new IllegalArgumentException("strand: expected one of " + node + ", got " + strand);
    }
    node.refuseIfClosed(ours);
    long due = Durations.saturatedAdd(machine.clock.elapsedNanos(), Math.max(0, delayNanos));
    NodeStrand.Task timer = new NodeStrand.Task(ours, task, made + 1, due);
    arm(timer);
    pending.put(++made, timer);
    return made;
  }

  @Override
  public boolean cancel(long timer) {
    machine.timeline.checkOwner("cancel a timer");
    NodeStrand.Task task = pending.get(timer);
    if (task == null) {
      return false;
    }
    boolean late =
        task.waits ? machine.handedOver(task) : !machine.timeline.cancel(task.worldTimer);
    if (late) {
      return false;
    }
    task.cancelled = true;
    pending.remove(timer);
    return true;
  }

  /** The task with this number runs, or none if it is no timer's. */
  void forget(long timer) {
    pending.remove(timer);
  }

  /** The machine falls asleep: what is not due yet comes later. */
  void armAgain() {
    for (NodeStrand.Task task : pending.values().stream().sorted(ORDER).toList()) {
      if (!task.waits && machine.timeline.cancel(task.worldTimer)) {
        arm(task);
      }
    }
  }

  void drop() {
    for (NodeStrand.Task task : List.copyOf(pending.values())) {
      task.cancelled = true;
      machine.timeline.cancel(task.worldTimer);
    }
    pending.clear();
  }

  private void arm(NodeStrand.Task task) {
    long ahead = Math.max(0, task.due - machine.clock.elapsedNanos());
    long delay = Durations.saturatedAdd(machine.clock.sleepLeft(), ahead);
    task.worldDue = Durations.saturatedAdd(machine.worldNanos(), delay);
    task.worldTimer = machine.timeline.schedule(task.strand().line, delay, task);
  }
}
