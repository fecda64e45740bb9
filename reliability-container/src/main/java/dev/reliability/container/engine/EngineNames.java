package dev.reliability.container.engine;

import dev.reliability.core.run.RunContext;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Names for containers: such that people see which run it is, and that no two are the same,
 * whatever other processes, incarnations and owners call theirs.
 */
final class EngineNames {
  private static final AtomicLong instances = new AtomicLong();
  private static final int LONGEST_RUN = 40;
  private static final int NONCE_DIGITS = 12;
  private static final int RADIX = 36;

  private final RandomGenerator random;
  private final Object lock = new Object();

  EngineNames(ReliabilityRuntime runtime, String owner) {
    random = runtime.randomness().stream("engine.names", owner + "/" + instances.incrementAndGet());
  }

  String next(RunContext context) {
    StringBuilder name = new StringBuilder("run-");
    String run = context.run();
    for (int i = 0; i < Math.min(run.length(), LONGEST_RUN); i++) {
      char c = run.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      name.append(plain ? c : '_');
    }
    name.append('-').append(context.attempt()).append('-');
    synchronized (lock) {
      for (int i = 0; i < NONCE_DIGITS; i++) {
        name.append(Character.forDigit(random.nextInt(RADIX), RADIX));
      }
    }
    return name.toString();
  }
}
