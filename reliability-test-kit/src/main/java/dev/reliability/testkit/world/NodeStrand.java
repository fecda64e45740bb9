package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Strand;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * A strand of a {@link Node}, on top of one of the world's.
 *
 * <p>A task comes due when the world says so. If it cannot run then, because the node stands still
 * or a call of this strand hangs, it waits here, and a turn of the strand is taken later: a turn
 * runs whatever waits longest, so the order stays whichever turn comes first.
 */
final class NodeStrand implements Strand {
  private final Node node;
  private final String label;
  private final ArrayDeque<Task> waiting = new ArrayDeque<>(2);

  /** The world's strand. */
  final SimStrand line;

  /** What decides, with the instant, whether a timer that is due was handed over. */
  final long key;

  private boolean hangs;

  /** One task, or timer, of the strand. */
  static final class Task implements Runnable {
    private final NodeStrand strand;
    private final Runnable body;

    /** The timer's number in its node; 0 for a task that is no timer. */
    final long timer;

    /** When it is due by the node's own clock. */
    final long due;

    /** The world's timer for it, and when that one is due. */
    long worldTimer;

    long worldDue;

    /** Whether it waits in its strand, being due. */
    boolean waits;

    boolean cancelled;

    Task(NodeStrand strand, Runnable body, long timer, long due) {
      this.strand = strand;
      this.body = Objects.requireNonNull(body, "task");
      this.timer = timer;
      this.due = due;
    }

    NodeStrand strand() {
      return strand;
    }

    @Override
    public void run() {
      strand.due(this);
    }
  }

  NodeStrand(Node node, String label, SimStrand line, long key) {
    this.node = node;
    this.label = label;
    this.line = line;
    this.key = key;
  }

  Node owner() {
    return node;
  }

  @Override
  public void execute(Runnable task) {
    node.execute(this, task);
  }

  private void due(Task task) {
    task.waits = true;
    waiting.add(task);
    turn();
  }

  /** Runs what waits longest; if the node stands still, later. */
  void turn() {
    if (node.isCrashed() || waiting.isEmpty() || hangs) {
      return; // what hangs gives back the turns at its end
    }
    if (node.standsStill()) {
      node.turnLater(this);
      return;
    }
    Task task = waiting.remove();
    if (!task.cancelled) {
      node.run(this, task.timer, task.body);
    }
  }

  /** A call hangs in a task of this strand: nothing else runs on it. */
  void hang() {
    hangs = true;
  }

  /** The task that hung is over. */
  void free() {
    if (hangs) {
      hangs = false;
      waiting.forEach(task -> node.turnLater(this));
    }
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Kind kind() {
    return line.kind();
  }

  @Override
  public String toString() {
    return line.label();
  }
}
