package dev.reliability.core.runtime;

import java.util.random.RandomGenerator;

/**
 * Random numbers in streams that are keyed by what they are for, so that drawing more in one place
 * changes nothing in another. Safe for use by many threads; a stream itself belongs to one thread
 * (or strand) at a time.
 */
public interface Randomness {

  /**
   * A new stream for one purpose and one key (a lane, a run, a link). Under a seeded runtime equal
   * arguments give equal streams.
   */
  RandomGenerator stream(String label, String key);

  /**
   * 128 bits as 32 lower-case hexadecimal digits that nobody who has not been told can guess: from
   * a secure source, and new with each call. Only a seeded runtime makes them from the seed, the
   * label and the key alone: those are no secret.
   */
  String nonce(String label, String key);
}
