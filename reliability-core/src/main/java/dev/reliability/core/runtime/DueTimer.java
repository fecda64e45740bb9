package dev.reliability.core.runtime;

/**
 * A timer that was taken out of the wheel to be handed to its strand; in the order of deadlines,
 * then of scheduling.
 */
record DueTimer(long deadline, int generation, Strand strand, Runnable task)
    implements Comparable<DueTimer> {

  @Override
  public int compareTo(DueTimer other) {
    int byDeadline = Long.compare(deadline, other.deadline);
    return byDeadline != 0 ? byDeadline : Integer.compareUnsigned(generation, other.generation);
  }
}
