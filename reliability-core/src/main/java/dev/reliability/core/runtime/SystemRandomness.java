package dev.reliability.core.runtime;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Streams that are a function of a seed, a label and a key; the seed is a secret of the process
 * unless it is given.
 *
 * <p>Not for secrets: whoever sees a few numbers of a stream can compute the rest of that stream.
 */
final class SystemRandomness implements Randomness {
  private final HashFunction hash;

  /** With a seed of its own. */
  SystemRandomness() {
    this(new SecureRandom());
  }

  private SystemRandomness(SecureRandom random) {
    this(random.nextLong(), random.nextLong());
  }

  SystemRandomness(long seed, long moreSeed) {
    hash = Hashing.sipHash24(seed, moreSeed);
  }

  @Override
  public RandomGenerator stream(String label, String key) {
    long start =
        hash.newHasher()
            .putInt(label.length()) // so that ("a", "bc") is not ("ab", "c")
            .putUnencodedChars(label)
            .putUnencodedChars(key)
            .hash()
            .asLong();
    return new SplittableRandom(start);
  }
}
