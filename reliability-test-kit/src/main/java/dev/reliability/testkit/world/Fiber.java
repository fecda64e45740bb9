package dev.reliability.testkit.world;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A task of a node that may wait in the middle. It runs on a thread of its own, but never beside
 * the thread that lets it: that one waits until the task is over or waits in its turn, and the
 * world belongs to whichever of the two runs.
 */
final class Fiber {
  private final Timeline timeline;
  private final NodeStrand strand;
  private final Thread thread;
  private final Semaphore mayRun = new Semaphore(0);
  private final Semaphore stopped = new Semaphore(0);
  private boolean started;
  private @Nullable Throwable thrown;

  Fiber(Timeline timeline, String name, NodeStrand strand, Runnable body) {
    this.timeline = timeline;
    this.strand = strand;
    thread = new Thread(() -> run(body), name);
    thread.setDaemon(true);
  }

  NodeStrand strand() {
    return strand;
  }

  /** What the task threw. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  private void run(Runnable body) {
    mayRun.acquireUninterruptibly();
    try {
      body.run();
    } catch (Throwable e) {
      thrown = e;
    }
    stopped.release();
  }

  /** Lets it run until it is over or waits. */
  void goOn() {
    if (!started) {
      started = true;
      thread.start();
    }
    Thread before = timeline.handOver(thread);
    mayRun.release();
    stopped.acquireUninterruptibly();
    timeline.handOver(before);
  }

  /** Waits until somebody lets it go on; only the task itself may. */
  void pause() {
    stopped.release();
    mayRun.acquireUninterruptibly();
  }

  /** Whether the calling thread is the task's. */
  boolean isHere() {
    return Thread.currentThread() == thread;
  }
}
