package dev.reliability.testkit.store;

/**
 * One thing that somebody asks of a lease store, or that happens. Times are in milliseconds, but
 * for an offset.
 */
sealed interface LeaseOp {

  record Enqueue(int lane, int item) implements LeaseOp {}

  record Claiming(int lane, int item, int holder, long ttl, int attempts) implements LeaseOp {}

  record Batch(int lane, int limit, int holder, long ttl, int attempts) implements LeaseOp {}

  /** Of the lease that was granted {@code back} leases ago. */
  record Renew(int back, long ttl) implements LeaseOp {}

  /** The same. */
  record Complete(int back) implements LeaseOp {}

  /** The same. */
  record Release(int back) implements LeaseOp {}

  /** Its holder dies: nothing is asked with it any more. */
  record Crash(int back) implements LeaseOp {}

  /** Somebody asks with a token that was never given out. */
  record Forge(int back) implements LeaseOp {}

  record Pause(int lane, Long episode) implements LeaseOp {}

  record Resume(int lane, Long episode, Long trial) implements LeaseOp {}

  /** Pauses a lane, if it is not paused, and opens a trial. */
  record Trial(int lane, long time) implements LeaseOp {}

  record Pass(long by) implements LeaseOp {}

  /** To the next instant at which a lease ends, one step before it, or one after. */
  record PassToAnEnd(long off) implements LeaseOp {}

  /** Of what was done before so long before, or after, now. */
  record Purge(long before) implements LeaseOp {}
}
