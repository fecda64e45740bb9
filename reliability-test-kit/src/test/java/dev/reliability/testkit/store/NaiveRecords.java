package dev.reliability.testkit.store;

import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a {@link NaiveLeaseStore} writes down. */
class NaiveRecords {

  /** One item. */
  static class Item {
    final ItemKey key;
    final String payload;
    final Instant enqueuedAt;
    ItemView.State state = ItemView.State.QUEUED;
    long place;
    long token;
    String holder;
    int attempts;
    Instant claimedAt;
    Instant renewedAt;
    Instant until;
    Duration budget;
    Instant doneAt;
    String result;

    Item(ItemKey key, String payload, Instant now) {
      this.key = key;
      this.payload = payload;
      this.enqueuedAt = now;
    }
  }

  /** One lane. */
  static class Lane {
    final String name;
    long episode;
    boolean paused;
    String reason;
    String actor;
    Instant since;
    LaneView.Resume resume;
    Duration trialTime; // null: no trial
    long trialToken; // of the item being tried, 0 if none is
    ItemKey trialKey;
    Instant trialEnds;

    Lane(String name) {
      this.name = name;
    }

    void noTrial() {
      trialTime = null;
      trialToken = 0;
      trialKey = null;
      trialEnds = null;
    }
  }

  final Map<ItemKey, Item> items = new HashMap<>();
  final Map<String, Lane> lanes = new TreeMap<>();

  static LaneView view(Lane lane, LaneView.Trial trial) {
    return new LaneView(
        lane.name,
        lane.episode,
        lane.paused,
        lane.reason,
        lane.actor,
        lane.since,
        trial,
        lane.resume);
  }

  static Instant age(Item item) {
    return switch (item.state) {
      case DONE -> item.doneAt;
      case LEASED -> item.claimedAt;
      case QUEUED -> item.enqueuedAt;
    };
  }

  static ItemView view(Item item) {
    return new ItemView(
        item.key,
        item.state,
        item.token,
        item.holder,
        item.attempts,
        item.enqueuedAt,
        item.claimedAt,
        item.renewedAt,
        item.until,
        item.budget,
        item.doneAt,
        item.payload,
        item.result);
  }
}
