package dev.reliability.benchmarks;

/** One row of the performance table. */
interface Row {

  /** What is measured, in words. */
  String what();

  /** Measures ours, the peers and the limit, and judges. */
  void measure(Report report) throws Exception;

  /** Measures how the cost grows with the size of the work. */
  default void growth(Report report) throws Exception {
    report.note("Nothing in this row has a size that could grow.");
  }
}
