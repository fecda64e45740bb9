package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link LeaseStoreContract} about claiming and queueing. */
public abstract sealed class LeaseClaimContract extends LeaseContractBase
    permits LeaseHolderContract {

  LeaseClaimContract() {}

  // ---- one item ----

  /** An item need not be enqueued to be claimed; the lease says all about itself. */
  @Test
  public void aClaimIsGrantedAndSaysAllAboutItself() {
    Lease lease = claimed(key("a"), "worker-1");
    assertTrue(lease.token() > 0, () -> "token: " + lease.token());
    assertEquals(
        new Lease(key("a"), lease.token(), "worker-1", 1, now(), now().plus(TTL), null, false),
        lease);
    assertEquals(
        new ItemView(
            key("a"),
            ItemView.State.LEASED,
            lease.token(),
            "worker-1",
            1,
            now(),
            now(),
            now(),
            now().plus(TTL),
            BUDGET,
            null,
            null,
            null),
        item(key("a")));
  }

  /** What an item was enqueued with comes with each lease. */
  @Test
  public void aLeaseCarriesThePayload() {
    assertTrue(store().enqueue(key("a"), "{\"issue\":42}"));
    Lease first = claimed(key("a"), "worker-1");
    assertEquals("{\"issue\":42}", first.payload());
    toTheEndOf(first);
    assertEquals("{\"issue\":42}", claimed(key("a"), "worker-2").payload());
  }

  /** Somebody holds it: refused, naming who and until when (requirement I1). */
  @Test
  public void aSecondClaimIsADuplicateThatNamesTheHolder() {
    Lease lease = claimed(key("a"), "worker-1");
    ItemView before = item(key("a"));
    advance(Duration.ofSeconds(1));
    for (String holder : List.of("worker-2", "worker-1")) {
      Claim answer = store().claim(key("a"), by(holder));
      assertEquals(new Claim.Duplicate("worker-1", lease.until()), answer);
    }
    assertEquals(before, item(key("a")), "a refusal changes nothing");
  }

  /** A lease holds until one step before its end, and at the very instant of its end it is lost. */
  @Test
  public void aLeaseIsLostAtTheInstantOfItsEndAndNotBefore() {
    Lease lease = claimed(key("a"), "worker-1");
    toJustBeforeTheEndOf(lease);
    assertEquals(
        new Claim.Duplicate("worker-1", lease.until()), store().claim(key("a"), by("worker-2")));
    advance(tick());
    Lease second = claimed(key("a"), "worker-2");
    assertEquals(2, second.attempt());
    assertEquals(lease.until(), second.claimedAt());
    assertEquals("worker-2", item(key("a")).holder());
  }

  /** Whoever comes later has the higher token, whatever became of the lease before. */
  @Test
  public void tokensIncrease() {
    Lease lost = claimed(key("a"), "worker-1");
    toTheEndOf(lost);
    Lease givenBack = claimed(key("a"), "worker-1");
    assertTrue(givenBack.token() > lost.token(), "after a lease that ran out");
    releasedNow(givenBack);
    Lease third = claimed(key("a"), "worker-1");
    assertTrue(third.token() > givenBack.token(), "after one that was given back");
    assertEquals(third.token(), item(key("a")).token());
  }

  /** Also over a purge: what the store forgets, it does not begin anew. */
  @Test
  public void tokensIncreaseOverAPurge() {
    Lease first = claimed(key("a"), "worker-1");
    toTheEndOf(first);
    Lease second = claimed(key("a"), "worker-1");
    completed(second, null);
    advance(tick());
    assertEquals(1, store().purge(now()));
    Lease afterwards = claimed(key("a"), "worker-1");
    assertTrue(afterwards.token() > second.token(), afterwards + " after " + second);
    assertEquals(
        new Completion.Superseded(afterwards.token()),
        store().complete(key("a"), second.token(), "late"));
  }

  /** A lease that was lost was an attempt all the same: no item is tried for ever. */
  @Test
  public void lostLeasesConsumeAttempts() {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Lease lease = claimed(key("a"), "worker-" + attempt);
      assertEquals(attempt, lease.attempt());
      toTheEndOf(lease);
    }
    ItemView before = item(key("a"));
    Claim answer = store().claim(key("a"), by("worker-9"));
    assertEquals(new Claim.AttemptsExhausted(ATTEMPTS), answer);
    assertEquals(before, item(key("a")), "a refusal changes nothing");
  }

  /** So was one that was given back. */
  @Test
  public void leasesGivenBackConsumeAttempts() {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      releasedNow(claimed(key("a"), "worker-1"));
    }
    assertEquals(new Claim.AttemptsExhausted(ATTEMPTS), store().claim(key("a"), by("worker-1")));
  }

  /** How often is a term of the claim: who allows more gets more. */
  @Test
  public void attemptsAreATermOfTheClaim() {
    releasedNow(claimed(key("a"), "worker-1"));
    assertEquals(new Claim.AttemptsExhausted(1), store().claim(key("a"), by("worker-1", 1)));
    assertEquals(2, granted(store().claim(key("a"), by("worker-1", 2))).attempt());
  }

  /** An unexpired lease is looked at before the attempts. */
  @Test
  public void theLastAttemptUnderWayIsADuplicate() {
    Lease lease = granted(store().claim(key("a"), by("worker-1", 1)));
    assertEquals(
        new Claim.Duplicate("worker-1", lease.until()), store().claim(key("a"), by("worker-2", 1)));
  }

  /** Done is looked at before the lease and the attempts, and stays. */
  @Test
  public void whatIsDoneIsNotClaimedAgain() {
    Lease lease = granted(store().claim(key("a"), by("worker-1", 1)));
    completed(lease, "r");
    ItemView before = item(key("a"));
    Claim.AlreadyDone done = new Claim.AlreadyDone(now());
    assertEquals(done, store().claim(key("a"), by("worker-2", 1)));
    toTheEndOf(lease);
    assertEquals(done, store().claim(key("a"), by("worker-2", 1)));
    advance(Duration.ofDays(30));
    assertEquals(done, store().claim(key("a"), by("worker-2")));
    assertEquals(before, item(key("a")), "a refusal changes nothing");
  }

  /** Items are told apart by lane and name, to the letter. */
  @Test
  public void keysAreToldApart() {
    List<ItemKey> keys =
        List.of(
            new ItemKey("lane", "item"),
            new ItemKey("lane", "Item"),
            new ItemKey("Lane", "item"),
            new ItemKey("lane", "item "),
            new ItemKey("lane", "%"),
            new ItemKey("lane", "it_m"),
            new ItemKey("lane/item", "x"),
            new ItemKey("lane", "item/x"),
            new ItemKey("lane'; drop table items; --", "\"item\\"),
            new ItemKey("l\u00e4ne", "\u7de8\u96c6 \ud83d\ude80"));
    for (ItemKey key : keys) {
      assertEquals(key, claimed(key, "worker-1").key());
    }
    for (ItemKey key : keys) {
      assertInstanceOf(Claim.Duplicate.class, store().claim(key, by("worker-2")));
      assertEquals(key, item(key).key());
    }
  }

  // ---- the queue ----

  /** An item is made known once; whatever became of it, it is not again. */
  @Test
  public void anItemIsEnqueuedOnce() {
    assertTrue(store().enqueue(key("a"), "first"));
    ItemView queued = item(key("a"));
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
            "first",
            null),
        queued);
    advance(tick());
    assertFalse(store().enqueue(key("a"), "second"));
    assertEquals(queued, item(key("a")));
    Lease lease = claimed(key("a"), "worker-1");
    assertFalse(store().enqueue(key("a"), "third"), "while it is leased");
    toTheEndOf(lease);
    assertFalse(store().enqueue(key("a"), "fourth"), "when its lease ran out");
    completed(lease, null);
    assertFalse(store().enqueue(key("a"), "fifth"), "when it is done");
    assertEquals("first", item(key("a")).payload());
    assertEquals(ItemView.State.DONE, item(key("a")).state());
  }

  /** The oldest first, as many as are asked for. */
  @Test
  public void theQueueIsClaimedOldestFirstUpToTheLimit() {
    enqueued("c", "a", "d", "b");
    List<Lease> leases = store().claimQueued(LANE, 3, by("worker-1"));
    assertEquals(List.of("c", "a", "d"), items(leases));
    assertEquals(3, leases.stream().map(Lease::token).distinct().count(), leases::toString);
    for (Lease lease : leases) {
      assertEquals(
          new Lease(lease.key(), lease.token(), "worker-1", 1, now(), now().plus(TTL), null, false),
          lease);
      assertEquals(ItemView.State.LEASED, item(lease.key()).state());
      assertEquals(lease.token(), item(lease.key()).token());
    }
    assertEquals(List.of("b"), claimQueued(3, "worker-2"));
    assertEquals(List.of(), claimQueued(3, "worker-2"));
  }

  /** A batch carries the payload of each. */
  @Test
  public void aBatchCarriesThePayloads() {
    assertTrue(store().enqueue(key("a"), "payload of a"));
    advance(tick());
    assertTrue(store().enqueue(key("b"), null));
    List<Lease> leases = store().claimQueued(LANE, 2, by("worker-1"));
    assertEquals("payload of a", leases.get(0).payload());
    assertNull(leases.get(1).payload());
  }

  /** Other lanes have queues of their own. */
  @Test
  public void aBatchIsOfOneLane() {
    enqueued("a");
    assertTrue(store().enqueue(new ItemKey("other", "b"), null));
    assertEquals(List.of("b"), items(store().claimQueued("other", 9, by("worker-1"))));
    assertEquals(List.of(), store().claimQueued("nowhere", 9, by("worker-1")));
    assertEquals(List.of("a"), claimQueued(9, "worker-1"));
  }

  /** Less than one is no limit. */
  @Test
  public void aBatchIsOfOneItemAtLeast() {
    enqueued("a");
    assertThrows(
        IllegalArgumentException.class, () -> store().claimQueued(LANE, 0, by("worker-1")));
    assertEquals(ItemView.State.QUEUED, item(key("a")).state());
  }

  /**
   * What nobody holds any more is picked up, whether it was enqueued or not, at the instant at
   * which it is lost.
   */
  @Test
  public void aBatchPicksUpWhatRanOut() {
    enqueued("a");
    assertEquals(List.of("a"), claimQueued(1, "worker-1"));
    Lease direct = claimed(key("b"), "worker-1");
    toJustBeforeTheEndOf(direct);
    assertEquals(List.of(), claimQueued(9, "worker-2"));
    advance(tick());
    List<Lease> leases = store().claimQueued(LANE, 9, by("worker-2"));
    assertEquals(List.of("a", "b"), items(leases));
    assertEquals(List.of(2, 2), leases.stream().map(Lease::attempt).toList());
    assertTrue(leases.get(1).token() > direct.token());
  }

  /** A lost lease costs an item no place in the queue. */
  @Test
  public void whatRanOutComesBeforeWhatWasEnqueuedLater() {
    enqueued("a", "b");
    assertEquals(List.of("a"), claimQueued(1, "worker-1"));
    advance(TTL);
    assertEquals(List.of("a"), claimQueued(1, "worker-2"));
    assertEquals(List.of("b"), claimQueued(9, "worker-2"));
  }

  /** What is given back is queued again, behind the others. */
  @Test
  public void whatIsGivenBackIsBehindTheOthers() {
    enqueued("a", "b");
    releasedNow(claimed(key("a"), "worker-1"));
    assertEquals(List.of("b", "a"), claimQueued(9, "worker-1"));
  }

  /** What was tried as often as it may be is passed over, and so is what is held or done. */
  @Test
  public void aBatchPassesOverWhatMayNotBeClaimed() {
    enqueued("spent", "lost", "done", "held", "fresh");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      releasedNow(claimed(key("spent"), "worker-1"));
      toTheEndOf(claimed(key("lost"), "worker-1"));
    }
    completed(claimed(key("done"), "worker-1"), null);
    claimed(key("held"), "worker-1");
    assertEquals(List.of("fresh"), claimQueued(1, "worker-2"), "with room for one only");
    assertEquals(List.of(), claimQueued(9, "worker-2"));
    assertEquals(
        2, store().claimQueued(LANE, 9, by("worker-2", ATTEMPTS + 1)).size(), "who allows more");
  }
}
