package dev.reliability.benchmarks;

import java.util.Arrays;
import java.util.Collection;

/** What was measured of one thing, several times over, in one unit. Immutable. */
final class Samples {
  private final double[] sorted;

  private Samples(double[] sorted) {
    this.sorted = sorted;
  }

  /**
   * The values in any order.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Samples of(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("values: expected at least one");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Samples(sorted);
  }

  /** The values of an array, in any order. */
  static Samples of(double... values) {
    return of(Arrays.stream(values).boxed().toList());
  }

  /** The middle one; of an even number the mean of the middle two. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The value that {@code part} of all values do not exceed, such as 0.95. */
  double quantile(double part) {
    int rank = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.max(0, Math.min(sorted.length - 1, rank))];
  }

  /** The largest. */
  double max() {
    return sorted[sorted.length - 1];
  }

  int count() {
    return sorted.length;
  }

  /** The same values in another unit. */
  Samples times(double factor) {
    return new Samples(Arrays.stream(sorted).map(v -> v * factor).toArray());
  }
}
