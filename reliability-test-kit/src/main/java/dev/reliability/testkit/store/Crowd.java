package dev.reliability.testkit.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Some real threads that do the same at once. */
final class Crowd {

  /** What each of them does. */
  @FunctionalInterface
  interface Task {
    void run(int member) throws Exception;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  private Crowd() {}

  /** All do {@code task}, and this returns when all are done; fails if one failed. */
  static void allDo(int size, Task task) throws InterruptedException {
    start(size, task).join();
  }

  /** All begin with {@code task} once all are there. */
  static Crowd start(int size, Task task) {
    Crowd crowd = new Crowd();
    CountDownLatch gate = new CountDownLatch(size);
    for (int i = 0; i < size; i++) {
      int member = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  gate.countDown();
                  gate.await();
                  task.run(member);
                } catch (Throwable e) {
                  crowd.thrown.add(e);
                }
              },
              "crowd-" + i);
      thread.setDaemon(true);
      crowd.threads.add(thread);
    }
    crowd.threads.forEach(Thread::start);
    return crowd;
  }

  /** Waits until {@code condition} holds; fails if one of them failed meanwhile. */
  void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (!thrown.isEmpty()) {
        join();
      }
      rest();
    }
  }

  /** Waits until all are done; fails if one failed. */
  void join() throws InterruptedException {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt); // the test ran out of time: so have they
      throw e;
    }
    Throwable first = thrown.peek();
    if (first != null) {
      throw new AssertionError(thrown.size() + " of " + threads.size() + " threads failed", first);
    }
  }

  /** For loops: lets others go ahead, and ends where the test ran out of time. */
  @SuppressWarnings("ThreadPriorityCheck") // to be interleaved is what these tests want
  static void rest() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the test ran out of time");
    }
    Thread.yield();
  }
}
