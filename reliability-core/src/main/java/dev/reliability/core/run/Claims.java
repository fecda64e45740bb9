package dev.reliability.core.run;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.guard.ClaimGuard;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.lane.RemediationHook;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import org.jspecify.annotations.Nullable;

/** What a supervisor needs to have items claimed, and lanes paused that keep failing. */
record Claims(
    LeaseStore store,
    ClaimGuard guard,
    @Nullable LaneGuard lanes,
    SpentItems spent,
    RunPolicy policy) {

  static Claims of(
      LeaseStore store,
      @Nullable StateStore state,
      EventBus bus,
      RunPolicy policy,
      RemediationHook hook) {
    LaneGuard lanes =
        state == null ? null : new LaneGuard(store, state, bus, policy.breaker(), hook);
    return new Claims(
        store,
        new ClaimGuard(store, bus),
        lanes,
        new SpentItems(store, bus, policy.maxAttempts()),
        policy);
  }

  /** Gives an item back, and tells if nobody gets it any more. Blocks. */
  void giveBack(Lease lease) {
    if (guard.release(lease).isHeld()) {
      lost(lease);
    }
  }

  /** The lease is over, and its item undone: tells if nobody gets it any more. */
  void lost(Lease lease) {
    spent.left(lease.key(), lease.token(), lease.attempt());
  }

  ClaimRequest request(String holder, String lane) {
    return new ClaimRequest(
        holder,
        policy.leaseTime(),
        policy.maxAttempts(),
        policy.timeouts(lane).effectiveHard().plus(policy.timeouts(lane).startDeadline()));
  }
}
