package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of {@link LeaseStoreContract} about what a holder may do, and a former one may not. */
public abstract sealed class LeaseHolderContract extends LeaseClaimContract
    permits LeaseLaneContract {
  private static final Duration LONGER = Duration.ofMinutes(5);

  LeaseHolderContract() {}

  private Renewal renew(Lease lease) {
    return store().renew(lease.key(), lease.token(), LONGER);
  }

  private Renewal release(Lease lease) {
    return store().release(lease.key(), lease.token());
  }

  private Completion complete(Lease lease, String result) {
    return store().complete(lease.key(), lease.token(), result);
  }

  /** A lease that was lost, and the one that another call got after it. */
  private Lease lostTo(Lease old, String newHolder) {
    toTheEndOf(old);
    return claimed(old.key(), newHolder);
  }

  // ---- renewing ----

  /** A time that is none is the caller's mistake, named, and changes nothing. */
  @Test
  public void aRenewalForNoTimeIsAMistake() {
    Lease lease = claimed(key("a"), "worker-1");
    ItemView before = item(key("a"));
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-5), Duration.ofNanos(1))) {
      IllegalArgumentException told =
          assertThrows(
              IllegalArgumentException.class,
              () -> store().renew(lease.key(), lease.token(), none));
      assertTrue(String.valueOf(told.getMessage()).contains(none.toString()));
    }
    assertEquals(before, item(key("a")));
  }

  /** From now, not from the end that it had; nothing else of the item changes. */
  @Test
  public void aRenewalHoldsFromNow() {
    Lease lease = claimed(key("a"), "worker-1");
    ItemView before = item(key("a"));
    advance(Duration.ofSeconds(20));
    Instant until = now().plus(LONGER);
    assertEquals(new Renewal.Held(until), renew(lease));
    assertEquals(
        new ItemView(
            before.key(),
            before.state(),
            before.token(),
            before.holder(),
            before.attempts(),
            before.enqueuedAt(),
            before.claimedAt(),
            now(),
            until,
            before.budget(),
            null,
            null,
            null),
        item(key("a")));
    toTheEndOf(lease);
    assertEquals(new Claim.Duplicate("worker-1", until), store().claim(key("a"), by("worker-2")));
    assertEquals(List.of(), claimQueued(9, "worker-2"));
    advance(Duration.between(now(), until));
    assertEquals(2, claimed(key("a"), "worker-2").attempt());
  }

  /** One step before the end it is in time; at the instant of the end it is too late. */
  @Test
  public void aRenewalAtTheInstantOfTheEndIsTooLate() {
    Lease inTime = claimed(key("a"), "worker-1");
    Lease late = claimed(key("b"), "worker-1");
    toJustBeforeTheEndOf(inTime);
    assertTrue(renew(inTime).isHeld());
    advance(tick());
    ItemView before = item(key("b"));
    assertLost("expired", renew(late));
    assertEquals(before, item(key("b")), "a refusal changes nothing");
    advance(LONGER);
    assertLost("expired", renew(late));
    assertEquals(2, claimed(key("b"), "worker-2").attempt());
  }

  /** Somebody else has it now: the former holder is told so, and does not prolong the other. */
  @Test
  public void aStaleRenewalIsRefused() {
    Lease old = claimed(key("a"), "worker-1");
    Lease current = lostTo(old, "worker-2");
    ItemView before = item(key("a"));
    assertLost("superseded", renew(old));
    assertEquals(before, item(key("a")));
    assertTrue(renew(current).isHeld());
  }

  /** The name is not the token: the same holder's lease of before is stale as well. */
  @Test
  public void theSameHoldersOldTokenIsStale() {
    Lease old = claimed(key("a"), "worker-1");
    Lease current = lostTo(old, "worker-1");
    ItemView before = item(key("a"));
    assertLost("superseded", renew(old));
    assertLost("superseded", release(old));
    assertEquals(new Completion.Superseded(current.token()), complete(old, "late"));
    assertEquals(before, item(key("a")));
  }

  /** What is done, given back or unknown is not renewed. */
  @Test
  public void whatIsNotHeldIsNotRenewed() {
    Lease done = claimed(key("done"), "worker-1");
    completed(done, null);
    assertLost("done", renew(done));
    Lease givenBack = claimed(key("given-back"), "worker-1");
    releasedNow(givenBack);
    assertLost("released", renew(givenBack));
    assertEquals(ItemView.State.QUEUED, item(key("given-back")).state());
    assertLost("unknown", store().renew(key("unknown"), 1, LONGER));
    assertEquals(Optional.empty(), store().find(key("unknown")));
    enqueued("queued");
    assertFalse(store().renew(key("queued"), 0, LONGER).isHeld());
    assertFalse(store().renew(key("queued"), 1, LONGER).isHeld());
    assertEquals(ItemView.State.QUEUED, item(key("queued")).state());
  }

  // ---- giving back ----

  /** Whoever comes next may have it at once, and it is one attempt more. */
  @Test
  public void whatIsGivenBackMayBeClaimedAtOnce() {
    Lease lease = claimed(key("a"), "worker-1");
    advance(Duration.ofSeconds(1));
    assertEquals(new Renewal.Held(now()), release(lease));
    ItemView view = item(key("a"));
    assertEquals(ItemView.State.QUEUED, view.state());
    assertEquals(lease.token(), view.token());
    assertEquals(1, view.attempts());
    Lease next = claimed(key("a"), "worker-2");
    assertEquals(2, next.attempt());
    assertTrue(next.token() > lease.token());
  }

  /** To give back what was lost frees nothing: neither what ran out nor what another holds. */
  @Test
  public void aStaleReleaseIsRefused() {
    Lease old = claimed(key("a"), "worker-1");
    toTheEndOf(old);
    ItemView expired = item(key("a"));
    assertLost("expired", release(old));
    assertEquals(expired, item(key("a")));
    Lease current = claimed(key("a"), "worker-2");
    assertLost("superseded", release(old));
    assertEquals(
        new Claim.Duplicate("worker-2", current.until()), store().claim(key("a"), by("worker-3")));
    assertTrue(release(current).isHeld());
  }

  /** What is done, given back or unknown is not given back. */
  @Test
  public void whatIsNotHeldIsNotGivenBack() {
    Lease done = claimed(key("done"), "worker-1");
    completed(done, "r");
    assertLost("done", release(done));
    assertEquals(ItemView.State.DONE, item(key("done")).state());
    Lease givenBack = claimed(key("given-back"), "worker-1");
    releasedNow(givenBack);
    assertLost("released", release(givenBack));
    assertLost("unknown", store().release(key("unknown"), 1));
    assertEquals(Optional.empty(), store().find(key("unknown")));
    enqueued("queued");
    assertFalse(store().release(key("queued"), 0).isHeld());
  }

  /** A release asked for twice does not give back the next holder's lease. */
  @Test
  public void aReleaseAskedForTwiceFreesOnlyItsOwnLease() {
    Lease old = claimed(key("a"), "worker-1");
    releasedNow(old);
    Lease current = claimed(key("a"), "worker-2");
    assertLost("superseded", release(old));
    assertInstanceOf(Claim.Duplicate.class, store().claim(key("a"), by("worker-3")));
    assertTrue(renew(current).isHeld());
  }

  // ---- completing ----

  /** Done, since now, with its result. */
  @Test
  public void aCompletionIsAccepted() {
    Lease lease = claimed(key("a"), "worker-1");
    advance(Duration.ofSeconds(20));
    assertEquals(new Completion.Accepted(now()), complete(lease, "the result"));
    ItemView view = item(key("a"));
    assertEquals(ItemView.State.DONE, view.state());
    assertEquals(now(), view.doneAt());
    assertEquals("the result", view.result());
    assertEquals(lease.token(), view.token());
    assertEquals("worker-1", view.holder());
    assertEquals(1, view.attempts());
  }

  /** Again: fine, and nothing changes, neither time nor result (requirement I3). */
  @Test
  public void aDuplicateCompletionIsFineAndChangesNothing() {
    Lease lease = claimed(key("a"), "worker-1");
    completed(lease, "first");
    ItemView before = item(key("a"));
    Completion.Duplicate duplicate = new Completion.Duplicate(now());
    advance(tick());
    Completion again = complete(lease, "second");
    assertEquals(duplicate, again);
    assertTrue(again.isOk());
    advance(Duration.ofDays(30));
    assertEquals(duplicate, store().complete(key("a"), lease.token(), null));
    assertEquals(before, item(key("a")));
  }

  /** That the lease has run out does not matter while nobody else claimed. */
  @Test
  public void aCompletionAfterTheEndIsAcceptedWhileNobodyElseClaimed() {
    Lease atTheEnd = claimed(key("a"), "worker-1");
    Lease later = claimed(key("b"), "worker-1");
    toTheEndOf(atTheEnd);
    assertEquals(new Completion.Accepted(now()), complete(atTheEnd, "a"));
    advance(Duration.ofDays(1));
    assertEquals(new Completion.Accepted(now()), complete(later, "b"));
    assertEquals(List.of(), claimQueued(9, "worker-2"), "neither is queued any more");
  }

  /** Also when the item may not be claimed any more. */
  @Test
  public void theLastAttemptMayBeCompletedLate() {
    Lease last = granted(store().claim(key("a"), by("worker-1", 1)));
    toTheEndOf(last);
    assertEquals(new Claim.AttemptsExhausted(1), store().claim(key("a"), by("worker-2", 1)));
    assertEquals(List.of(), store().claimQueued(LANE, 9, by("worker-2", 1)));
    completed(last, "late");
  }

  /** What was given back by mistake may still be completed while nobody else claimed it. */
  @Test
  public void aCompletionAfterGivingBackIsAcceptedWhileNobodyElseClaimed() {
    Lease lease = claimed(key("a"), "worker-1");
    releasedNow(lease);
    completed(lease, "r");
    assertEquals(List.of(), claimQueued(9, "worker-2"), "it is not queued any more");
    assertEquals(new Claim.AlreadyDone(now()), store().claim(key("a"), by("worker-2")));
  }

  /** Somebody else has claimed since: refused, and the other goes on as if nothing had been. */
  @Test
  public void aStaleCompletionIsRefused() {
    Lease old = claimed(key("a"), "worker-1");
    Lease current = lostTo(old, "worker-2");
    ItemView before = item(key("a"));
    Completion answer = complete(old, "of the first");
    assertEquals(new Completion.Superseded(current.token()), answer);
    assertFalse(answer.isOk());
    assertEquals(before, item(key("a")));
    completed(current, "of the second");
    assertEquals(
        new Completion.Superseded(current.token()),
        complete(old, "of the first"),
        "also when the other is done");
    assertEquals("of the second", item(key("a")).result());
  }

  /** The same when the other's lease ran out as well, or was given back. */
  @Test
  public void aStaleCompletionIsRefusedWhateverBecameOfTheOther() {
    Lease old = claimed(key("a"), "worker-1");
    Lease current = lostTo(old, "worker-2");
    toTheEndOf(current);
    assertEquals(new Completion.Superseded(current.token()), complete(old, "late"));
    Lease third = claimed(key("a"), "worker-3");
    releasedNow(third);
    assertEquals(new Completion.Superseded(third.token()), complete(current, "late"));
    assertEquals(ItemView.State.QUEUED, item(key("a")).state());
  }

  /** What nobody ever claimed cannot be completed, with whatever number. */
  @Test
  public void whatNobodyClaimedIsNotCompleted() {
    for (long token : new long[] {0, 1, Long.MAX_VALUE}) {
      assertEquals(new Completion.Superseded(0), store().complete(key("unknown"), token, "r"));
    }
    assertEquals(Optional.empty(), store().find(key("unknown")));
    enqueued("queued");
    for (long token : new long[] {0, 1, Long.MAX_VALUE}) {
      assertEquals(new Completion.Superseded(0), store().complete(key("queued"), token, "r"));
    }
    assertEquals(List.of("queued"), claimQueued(9, "worker-1"));
  }

  /** A token that was never given out, however high, is not the current one. */
  @Test
  public void aTokenThatWasNeverGivenOutIsRefused() {
    Lease lease = claimed(key("a"), "worker-1");
    for (long token : new long[] {0, -1, lease.token() + 1, Long.MAX_VALUE}) {
      assertFalse(store().complete(key("a"), token, "r").isOk());
      assertFalse(store().renew(key("a"), token, LONGER).isHeld());
      assertFalse(store().release(key("a"), token).isHeld());
    }
    completed(lease, null);
  }

  // ---- what is kept ----

  /** Whatever text goes in comes out: long, empty, of any language, with any sign. */
  @Test
  public void textsComeBackAsTheyWere() {
    List<String> texts =
        List.of(
            "",
            " ",
            "\u00e4\u00f6\u00fc \u7de8\u96c6 \ud83d\ude80 \u05d0\u05d1",
            "line one\nline two\r\nline three\r\ttab",
            "'quoted' \"twice\" `thrice` \\back\\slash\\n %s ? :name {0} $1 --",
            "null",
            "\u0001\u001f\u007f\u0085\ufffd",
            "x".repeat(300),
            "0123456789".repeat(10_000),
            "\u7de8\ud83d\ude80".repeat(20_000));
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      ItemKey key = key("item-" + i);
      assertTrue(store().enqueue(key, text));
      Lease lease = claimed(key, "worker-1");
      assertText(text, lease.payload());
      completed(lease, text);
      assertText(text, item(key).payload());
      assertText(text, item(key).result());
    }
  }

  /** Who holds it is told to the letter. */
  @Test
  public void holdersComeBackAsTheyWere() {
    String holder = "node-\u00e4/1 'a' \"b\" \ud83d\ude80";
    assertEquals(holder, claimed(key("a"), holder).holder());
    Claim answer = store().claim(key("a"), by("worker-2"));
    assertEquals(holder, assertInstanceOf(Claim.Duplicate.class, answer).holder());
    assertEquals(holder, item(key("a")).holder());
  }

  private static void assertText(String expected, @Nullable String actual) {
    // Not assertEquals: nobody wants to read 100,000 characters twice.
    assertTrue(
        expected.equals(actual),
        () ->
            "a text of "
                + expected.length()
                + " characters came back as "
                + (actual == null ? "null" : "another of " + actual.length()));
  }
}
