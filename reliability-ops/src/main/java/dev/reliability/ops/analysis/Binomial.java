package dev.reliability.ops.analysis;

/**
 * How probable it is that at least so many of n independent things happen. Summed up term by term,
 * the first of which is worked out as a logarithm: nothing overflows, whatever n is. Takes time in
 * proportion to n, some tens of milliseconds for a million.
 */
final class Binomial {
  /** A term that is smaller than this, relative to the sum, ends the sum. */
  private static final double NEGLIGIBLE = 1e-18;

  private Binomial() {}

  /**
   * {@code P(X >= k)} for {@code X ~ B(n, p)}. What is below the least double is 0.
   *
   * @throws IllegalArgumentException unless {@code 0 <= k <= n} and {@code 0 <= p <= 1}
   */
  static double atLeast(long k, long n, double p) {
    if (k < 0 || k > n) {
      throw new IllegalArgumentException("k: expected 0 to " + n + ", got " + k);
    }
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("p: expected 0 to 1, got " + p);
    }
    if (k == 0 || p == 1) {
      return 1;
    }
    if (p == 0) {
      return 0;
    }
    // The terms get smaller away from the mean: sum up on the side of it on which k is.
    return k > n * p ? upwards(k, n, p) : Math.max(0, 1 - downwards(k - 1, n, p));
  }

  /** {@code P(X >= k)}, for k above the mean. */
  private static double upwards(long k, long n, double p) {
    double odds = p / (1 - p);
    double term = 1;
    double sum = 1;
    for (long i = k; i < n && term > sum * NEGLIGIBLE; i++) {
      term *= (double) (n - i) / (i + 1) * odds;
      sum += term;
    }
    return Math.min(1, Math.exp(logTerm(k, n, p) + Math.log(sum)));
  }

  /** {@code P(X <= k)}, for k below the mean. */
  private static double downwards(long k, long n, double p) {
    double odds = (1 - p) / p;
    double term = 1;
    double sum = 1;
    for (long i = k; i > 0 && term > sum * NEGLIGIBLE; i--) {
      term *= (double) i / (n - i + 1) * odds;
      sum += term;
    }
    return Math.min(1, Math.exp(logTerm(k, n, p) + Math.log(sum)));
  }

  /** log P(X = k). */
  private static double logTerm(long k, long n, double p) {
    long m = Math.min(k, n - k);
    double sum = 0;
    double lost = 0; // what the sum was too large to take in
    for (long j = 1; j <= m; j++) {
      double next = Math.log((double) (n - m + j) / j);
      double whole = sum + next;
      lost += Math.abs(sum) >= Math.abs(next) ? sum - whole + next : next - whole + sum;
      sum = whole;
    }
    return sum + lost + k * Math.log(p) + (n - k) * Math.log1p(-p);
  }
}
