package dev.reliability.container.process;

/** How this package makes threads: daemons with small stacks, named after what they do. */
final class Threads {
  /**
   * Stack for a thread that reads or writes one pipe and runs the host's rule: 256 KiB, taken only
   * as used.
   */
  static final long SMALL_STACK = 256 * 1024;

  private Threads() {}

  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, SMALL_STACK);
    thread.setDaemon(true);
    return thread;
  }
}
