package dev.reliability.core.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial view on an executor: a queue that many add to without a lock, and at most one turn that
 * takes from it.
 *
 * <p>A turn runs a bounded number of tasks and then asks for another turn, so that a busy strand
 * does not keep a thread from the others. If a turn is refused, the tasks stay in their order and
 * the strand asks again with the next task, or when its {@link Carrier} says so.
 */
final class SystemStrand implements Strand, Runnable {
  /** Tasks in a turn. */
  static final int TURN = 128;

  private static final Logger log = LoggerFactory.getLogger(Strand.class);

  /**
   * The end of {@link #added} once a turn has taken from it; without anything before it, there is
   * nothing new.
   */
  private static final Node BUSY = new Node(() -> {});

  private static final int RESTING = 0;
  private static final int ASKED = 1;
  private static final int REFUSED = 2;
  private static final int RUNNING = 3;

  private static final VarHandle ADDED;
  private static final VarHandle STATE;

  static {
    try {
      ADDED = MethodHandles.lookup().findVarHandle(SystemStrand.class, "added", Node.class);
      STATE = MethodHandles.lookup().findVarHandle(SystemStrand.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Carrier carrier;
  private final String label;

  /** What was added, newest first; null if there is nothing to do. */
  private volatile @Nullable Node added;

  /** What the turns took from there, oldest first; belongs to the running turn. */
  private @Nullable Node taken;

  private volatile int state;

  SystemStrand(Carrier carrier, String label) {
    this.carrier = carrier;
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Kind kind() {
    return carrier.kind();
  }

  @Override
  public void execute(Runnable task) {
    Node node = new Node(Objects.requireNonNull(task, "task"));
    Node before;
    do {
      before = added;
      node.next = before;
    } while (!ADDED.compareAndSet(this, before, node));
    if (before == null) {
      state = ASKED;
      carrier.carry(this);
    } else {
      askAgain();
    }
  }

  /** Asks for a turn once more if the last request was refused. */
  void askAgain() {
    if (state == REFUSED && STATE.compareAndSet(this, REFUSED, ASKED)) {
      carrier.carry(this);
    }
  }

  /**
   * Notes that the request was refused; false if it was not after all, and the turn runs or ran.
   */
  boolean refused() {
    return STATE.compareAndSet(this, ASKED, REFUSED);
  }

  /**
   * A turn. An executor that says it refused a turn and runs it nevertheless, or runs it twice,
   * does no harm.
   */
  @Override
  public void run() {
    if (!STATE.compareAndSet(this, ASKED, RUNNING)
        && !STATE.compareAndSet(this, REFUSED, RUNNING)) {
      return;
    }
    for (int done = 0; done < TURN; done++) {
      Node node = taken != null ? taken : take();
      if (node == null) {
        return;
      }
      taken = node.next;
      perform(node.task);
    }
    state = ASKED;
    carrier.carry(this);
  }

  /** The oldest task that was added; null if there is none, and then the turn is over. */
  private @Nullable Node take() {
    if (added == BUSY) {
      state = RESTING;
      if (ADDED.compareAndSet(this, BUSY, null)) {
        return null;
      }
      state = RUNNING;
    }
    Node newest = (Node) ADDED.getAndSet(this, BUSY);
    Node oldest = null;
    while (newest != null && newest != BUSY) {
      Node older = newest.next;
      newest.next = oldest;
      oldest = newest;
      newest = older;
    }
    return oldest;
  }

  private void perform(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      try {
        log.warn(
            "a task on {} strand {} failed; those behind it run all the same", kind(), label, e);
      } catch (Throwable broken) {
        carrier.unlogged(); // the tasks behind this one count for more than the log
      }
    }
    carrier.afterTask();
  }

  private static final class Node {
    final Runnable task;
    @Nullable Node next;

    Node(Runnable task) {
      this.task = task;
    }
  }
}
