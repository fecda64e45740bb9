package dev.reliability.testkit.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The moment between a look and a step in a store that does not do both at once. Threads of a crowd
 * wait in it until they have been overtaken, or for so long that nobody will; the thread that made
 * it never waits. So a fault that would show once in a million times shows at once.
 */
final class Gap {
  private static final int LONG = 2_000;

  private final Thread maker = Thread.currentThread();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger entered = new AtomicInteger();

  /** Waits until there are two in the gap, who both have looked. */
  void pass() {
    boolean met = inside.get() > 0;
    int before = entered.get();
    pass(() -> met || entered.get() > before + 1);
  }

  /** Waits until this has happened. */
  void pass(BooleanSupplier overtaken) {
    if (Thread.currentThread() != maker) {
      entered.incrementAndGet();
      inside.incrementAndGet();
      spin(overtaken);
      inside.decrementAndGet();
    }
  }

  /** Waits until somebody is in the gap, if anybody ever was. */
  void overtake() {
    if (entered.get() > 0) {
      spin(() -> inside.get() > 0);
    }
  }

  private static void spin(BooleanSupplier until) {
    for (int i = 0; i < LONG && !until.getAsBoolean(); i++) {
      Thread.yield();
    }
  }
}
