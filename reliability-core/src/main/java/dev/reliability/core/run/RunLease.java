package dev.reliability.core.run;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.guard.LeaseKeeper;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StoredText;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claim of one run: taken before the run is recorded, renewed while it goes on, settled before
 * its end is recorded. The methods that say so block as long as the store does.
 */
final class RunLease {
  /** Ends that say something about the work, and so count as failures of the lane. */
  private static final Set<EndReason> COUNTED =
      Set.of(
          EndReason.NO_OUTPUT_TIMEOUT,
          EndReason.HARD_TIMEOUT,
          EndReason.SPAWN_FAILED,
          EndReason.SPAWN_UNKNOWN,
          EndReason.START_DEADLINE,
          EndReason.EXIT_NONZERO,
          EndReason.KILLED_BY_SIGNAL,
          EndReason.WORKER_LOST);

  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);
  private static final int MOST_COUNTS = 3;

  private final Claims claims;
  private final EventBus bus;
  private final String run;
  private final Work work;
  private volatile @Nullable Lease lease;
  private volatile @Nullable LeaseKeeper keeper;
  private int uncounted; // on the I/O strand

  RunLease(Claims claims, EventBus bus, String run, Work work) {
    this.claims = claims;
    this.bus = bus;
    this.run = run;
    this.work = work;
  }

  /** The fencing token; 0 before the claim was granted. */
  long token() {
    Lease held = lease;
    return held == null ? 0 : held.token();
  }

  /** When the holder's own deadline is, in nanoseconds since {@code origin}. */
  long until(long origin) {
    LeaseKeeper renewing = keeper;
    long deadline = renewing == null ? LeaseKeeper.NO_DEADLINE : renewing.deadlineNanos();
    return deadline == LeaseKeeper.NO_DEADLINE ? RunModel.NEVER : deadline - origin;
  }

  /**
   * Asks for the item. Blocks.
   *
   * @param lost told if the lease is lost later
   */
  Claim claim(Consumer<String> lost) {
    ReliabilityRuntime runtime = bus.runtime();
    long asked = runtime.time().nanos();
    Claim claim =
        claims
            .guard()
            .claim(
                new ItemKey(work.lane(), work.item()),
                claims.request(runtime.node() + "/" + run, work.lane()));
    if (claim instanceof Claim.Granted granted) {
      keep(granted.lease(), asked, lost);
    }
    return claim;
  }

  /** Goes on with a lease that was granted already. */
  void keep(Lease granted, long askedNanos, Consumer<String> lost) {
    lease = granted;
    keeper =
        LeaseKeeper.keep(
            bus.runtime(),
            claims.store(),
            granted,
            claims.policy().leaseTime(),
            askedNanos,
            why -> {
              bus.emit(
                  Subject.ofRun(work.lane(), work.item(), run).under(granted.token()),
                  new ItemEvent.LeaseLost(why));
              lost.accept(why);
            });
  }

  /**
   * Completes the item, or counts the failure and gives the item back. May be done again if it
   * threw. Blocks.
   *
   * @return the end as it is now: another one if the completion was refused
   */
  RunEnd settle(RunEnd end) {
    Lease held = lease;
    if (held == null) {
      return end;
    }
    RunEnd settled = end;
    if (end.state().isSuccess()) {
      settled =
          claims
              .guard()
              .complete(held, textOf(end.result()))
              .fold(yes -> end, again -> end, no -> end.superseded(no.currentToken()));
    } else {
      LaneGuard lanes = claims.lanes();
      if (lanes != null && end.state() == RunState.FAILED && COUNTED.contains(end.reason())) {
        count(lanes, end);
      }
      if (claims.policy().isFinal(end.reason())) {
        claims.guard().complete(held, "failed: " + end.reason());
      } else if (end.reason().equals(EndReason.LEASE_LOST)) {
        claims.lost(held);
      } else {
        claims.giveBack(held);
      }
    }
    abandon();
    return settled;
  }

  /** A failure that cannot be counted is told, and tried again twice; then the item goes first. */
  private void count(LaneGuard lanes, RunEnd end) {
    try {
      lanes.recordFailure(work.lane(), work.item(), run, words(end));
    } catch (RuntimeException e) {
      if (++uncounted < MOST_COUNTS) {
        throw e;
      }
      log.error("run {} ({}/{}): its failure was not counted", run, work.lane(), work.item(), e);
    }
  }

  /** Renews no more; the lease runs out by itself unless it is given back. */
  void abandon() {
    LeaseKeeper renewing = keeper;
    if (renewing != null) {
      renewing.close();
    }
  }

  /** Gives back what nobody wants any more. Blocks. */
  void giveBack() {
    abandon();
    Lease held = lease;
    if (held != null) {
      claims.giveBack(held);
    }
  }

  /** As a store can keep it; the run's report has it as it came. */
  private static @Nullable String textOf(@Nullable String result) {
    return result == null ? null : StoredText.cleaned(result);
  }

  private static String words(RunEnd end) {
    return end.detail() == null
        ? end.reason().wireName()
        : end.reason().wireName() + ": " + end.detail();
  }
}
