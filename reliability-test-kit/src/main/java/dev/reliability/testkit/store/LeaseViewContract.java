package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of {@link LeaseStoreContract} about time, looking at items and forgetting them. */
public abstract sealed class LeaseViewContract extends LeaseTrialContract
    permits LeaseNameContract {

  LeaseViewContract() {}

  private List<String> names(ItemView.State state, @Nullable String lane, int limit) {
    return store().items(state, lane, limit).stream().map(item -> item.key().item()).toList();
  }

  private void doneAndPurged(String item) {
    completed(claimed(key(item), "worker-1"), null);
    advance(tick());
    assertEquals(1, store().purge(now()));
  }

  /** The store's clock stands where it was put, and has a name. */
  @Test
  public void theStoreGoesByItsOwnClock() {
    assertFalse(store().clock().isBlank());
    Instant before = now();
    assertEquals(before, now());
    advance(tick());
    assertEquals(before.plus(tick()), now());
  }

  // ---- looking ----

  /** What the store never heard of is not there, and looking does not change that. */
  @Test
  public void whatIsUnknownIsNotFound() {
    assertEquals(Optional.empty(), store().find(key("a")));
    assertEquals(Optional.empty(), store().find(key("a")));
    for (ItemView.State state : ItemView.State.values()) {
      assertEquals(List.of(), store().items(state, null, 9));
    }
    assertTrue(store().enqueue(key("a"), null));
  }

  /** Reads never write: an item whose lease ran out is shown as it is, and stays so. */
  @Test
  public void lookingChangesNothing() {
    Lease lease = claimed(key("a"), "worker-1");
    ItemView before = item(key("a"));
    toTheEndOf(lease);
    advance(TTL);
    assertEquals(before, item(key("a")));
    assertEquals(List.of(before), store().items(ItemView.State.LEASED, LANE, 9));
    assertEquals(List.of(), store().items(ItemView.State.QUEUED, LANE, 9));
    completed(lease, "r");
  }

  /** Each state by its own time, oldest first, of one lane or of all, up to the limit. */
  @Test
  public void itemsAreListedOldestFirst() {
    enqueued("q3", "q1", "q2");
    Lease last = claimed(key("l3"), "worker-1");
    advance(tick());
    claimed(key("l1"), "worker-1");
    advance(tick());
    Lease first = claimed(new ItemKey("other", "l2"), "worker-1");
    advance(tick());
    assertEquals(List.of("q3", "q1", "q2"), names(ItemView.State.QUEUED, LANE, 9));
    assertEquals(List.of("q3", "q1", "q2"), names(ItemView.State.QUEUED, null, 9));
    assertEquals(List.of("l3", "l1", "l2"), names(ItemView.State.LEASED, null, 9));
    assertEquals(List.of("l3", "l1"), names(ItemView.State.LEASED, null, 2));
    assertEquals(List.of("l3", "l1"), names(ItemView.State.LEASED, LANE, 9));
    completed(first, null);
    advance(tick());
    completed(last, null);
    assertEquals(List.of("l2", "l3"), names(ItemView.State.DONE, null, 9));
    assertEquals(List.of("l2"), names(ItemView.State.DONE, null, 1));
    assertEquals(List.of("l3"), names(ItemView.State.DONE, LANE, 9));
    assertEquals(List.of("l1"), names(ItemView.State.LEASED, null, 9));
    assertEquals(List.of(), names(ItemView.State.DONE, "nowhere", 9));
  }

  /** A list shows of each item what finding it shows. */
  @Test
  public void aListShowsWhatFindingShows() {
    assertTrue(store().enqueue(key("queued"), "p"));
    claimed(key("leased"), "worker-1");
    completed(claimed(key("done"), "worker-1"), "r");
    assertEquals(List.of(item(key("queued"))), store().items(ItemView.State.QUEUED, LANE, 9));
    assertEquals(List.of(item(key("leased"))), store().items(ItemView.State.LEASED, LANE, 9));
    assertEquals(List.of(item(key("done"))), store().items(ItemView.State.DONE, LANE, 9));
  }

  /** What no claim gets any more: undone, nobody's, and without attempts; first come, first. */
  @Test
  public void itemsWhoseAttemptsAreSpentAreShown() {
    assertEquals(List.of(), exhausted(null, 1, 9));
    enqueued("given-back", "fresh");
    Lease lost = claimed(key("lost"), "worker-1");
    advance(tick());
    Lease elsewhere = claimed(new ItemKey("other", "elsewhere"), "worker-1");
    releasedNow(claimed(key("given-back"), "worker-1"));
    completed(claimed(key("done"), "worker-1"), null);
    releasedNow(elsewhere);
    assertEquals(List.of("given-back", "elsewhere"), exhausted(null, 1, 9));
    toTheEndOf(lost);
    claimed(key("held"), "worker-1");
    assertEquals(List.of("given-back", "lost", "elsewhere"), exhausted(null, 1, 9));
    assertEquals(List.of("given-back", "lost"), exhausted(LANE, 1, 9));
    assertEquals(List.of("given-back"), exhausted(LANE, 1, 1));
    assertEquals(List.of(), exhausted(null, 2, 9), "another attempt may be made");
    assertEquals(
        List.of(item(key("given-back"))), store().exhausted(LANE, 1, 1), "as finding shows it");
    assertThrows(IllegalArgumentException.class, () -> store().exhausted(null, 0, 9));
  }

  private List<String> exhausted(@Nullable String lane, int maxAttempts, int limit) {
    return store().exhausted(lane, maxAttempts, limit).stream()
        .map(item -> item.key().item())
        .toList();
  }

  // ---- forgetting ----

  /** What was done before is forgotten; what was done at that instant is not. */
  @Test
  public void whatWasDoneBeforeIsPurged() {
    completed(claimed(key("early"), "worker-1"), null);
    completed(claimed(new ItemKey("other", "early"), "worker-1"), null);
    advance(tick());
    completed(claimed(key("later"), "worker-1"), null);
    assertEquals(2, store().purge(now()));
    assertEquals(Optional.empty(), store().find(key("early")));
    assertEquals(List.of("later"), names(ItemView.State.DONE, null, 9));
    assertEquals(0, store().purge(now()));
    assertEquals(1, store().purge(now().plus(tick())));
    assertEquals(List.of(), names(ItemView.State.DONE, null, 9));
  }

  /** What is not done stays, however old. */
  @Test
  public void whatIsNotDoneIsNotPurged() {
    enqueued("queued");
    claimed(key("lost"), "worker-1");
    releasedNow(claimed(key("given-back"), "worker-1"));
    advance(Duration.ofDays(1000));
    claimed(key("held"), "worker-1");
    assertEquals(0, store().purge(now().plus(Duration.ofDays(1000))));
    for (String item : List.of("queued", "lost", "given-back", "held")) {
      assertTrue(store().find(key(item)).isPresent(), item);
    }
  }

  /** How long an item is kept is how long a duplicate is recognised. */
  @Test
  public void aDuplicateIsRecognisedUntilThePurge() {
    Lease lease = claimed(key("a"), "worker-1");
    completed(lease, "r");
    Instant doneAt = now();
    advance(Duration.ofDays(7));
    assertEquals(0, store().purge(doneAt));
    assertEquals(new Claim.AlreadyDone(doneAt), store().claim(key("a"), by("worker-2")));
    assertEquals(
        new Completion.Duplicate(doneAt), store().complete(key("a"), lease.token(), "again"));
    assertEquals(1, store().purge(doneAt.plus(tick())));
    assertEquals(new Completion.Superseded(0), store().complete(key("a"), lease.token(), "again"));
    assertLost("unknown", store().renew(key("a"), lease.token(), TTL));
    assertLost("unknown", store().release(key("a"), lease.token()));
  }

  /** What was forgotten is new: its attempts, its payload and its place in the queue. */
  @Test
  public void whatWasPurgedIsNew() {
    assertTrue(store().enqueue(key("a"), "old"));
    releasedNow(claimed(key("a"), "worker-1"));
    doneAndPurged("a");
    enqueued("b");
    assertTrue(store().enqueue(key("a"), "new"));
    assertEquals(
        new ItemView(
            key("a"),
            ItemView.State.QUEUED,
            0,
            null,
            0,
            now(),
            null,
            null,
            null,
            null,
            null,
            "new",
            null),
        item(key("a")));
    List<Lease> leases = store().claimQueued(LANE, 9, by("worker-1"));
    assertEquals(List.of("b", "a"), items(leases));
    assertEquals(1, leases.get(1).attempt());
    assertEquals("new", leases.get(1).payload());
  }

  /** A purge leaves lanes as they are. */
  @Test
  public void aPurgeLeavesLanesAsTheyAre() {
    Lease lease = claimed(key("a"), "worker-1");
    pausedNow("why");
    LaneView paused = lane();
    completed(lease, null);
    advance(Duration.ofDays(1000));
    assertEquals(1, store().purge(now()));
    assertEquals(paused, lane());
    assertEquals(List.of(paused), store().lanes());
  }
}
