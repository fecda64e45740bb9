package dev.reliability.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The part of {@link LeaseStoreContract} about names and texts: which are kept, which refused. */
public abstract sealed class LeaseNameContract extends LeaseViewContract
    permits LeaseStoreContract {
  /** As long as a name may be, of characters that take four bytes each. */
  private static final String LONGEST = "\ud83d\ude80".repeat(StoredText.LONGEST_NAME / 4);

  private static final List<String> BAD_TEXTS =
      List.of("\0", "a\0b", "\ud83d", "a\ude80", "\ude80\ud83d");

  LeaseNameContract() {}

  /** Names may be 512 bytes long in UTF-8, and are told apart by the last of them. */
  @Test
  public void theLongestNamesComeBackAsTheyWere() {
    ItemKey key = new ItemKey(LONGEST, LONGEST);
    ItemKey other =
        new ItemKey(LONGEST, LONGEST.substring(0, LONGEST.length() - 2) + "\ud83d\ude81");
    assertTrue(store().enqueue(key, LONGEST));
    Lease lease = store().claimQueued(LONGEST, 9, by(LONGEST)).get(0);
    assertEquals(key, lease.key());
    assertEquals(new Claim.Duplicate(LONGEST, lease.until()), store().claim(key, by("worker-2")));
    assertEquals(Optional.empty(), store().find(other));
    Lease another = claimed(other, LONGEST);
    assertEquals(
        List.of(key, other),
        store().items(ItemView.State.LEASED, LONGEST, 9).stream().map(ItemView::key).toList());
    releasedNow(another);
    completed(lease, LONGEST);
    assertEquals(ItemView.State.DONE, item(key).state());
    assertEquals(LONGEST, item(key).holder());
    assertTrue(store().pauseLane(LONGEST, null, LONGEST, LONGEST).paused());
    assertEquals(LONGEST, store().lane(LONGEST).lane());
    assertEquals(1, store().resumeLane(LONGEST, null, LONGEST, LONGEST, null).episode());
  }

  /** What can be no lane is refused by all that take the name of one, and is named. */
  @Test
  public void badLaneNamesAreRefused() {
    for (String bad :
        List.of("", " ", "\t", "a\nb", "a\0b", "\u0085", "\ud83d", "a\ude80", LONGEST + "x")) {
      refused("lane", () -> store().lane(bad));
      refused("lane", () -> store().pauseLane(bad, null, "operator", "why"));
      refused("lane", () -> store().resumeLane(bad, null, "operator", "why", null));
      refused(
          "lane", () -> store().resumeLane(bad, null, "operator", "why", Duration.ofMinutes(1)));
      refused("lane", () -> store().claimQueued(bad, 1, by("worker-1")));
      refused("lane", () -> store().items(ItemView.State.QUEUED, bad, 1));
      refused("lane", () -> store().exhausted(bad, 1, 1));
    }
    assertEquals(List.of(), store().lanes());
  }

  private static void refused(String what, Executable call) {
    IllegalArgumentException error = assertThrows(IllegalArgumentException.class, call);
    String message = String.valueOf(error.getMessage());
    assertTrue(message.startsWith(what + ": expected "), message);
    assertTrue(message.contains(", got \""), message);
  }

  /** Text that some store could not keep is refused by every one, and nothing is done. */
  @Test
  public void badTextsAreRefused() {
    Lease lease = claimed(key("held"), "worker-1");
    ItemView held = item(key("held"));
    for (String bad : BAD_TEXTS) {
      refused("payload", () -> store().enqueue(key("a"), bad));
      refused("result", () -> store().complete(lease.key(), lease.token(), bad));
      refused("actor", () -> store().pauseLane(LANE, null, bad, "why"));
      refused("reason", () -> store().pauseLane(LANE, null, "operator", bad));
    }
    assertEquals(Optional.empty(), store().find(key("a")));
    assertEquals(held, item(key("held")));
    assertEquals(LaneView.fresh(LANE), lane());
    pausedNow("why");
    LaneView paused = lane();
    for (String bad : BAD_TEXTS) {
      refused("actor", () -> store().resumeLane(LANE, null, bad, "why", null));
      refused("reason", () -> store().resumeLane(LANE, null, "operator", bad, null));
    }
    assertEquals(paused, lane());
  }
}
