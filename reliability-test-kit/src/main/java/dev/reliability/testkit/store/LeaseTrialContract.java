package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link LeaseStoreContract} about trying a paused lane out with one item. */
public abstract sealed class LeaseTrialContract extends LeaseLaneContract
    permits LeaseViewContract {
  private static final Duration TRIAL = Duration.ofMinutes(10);
  private static final String WHY = "3 of a kind";

  LeaseTrialContract() {}

  /** Pauses the lane and opens a trial. */
  private LaneView onTrial() {
    store().pauseLane(LANE, null, "breaker", WHY);
    return store().resumeLane(LANE, null, "operator", "try one", TRIAL);
  }

  private void assertTrial(LaneView.Trial expected) {
    LaneView lane = lane();
    assertEquals(expected, lane.trial(), lane::toString);
    assertTrue(lane.paused(), lane::toString);
  }

  private Lease tried(String item) {
    Lease lease = claimed(key(item), "worker-1");
    assertTrue(lease.trial(), lease::toString);
    assertTrial(LaneView.Trial.UNDER_WAY);
    return lease;
  }

  private void assertClosed() {
    Claim answer = store().claim(key("somebody's"), by("worker-2"));
    assertTrue(answer instanceof Claim.LanePaused, answer::toString);
    assertEquals(List.of(), claimQueued(9, "worker-2"));
  }

  /** The lane stays paused, since when and why it was, in the same episode. */
  @Test
  public void aTrialLeavesTheLanePaused() {
    Instant since = now();
    store().pauseLane(LANE, null, "breaker", WHY);
    advance(Duration.ofMinutes(1));
    LaneView open = store().resumeLane(LANE, null, "operator", "try one", TRIAL);
    assertEquals(
        new LaneView(LANE, 0, true, WHY, "operator", since, LaneView.Trial.OPEN)
            .resumedBy(new LaneView.Resume("operator", "try one", now())),
        open);
    assertEquals(open, lane());
  }

  /** One item is claimed, and no other. */
  @Test
  public void aTrialIsOfOneItem() {
    enqueued("queued");
    onTrial();
    Instant since = now();
    tried("a");
    advance(tick());
    assertPaused(store().claim(key("b"), by("worker-2")), WHY, since);
    assertPaused(store().claim(key("a"), by("worker-2")), WHY, since);
    assertClosed();
    assertEquals(ItemView.State.QUEUED, item(key("queued")).state());
  }

  /** Also in a batch, however much is asked for. */
  @Test
  public void aBatchOnTrialIsOfOneItem() {
    enqueued("a", "b");
    onTrial();
    List<Lease> leases = store().claimQueued(LANE, 9, by("worker-1"));
    assertEquals(List.of("a"), items(leases));
    assertTrue(leases.get(0).trial());
    assertTrial(LaneView.Trial.UNDER_WAY);
    assertClosed();
  }

  /** A refusal, or a batch of nothing, does not use the trial up. */
  @Test
  public void aRefusalDoesNotUseTheTrialUp() {
    completed(claimed(key("done"), "worker-1"), null);
    claimed(key("held"), "worker-1");
    onTrial();
    assertEquals(new Claim.AlreadyDone(now()), store().claim(key("done"), by("worker-2")));
    assertTrue(store().claim(key("held"), by("worker-2")) instanceof Claim.Duplicate);
    assertEquals(List.of(), claimQueued(9, "worker-2"));
    assertTrial(LaneView.Trial.OPEN);
    tried("a");
  }

  /** It went well: the lane is resumed, in a new episode. */
  @Test
  public void theCompletionOfTheTrialResumesTheLane() {
    onTrial();
    Lease lease = tried("a");
    advance(Duration.ofSeconds(30));
    completed(lease, "r");
    LaneView resumed = lane();
    assertEquals(
        new LaneView(LANE, 1, false, WHY, "operator", now(), LaneView.Trial.NONE, resumed.resume()),
        resumed);
    assertFalse(claimed(key("b"), "worker-1").trial());
    assertFalse(claimed(key("c"), "worker-1").trial());
  }

  /** So it is when the completion is late, as long as no other was tried. */
  @Test
  public void aLateCompletionOfTheTrialResumesTheLane() {
    onTrial();
    Lease lease = tried("a");
    advance(TRIAL.plus(TRIAL));
    completed(lease, "r");
    assertFalse(lane().paused());
    assertEquals(1, lane().episode());
  }

  /** What was in flight before the pause proves nothing. */
  @Test
  public void theCompletionOfAnotherItemDoesNotResumeTheLane() {
    Lease before = claimed(key("before"), "worker-1");
    Lease later = claimed(key("later"), "worker-1");
    onTrial();
    completed(before, "r");
    assertTrial(LaneView.Trial.OPEN);
    tried("a");
    completed(later, "r");
    assertTrial(LaneView.Trial.UNDER_WAY);
  }

  /** It was given back: that was the trial, and the lane stays paused until another is opened. */
  @Test
  public void givingTheItemBackEndsTheTrial() {
    onTrial();
    Lease lease = tried("a");
    releasedNow(lease);
    assertTrial(LaneView.Trial.NONE);
    assertClosed();
    advance(TRIAL.plus(TRIAL));
    assertClosed();
    completed(lease, "after all");
    assertTrial(LaneView.Trial.NONE);
    store().resumeLane(LANE, null, "operator", "try another", TRIAL);
    assertTrial(LaneView.Trial.OPEN);
    tried("b");
  }

  /** Nothing came of it in time: at that very instant another may be tried. */
  @Test
  public void aTrialRunsOut() {
    onTrial();
    Lease first = tried("a");
    advance(TRIAL.minus(tick()));
    assertTrial(LaneView.Trial.UNDER_WAY);
    assertClosed();
    advance(tick());
    assertTrial(LaneView.Trial.OPEN);
    Lease second = tried("b");
    assertClosed();
    completed(first, "too late to count");
    assertTrial(LaneView.Trial.UNDER_WAY);
    completed(second, "r");
    assertFalse(lane().paused());
  }

  /** The time of a trial begins with its claim. */
  @Test
  public void anOpenTrialWaits() {
    onTrial();
    advance(TRIAL.plus(TRIAL));
    assertTrial(LaneView.Trial.OPEN);
    tried("a");
    advance(TRIAL.minus(tick()));
    assertClosed();
  }

  /** The next trial may be of the same item: with a new token, and an attempt more. */
  @Test
  public void theSameItemMayBeTriedAgain() {
    onTrial();
    Lease first = tried("a");
    assertTrue(store().renew(first.key(), first.token(), Duration.ofMinutes(1)).isHeld());
    advance(TRIAL);
    Lease second = tried("a");
    assertEquals(2, second.attempt());
    assertFalse(store().complete(first.key(), first.token(), "late").isOk());
    assertTrial(LaneView.Trial.UNDER_WAY);
    completed(second, "r");
    assertFalse(lane().paused());
  }

  /** That its lease ran out does not open the lane before the trial's own time. */
  @Test
  public void aLostLeaseDoesNotOpenTheLane() {
    onTrial();
    toTheEndOf(tried("a"));
    assertTrial(LaneView.Trial.UNDER_WAY);
    assertClosed();
    assertTrue(store().claim(key("a"), by("worker-2")) instanceof Claim.LanePaused);
  }

  /** The lane is paused already, so another pause changes nothing, nor the trial. */
  @Test
  public void aPauseDoesNotDisturbATrial() {
    LaneView open = onTrial();
    advance(tick());
    assertEquals(open, store().pauseLane(LANE, null, "breaker", "again"));
    Lease lease = tried("a");
    LaneView underWay = lane();
    assertEquals(underWay, store().pauseLane(LANE, 0L, "breaker", "again"));
    completed(lease, "r");
    assertFalse(lane().paused());
  }

  /** Resumed by hand meanwhile: the trial is over, and its completion is one like any other. */
  @Test
  public void aTrialEndsWhenTheLaneIsResumed() {
    onTrial();
    Lease lease = tried("a");
    LaneView resumed = resumed();
    assertEquals(1, resumed.episode());
    assertEquals(LaneView.Trial.NONE, resumed.trial());
    advance(tick());
    pausedNow("a new reason");
    LaneView paused = lane();
    completed(lease, "r");
    assertEquals(paused, lane(), "an old trial resumes no later pause");
  }

  /**
   * Asked for again, open or under way or run out, it stays the one trial that it is: who does not
   * know whether he was heard may ask again.
   */
  @Test
  public void aTrialAskedForAgainIsOneTrial() {
    LaneView open = onTrial();
    advance(tick());
    assertEquals(open, againOnTrial());
    Lease first = tried("a");
    LaneView underWay = lane();
    advance(tick());
    assertEquals(underWay, againOnTrial());
    assertClosed();
    advance(TRIAL);
    assertEquals(LaneView.Trial.OPEN, againOnTrial().trial());
    completed(first, "late, but no other was tried");
    assertFalse(lane().paused());
    assertEquals(open.resume(), lane().resume());
  }

  private LaneView againOnTrial() {
    return store().resumeLane(LANE, 0L, "somebody else", "try again", TRIAL.plus(TRIAL));
  }

  /** A completion told twice resumes once. */
  @Test
  public void aDuplicateCompletionOfATrialResumesNothing() {
    onTrial();
    Lease lease = tried("a");
    completed(lease, "r");
    pausedNow("again");
    LaneView paused = lane();
    assertTrue(store().complete(lease.key(), lease.token(), "r").isOk());
    assertEquals(paused, lane());
  }
}
