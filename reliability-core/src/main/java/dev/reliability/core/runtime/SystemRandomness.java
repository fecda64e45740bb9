package dev.reliability.core.runtime;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Streams that differ by label and key, and from process to process. */
final class SystemRandomness implements Randomness {
  private final long seed = new SecureRandom().nextLong();

  @Override
  public RandomGenerator stream(String label, String key) {
    long hash = 31 * (31 * seed + label.hashCode()) + key.hashCode();
    return new SplittableRandom(hash * 0x9E3779B97F4A7C15L ^ seed);
  }
}
