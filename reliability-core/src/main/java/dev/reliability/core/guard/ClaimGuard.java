package dev.reliability.core.guard;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets one holder at a time work on an item, and nobody once it is done (requirements I1 to I4).
 * Asks the store, then tells what it answered: an event is emitted after the store's step, never
 * before it.
 *
 * <p>Blocks as long as the store does; what the store throws passes through, and then nobody knows
 * whether the step was taken. To ask again is safe. Thread-safe.
 */
public final class ClaimGuard {
  private final LeaseStore store;
  private final EventBus bus;

  /** Guards with {@code store}, and tells {@code bus}. */
  public ClaimGuard(LeaseStore store, EventBus bus) {
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
  }

  /** Claims one item. A refusal hands out nothing, and carries who works on it and until when. */
  public Claim claim(ItemKey key, ClaimRequest request) {
    Claim claim = store.claim(key, request);
    Subject subject = Subject.ofItem(key.lane(), key.item());
    if (claim instanceof Claim.Granted granted) {
      granted(granted.lease(), request);
    } else {
      bus.emit(subject, refusal(claim));
    }
    return claim;
  }

  /** Claims up to {@code limit} queued items of a lane; none if it is paused. */
  public List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
    List<Lease> leases = store.claimQueued(lane, limit, request);
    leases.forEach(lease -> granted(lease, request));
    return leases;
  }

  /**
   * Marks the item as done. {@link Completion.Duplicate} is fine; {@link Completion.Superseded} is
   * a refusal, and what was brought is kept in its event.
   */
  public Completion complete(Lease lease, @Nullable String result) {
    Completion completion = store.complete(lease.key(), lease.token(), result);
    bus.emit(
        subject(lease),
        completion.fold(
            accepted -> new ItemEvent.Completed(),
            duplicate -> new ItemEvent.CompleteDuplicate(duplicate.guard()),
            superseded -> new ItemEvent.CompleteSuperseded(superseded.currentToken(), result)));
    return completion;
  }

  /** Gives the item back undone; whoever claims it next consumes another attempt. */
  public Renewal release(Lease lease) {
    Renewal answer = store.release(lease.key(), lease.token());
    bus.emit(
        subject(lease),
        answer.fold(held -> new ItemEvent.Released(), lost -> new ItemEvent.LeaseLost(lost.why())));
    return answer;
  }

  private void granted(Lease lease, ClaimRequest request) {
    bus.emit(
        subject(lease),
        new ItemEvent.Claimed(
            lease.holder(), lease.attempt(), request.ttl(), lease.trial(), request.budget()));
  }

  private static Subject subject(Lease lease) {
    return Subject.ofItem(lease.key().lane(), lease.key().item()).under(lease.token());
  }

  private static ItemEvent.ClaimRefused refusal(Claim claim) {
    return claim.fold(
        granted -> {
          throw new IllegalArgumentException("granted is no refusal");
        },
        duplicate ->
            new ItemEvent.ClaimRefused(
                duplicate.guard(), duplicate.holder(), duplicate.leaseUntil(), null),
        done ->
            new ItemEvent.ClaimRefused("already_done", null, null, "done since " + done.doneAt()),
        paused ->
            new ItemEvent.ClaimRefused(
                "lane_paused", null, null, paused.reason() + ", since " + paused.since()),
        exhausted ->
            new ItemEvent.ClaimRefused(
                "attempts_exhausted", null, null, exhausted.attempts() + " attempts"));
  }
}
