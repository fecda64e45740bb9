package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The part of {@link LeaseStoreContract} about pausing and resuming lanes. */
public abstract sealed class LeaseLaneContract extends LeaseHolderContract
    permits LeaseTrialContract {

  LeaseLaneContract() {}

  final LaneView lane() {
    return store().lane(LANE);
  }

  final LaneView resumed() {
    return store().resumeLane(LANE, null, "operator", "fixed", null);
  }

  final void assertPaused(Claim answer, String reason, Instant since) {
    assertEquals(new Claim.LanePaused(LANE, reason, since), answer);
  }

  /** Nobody ever paused it: fresh, and not among those that were. */
  @Test
  public void aLaneIsFreshUntilItIsPaused() {
    assertEquals(LaneView.fresh(LANE), lane());
    claimed(key("a"), "worker-1");
    assertEquals(LaneView.fresh(LANE), lane());
    assertEquals(List.of(), store().lanes());
  }

  /** Nothing of it may be claimed, one by one or in a batch; other lanes go on (requirement J4). */
  @Test
  public void nothingIsClaimedInAPausedLane() {
    enqueued("queued");
    Instant since = now();
    LaneView paused = store().pauseLane(LANE, null, "breaker", "3 of a kind");
    assertEquals(
        new LaneView(LANE, 0, true, "3 of a kind", "breaker", since, LaneView.Trial.NONE), paused);
    assertEquals(paused, lane());
    advance(Duration.ofHours(1));
    assertPaused(store().claim(key("queued"), by("worker-1")), "3 of a kind", since);
    assertPaused(store().claim(key("new"), by("worker-1")), "3 of a kind", since);
    assertEquals(List.of(), claimQueued(9, "worker-1"));
    assertEquals(ItemView.State.QUEUED, item(key("queued")).state());
    assertEquals(0, item(key("queued")).attempts());
    assertEquals(Optional.empty(), store().find(key("new")), "a refusal makes nothing known");
    claimed(new ItemKey("other", "a"), "worker-1");
    assertEquals(paused, lane());
  }

  /** The pause is looked at before all else. */
  @Test
  public void aClaimLooksAtThePauseFirst() {
    completed(claimed(key("done"), "worker-1"), null);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      releasedNow(claimed(key("spent"), "worker-1"));
    }
    toTheEndOf(claimed(key("lost"), "worker-1"));
    claimed(key("held"), "worker-1");
    pausedNow("why");
    Instant since = now();
    for (String item : List.of("done", "spent", "lost", "held")) {
      ItemView before = item(key(item));
      assertPaused(store().claim(key(item), by("worker-2")), "why", since);
      assertEquals(before, item(key(item)));
    }
    assertEquals(List.of(), claimQueued(9, "worker-2"));
  }

  /** Items may come to a paused lane; they wait there. */
  @Test
  public void aPausedLaneStillQueues() {
    pausedNow("why");
    enqueued("a");
    assertEquals(List.of(), claimQueued(9, "worker-1"));
    resumed();
    assertEquals(List.of("a"), claimQueued(9, "worker-1"));
  }

  /** A second pause changes neither reason nor actor nor time. */
  @Test
  public void aPausedLaneStaysAsItIs() {
    LaneView first = store().pauseLane(LANE, null, "breaker", "the first reason");
    advance(Duration.ofMinutes(1));
    assertEquals(first, store().pauseLane(LANE, null, "operator", "the second reason"));
    assertEquals(first, store().pauseLane(LANE, 0L, "operator", "the third reason"));
    assertEquals(first, lane());
  }

  /** A pause for an episode that is over, or not there yet, does nothing. */
  @Test
  public void aPauseOfAnotherEpisodeDoesNothing() {
    assertEquals(LaneView.fresh(LANE), store().pauseLane(LANE, 1L, "breaker", "too early"));
    assertEquals(LaneView.fresh(LANE), lane());
    assertEquals(List.of(), store().lanes());
    assertTrue(store().pauseLane(LANE, 0L, "breaker", "in time").paused());
    LaneView resumed = resumed();
    advance(tick());
    assertEquals(resumed, store().pauseLane(LANE, 0L, "breaker", "too late"));
    assertEquals(resumed, lane());
    claimed(key("a"), "worker-1");
    assertTrue(store().pauseLane(LANE, 1L, "breaker", "in time").paused());
  }

  /** A resume begins a new episode; why the lane was paused last can still be read. */
  @Test
  public void aResumeBeginsANewEpisode() {
    store().pauseLane(LANE, null, "breaker", "3 of a kind");
    advance(Duration.ofMinutes(1));
    LaneView resumed = store().resumeLane(LANE, null, "operator", "fixed", null);
    assertEquals(
        new LaneView(LANE, 1, false, "3 of a kind", "operator", now(), LaneView.Trial.NONE)
            .resumedBy(new LaneView.Resume("operator", "fixed", now())),
        resumed);
    LaneView.Resume last = resumed.resume();
    assertEquals(resumed, lane());
    assertFalse(claimed(key("a"), "worker-1").trial());
    advance(Duration.ofMinutes(1));
    LaneView paused = store().pauseLane(LANE, null, "breaker", "again");
    assertEquals(
        new LaneView(LANE, 1, true, "again", "breaker", now(), LaneView.Trial.NONE, last), paused);
    assertEquals(2, resumed().episode());
  }

  /** To resume what is not paused does nothing: no new episode, no new time. */
  @Test
  public void aLaneThatIsNotPausedIsNotResumed() {
    assertEquals(LaneView.fresh(LANE), resumed());
    assertEquals(
        LaneView.fresh(LANE),
        store().resumeLane(LANE, null, "operator", "fixed", Duration.ofMinutes(1)));
    assertEquals(List.of(), store().lanes());
    pausedNow("why");
    LaneView once = resumed();
    advance(Duration.ofMinutes(1));
    assertEquals(once, store().resumeLane(LANE, null, "somebody else", "fixed again", null));
    assertEquals(
        once, store().resumeLane(LANE, null, "somebody else", "a trial", Duration.ofMinutes(1)));
    assertEquals(once, lane());
  }

  /** Who resumed it last and why can be read for as long as nobody else does, paused or not. */
  @Test
  public void theLastResumeIsKept() {
    pausedNow("why");
    assertEquals(null, lane().resume());
    LaneView.Resume first = new LaneView.Resume("maria", "fixed", now());
    store().resumeLane(LANE, null, "maria", "fixed", null);
    advance(Duration.ofMinutes(1));
    pausedNow("why not");
    assertEquals(first, lane().resume());
    store().resumeLane(LANE, null, "anna", "try one", Duration.ofMinutes(1));
    LaneView.Resume second = new LaneView.Resume("anna", "try one", now());
    assertEquals(second, lane().resume());
    advance(Duration.ofSeconds(1));
    completed(claimed(key("a"), "worker-1"), null);
    assertFalse(lane().paused());
    assertEquals(second, lane().resume());
    store().resumeLane(LANE, null, "somebody else", "once more", null);
    assertEquals(second, lane().resume(), "there was nothing to resume");
    assertEquals(List.of(lane()), store().lanes());
  }

  /** A resume, or a trial, for an episode that is over or not there yet does nothing. */
  @Test
  public void aResumeOfAnotherEpisodeDoesNothing() {
    pausedNow("why");
    LaneView paused = lane();
    Duration trial = Duration.ofMinutes(1);
    assertEquals(paused, store().resumeLane(LANE, 1L, "operator", "too early", null));
    assertEquals(paused, store().resumeLane(LANE, 1L, "operator", "too early", trial));
    assertFalse(store().resumeLane(LANE, 0L, "operator", "in time", null).paused());
    pausedNow("again");
    LaneView again = lane();
    advance(tick());
    assertEquals(again, store().resumeLane(LANE, 0L, "operator", "too late", null));
    assertEquals(again, store().resumeLane(LANE, 0L, "operator", "too late", trial));
    assertEquals(again, lane());
    assertEquals(
        LaneView.Trial.OPEN, store().resumeLane(LANE, 1L, "operator", "in time", trial).trial());
  }

  /** Who held a lease before the pause keeps it, may renew it and may give it back. */
  @Test
  public void aPauseTakesNothingFromAHolder() {
    Lease held = claimed(key("a"), "worker-1");
    ItemView before = item(key("a"));
    pausedNow("why");
    LaneView paused = lane();
    assertEquals(before, item(key("a")));
    advance(Duration.ofSeconds(1));
    assertEquals(new Renewal.Held(now().plus(TTL)), store().renew(key("a"), held.token(), TTL));
    releasedNow(held);
    assertEquals(paused, lane());
  }

  /** A completion that was in flight is accepted, and never overwrites the pause. */
  @Test
  public void aCompletionInFlightDoesNotChangeThePause() {
    Lease first = claimed(key("a"), "worker-1");
    Lease second = claimed(key("b"), "worker-1");
    pausedNow("why");
    LaneView paused = lane();
    advance(Duration.ofSeconds(1));
    assertEquals(new Completion.Accepted(now()), store().complete(key("a"), first.token(), "r"));
    assertEquals(paused, lane());
    toTheEndOf(second);
    completed(second, "late");
    assertEquals(paused, lane());
    assertEquals(List.of(), claimQueued(9, "worker-2"));
  }

  /** All lanes that were ever paused, by name, resumed ones too. */
  @Test
  public void lanesThatWereEverPausedAreListedByName() {
    claimed(new ItemKey("never", "a"), "worker-1");
    LaneView c = store().pauseLane("c", null, "operator", "c");
    store().pauseLane("a", null, "operator", "a");
    LaneView a = store().resumeLane("a", null, "operator", "fixed", null);
    LaneView b = store().pauseLane("b", null, "operator", "b");
    assertEquals(List.of(a, b, c), store().lanes());
  }

  /** Who and why are told to the letter. */
  @Test
  public void reasonsComeBackAsTheyWere() {
    String name = "'\u00e4' \"b\" c \ud83d\ude80 \\n; drop table lanes; --";
    String text = name + "\r\n\u0001";
    store().pauseLane(name, null, text, text);
    LaneView lane = store().lane(name);
    assertEquals(name, lane.lane());
    assertEquals(text, lane.actor());
    assertEquals(text, lane.reason());
    assertEquals(
        new Claim.LanePaused(name, text, now()),
        store().claim(new ItemKey(name, "a"), by("worker-1")));
  }
}
