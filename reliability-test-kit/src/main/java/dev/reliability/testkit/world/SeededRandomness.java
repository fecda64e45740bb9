package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Randomness;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Streams that depend on the seed, the label and the key alone, not on what was drawn elsewhere.
 */
final class SeededRandomness implements Randomness {
  private final long seed;

  SeededRandomness(long seed) {
    this.seed = seed;
  }

  @Override
  public RandomGenerator stream(String label, String key) {
    return new Stream(Mix.mix(Mix.mix(seed, Mix.hash(label)), Mix.hash(key)));
  }

  @Override
  public String nonce(String label, String key) {
    RandomGenerator stream = stream(label, key);
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(stream.nextLong()) + hex.toHexDigits(stream.nextLong());
  }

  /** SplitMix64, written out so that no other Java version draws other numbers. */
  private static final class Stream implements RandomGenerator {
    private long state;

    Stream(long state) {
      this.state = state;
    }

    @Override
    public long nextLong() {
      state += Mix.GOLDEN;
      long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }
  }
}
