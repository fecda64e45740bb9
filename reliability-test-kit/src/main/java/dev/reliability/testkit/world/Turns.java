package dev.reliability.testkit.world;

/**
 * When it is whose turn within one instant.
 *
 * <p>Each strand has turns of its own on a common scale: the first somewhere in round 0, each
 * further one up to a round after the one before. Whose turn is smallest goes next. So nobody waits
 * for more than a few turns of another, strands overtake each other in every way, and a strand's
 * turns are a hash of its own key and the instant: what another strand does changes nothing.
 */
final class Turns {
  /**
   * A round is 2^39 units, so that a turn of round 0 and a slot's number fit into one positive
   * long.
   */
  static final int ROUND_BITS = 39;

  private Turns() {}

  /** What a seed makes of an instant. */
  static long instant(long seed, long now) {
    return Mix.mix(seed ^ now);
  }

  /** A strand's first turn at an instant. */
  static long first(long strandKey, long instant) {
    return hash(strandKey ^ instant);
  }

  /** The turn after {@code turn}. */
  static long after(long turn, long strandKey, long instant) {
    return turn + 1 + hash((strandKey ^ instant) + (turn + 1) * Mix.GOLDEN);
  }

  /** True if a timer of the strand that is due, but has not run, was already handed over. */
  static boolean handedOver(long strandKey, long due) {
    return (Mix.mix(strandKey, due) & 1) == 0;
  }

  private static long hash(long key) {
    long x = (key ^ (key >>> 32)) * 0xD6E8FEB86659FD93L;
    x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
    return (x ^ (x >>> 32)) >>> (64 - ROUND_BITS);
  }
}
