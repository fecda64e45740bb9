package dev.reliability.testkit.world;

/** Hashes that are the same on every machine and in every run. */
final class Mix {
  /** 2^64 divided by the golden ratio: steps that spread evenly. */
  static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Mix() {}

  /** Spreads every bit of {@code x} over all bits of the result. */
  static long mix(long x) {
    long y = (x ^ (x >>> 33)) * 0xFF51AFD7ED558CCDL;
    y = (y ^ (y >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return y ^ (y >>> 33);
  }

  /** One hash of two, in this order. */
  static long mix(long a, long b) {
    return mix(mix(a) + GOLDEN + b);
  }

  /** A 64-bit hash of a text. */
  static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }
}
