package dev.reliability.core.runtime;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Streams that are a function of a seed, a label and a key; the seed is a secret of the process
 * unless it is given.
 *
 * <p>A stream is not for secrets: whoever sees a few numbers of it can compute the rest. A nonce
 * comes from the system's secure source, whatever the seed.
 */
final class SystemRandomness implements Randomness {
  private static final int NONCE_BYTES = 16;

  private final HashFunction hash;
  private final SecureRandom secure;

  /** With a seed of its own. */
  SystemRandomness() {
    this(new SecureRandom());
  }

  private SystemRandomness(SecureRandom random) {
    this(random, random.nextLong(), random.nextLong());
  }

  SystemRandomness(long seed, long moreSeed) {
    this(new SecureRandom(), seed, moreSeed);
  }

  private SystemRandomness(SecureRandom secure, long seed, long moreSeed) {
    this.secure = secure;
    this.hash = Hashing.sipHash24(seed, moreSeed);
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

  @Override
  public String nonce(String label, String key) {
    byte[] bytes = new byte[NONCE_BYTES];
    secure.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
