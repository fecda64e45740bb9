package dev.reliability.container.process;

import java.util.concurrent.TimeUnit;

/**
 * Waits until a wrapper has become the wanted program, or has started it: the process's name in the
 * table of processes changes at that moment. Looks soon and then ever more rarely, and stops
 * looking after about a minute; output or the end tell the same.
 */
final class ExecWatch {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST_LOOKS = 600;

  private final Backstage backstage;
  private final Child child;
  private final Announcer announcer;
  private final Runnable look = this::look;
  private long delay = FIRST_NANOS;
  private int looks;

  ExecWatch(Backstage backstage, Child child, Announcer announcer) {
    this.backstage = backstage;
    this.child = child;
    this.announcer = announcer;
  }

  /** Begins to look, unless there is nothing to wait for. */
  void begin() {
    if (!check()) {
      next();
    }
  }

  /** Looks once, on any thread. True if the program is known to be up, by this or before. */
  boolean check() {
    if (!announcer.isOpen()) {
      return true;
    }
    if (child.enclosure().isWrapped() && !child.isProgramUp()) {
      return false;
    }
    announcer.up(child.name());
    return true;
  }

  private void look() {
    if (!check() && child.process().isAlive()) {
      next();
    }
  }

  private void next() {
    if (looks++ < MOST_LOOKS) {
      backstage.later(delay, look);
      delay = Math.min(2 * delay, LONGEST_NANOS);
    }
  }
}
