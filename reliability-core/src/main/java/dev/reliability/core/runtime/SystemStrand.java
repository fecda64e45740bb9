package dev.reliability.core.runtime;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A serial view on an executor. */
final class SystemStrand implements Strand, Runnable {
  private static final Logger log = LoggerFactory.getLogger(Strand.class);

  /** After so many tasks the thread is given back, so that other strands have their turn. */
  private static final int TURN = 128;

  private final Kind kind;
  private final String label;
  private final Executor executor;
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /**
   * Tasks that were given and have not ended; whoever makes it 1 brings the strand onto the
   * executor.
   */
  private final AtomicInteger pending = new AtomicInteger();

  /** True if the executor refused; the next task asks it again. */
  private final AtomicBoolean stranded = new AtomicBoolean();

  SystemStrand(Kind kind, String label, Executor executor) {
    this.kind = kind;
    this.label = label;
    this.executor = executor;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public void execute(Runnable task) {
    queue.add(Objects.requireNonNull(task, "task"));
    if (pending.getAndIncrement() == 0) {
      ask();
    } else if (stranded.compareAndSet(true, false)) {
      ask();
    }
  }

  @Override
  public void run() {
    int done = 0;
    do {
      Runnable task = queue.poll();
      if (task != null) { // null only for a moment: it is counted before it is seen
        runOne(task);
        done++;
        if (pending.decrementAndGet() == 0) {
          return;
        }
      }
    } while (done < TURN);
    ask();
  }

  private void runOne(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.warn("a task on strand {} threw; those behind it run all the same", label, e);
    }
  }

  private void ask() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      stranded.set(true);
      log.warn("strand {} was refused by its executor; its tasks wait for the next one", label, e);
    }
  }
}
