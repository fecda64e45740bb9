package dev.reliability.core.runtime;

/**
 * Bytes in front of a stripe's fields, so that two stripes never share a cache line, nor a pair of
 * lines that are fetched together.
 */
abstract class TimerStripePadding {
  int p0;
  long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16;
}
