package dev.reliability.core.store;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One lane of an {@link InMemoryLeaseStore}, with its items. All methods are called with {@link
 * #lock} held; times are nanoseconds since the store was made.
 */
final class MemoryLane {
  private static final long NONE = 0;

  final ReentrantLock lock = new ReentrantLock();
  private final InMemoryLeaseStore store;
  private final String name;
  private final Map<String, Item> items = new HashMap<>();
  private final TreeMap<Long, Item> queued = new TreeMap<>(); // by when they came to the queue
  private long queueNumber;
  private long nextExpiry = Long.MAX_VALUE; // no lease ends before it

  private boolean paused;
  private long episode;
  private @Nullable String reason;
  private @Nullable String actor;
  private @Nullable Instant since;
  private LaneView.@Nullable Resume resume;
  private LaneView.Trial trial = LaneView.Trial.NONE;
  private long trialToken = NONE;
  private long trialNanos;
  private long trialUntil;

  MemoryLane(InMemoryLeaseStore store, String name) {
    this.store = store;
    this.name = name;
  }

  private static final class Item {
    final ItemKey key;
    final @Nullable String payload;
    final long enqueued;
    ItemView.State state = ItemView.State.QUEUED;
    long queueNumber;
    long token = NONE;
    @Nullable String holder;
    int attempts;
    long claimed;
    long renewed;
    long until;
    @Nullable Duration budget;
    long done;
    @Nullable String result;

    Item(ItemKey key, @Nullable String payload, long now) {
      this.key = key;
      this.payload = payload;
      this.enqueued = now;
    }
  }

  // ---- claims ----

  boolean enqueue(ItemKey key, @Nullable String payload, long now) {
    if (items.containsKey(key.item())) {
      return false;
    }
    Item item = new Item(key, payload, now);
    items.put(key.item(), item);
    queue(item);
    return true;
  }

  Claim claim(ItemKey key, ClaimRequest request, long now) {
    if (isClosedAt(now)) {
      return new Claim.LanePaused(name, text(reason), instantOr(since));
    }
    Item item = items.get(key.item());
    if (item == null) {
      item = new Item(key, null, now);
      items.put(key.item(), item);
    } else if (item.state == ItemView.State.DONE) {
      return new Claim.AlreadyDone(store.instant(item.done));
    } else if (item.state == ItemView.State.LEASED && now < item.until) {
      return new Claim.Duplicate(text(item.holder), store.instant(item.until));
    } else if (item.attempts >= request.maxAttempts()) {
      return new Claim.AttemptsExhausted(item.attempts);
    }
    return new Claim.Granted(grant(item, request, now));
  }

  List<Lease> claimQueued(int limit, ClaimRequest request, long now) {
    if (isClosedAt(now)) {
      return List.of();
    }
    requeueExpired(now);
    int most = paused ? 1 : limit;
    List<Item> eligible = new ArrayList<>();
    for (Item item : queued.values()) {
      if (eligible.size() == most) {
        break;
      }
      if (item.attempts < request.maxAttempts()) {
        eligible.add(item);
      }
    }
    List<Lease> leases = new ArrayList<>();
    eligible.forEach(item -> leases.add(grant(item, request, now)));
    return List.copyOf(leases);
  }

  /** Items whose leases ran out are in the queue as well, where they were before. */
  private void requeueExpired(long now) {
    if (now < nextExpiry) {
      return;
    }
    nextExpiry = Long.MAX_VALUE;
    for (Item item : items.values()) {
      if (item.state == ItemView.State.LEASED) {
        if (now >= item.until) {
          queued.put(item.queueNumber, item);
        } else {
          nextExpiry = Math.min(nextExpiry, item.until);
        }
      }
    }
  }

  private Lease grant(Item item, ClaimRequest request, long now) {
    if (item.queueNumber == 0) {
      item.queueNumber = ++queueNumber;
    }
    queued.remove(item.queueNumber);
    item.state = ItemView.State.LEASED;
    item.token = store.nextToken();
    item.holder = request.holder();
    item.attempts++;
    item.claimed = now;
    item.budget = request.budget();
    hold(item, Durations.saturatedNanos(request.ttl()), now);
    boolean tried = paused;
    if (tried) {
      trial = LaneView.Trial.UNDER_WAY;
      trialToken = item.token;
      trialUntil = Durations.saturatedAdd(now, trialNanos);
    }
    return new Lease(
        item.key,
        item.token,
        request.holder(),
        item.attempts,
        store.instant(now),
        store.instant(item.until),
        item.payload,
        tried);
  }

  private void hold(Item item, long ttl, long now) {
    item.renewed = now;
    item.until = Durations.saturatedAdd(now, ttl);
    nextExpiry = Math.min(nextExpiry, item.until);
  }

  private void queue(Item item) {
    item.state = ItemView.State.QUEUED;
    item.queueNumber = ++queueNumber;
    queued.put(item.queueNumber, item);
  }

  // ---- what a holder may do ----

  Renewal renew(ItemKey key, long token, long ttl, long now) {
    Item item = items.get(key.item());
    String lost = lost(item, token, now);
    if (item == null || lost != null) {
      return new Renewal.Lost(text(lost));
    }
    hold(item, ttl, now);
    return new Renewal.Held(store.instant(item.until));
  }

  Renewal release(ItemKey key, long token, long now) {
    Item item = items.get(key.item());
    String lost = lost(item, token, now);
    if (item == null || lost != null) {
      return new Renewal.Lost(text(lost));
    }
    queued.remove(item.queueNumber);
    queue(item);
    if (token == trialToken) {
      endTrial(); // it came to nothing
    }
    return new Renewal.Held(store.instant(now));
  }

  private static @Nullable String lost(@Nullable Item item, long token, long now) {
    if (item == null || item.token == NONE) {
      return "unknown";
    }
    if (item.token != token) {
      return "superseded";
    }
    return switch (item.state) {
      case DONE -> "done";
      case QUEUED -> "released";
      case LEASED -> now >= item.until ? "expired" : null;
    };
  }

  Completion complete(ItemKey key, long token, @Nullable String result, long now) {
    Item item = items.get(key.item());
    if (item == null || item.token != token || token == NONE) {
      return new Completion.Superseded(item == null ? NONE : item.token);
    }
    if (item.state == ItemView.State.DONE) {
      return new Completion.Duplicate(store.instant(item.done));
    }
    queued.remove(item.queueNumber);
    item.state = ItemView.State.DONE;
    item.done = now;
    item.result = result;
    if (token == trialToken) {
      paused = false;
      episode++;
      since = store.instant(now);
      endTrial();
    }
    return new Completion.Accepted(store.instant(now));
  }

  // ---- the lane ----

  /** Whether claims are refused; a trial that nobody finished in time may be tried again. */
  private boolean isClosedAt(long now) {
    if (!paused || trial == LaneView.Trial.OPEN) {
      return false;
    }
    return trial == LaneView.Trial.NONE || now < trialUntil;
  }

  private void endTrial() {
    trial = LaneView.Trial.NONE;
    trialToken = NONE;
  }

  LaneView pause(@Nullable Long onlyEpisode, String by, String why, long now) {
    if (!paused && (onlyEpisode == null || onlyEpisode == episode)) {
      paused = true;
      reason = why;
      actor = by;
      since = store.instant(now);
      endTrial();
    }
    return view(now);
  }

  LaneView resume(
      @Nullable Long onlyEpisode, String by, String why, @Nullable Duration trialTime, long now) {
    boolean asked = paused && (onlyEpisode == null || onlyEpisode == episode);
    if (asked && trialTime == null) {
      paused = false;
      since = store.instant(now);
      episode++;
      endTrial();
      resumed(by, why, now);
    } else if (asked && trialTime != null && trial == LaneView.Trial.NONE) {
      trial = LaneView.Trial.OPEN;
      trialNanos = Durations.saturatedNanos(trialTime);
      resumed(by, why, now);
    }
    return view(now);
  }

  private void resumed(String by, String why, long now) {
    actor = by;
    resume = new LaneView.Resume(by, why, store.instant(now));
  }

  LaneView view(long now) {
    // A trial that ran out is one that the next claim takes up.
    LaneView.Trial shown = paused && !isClosedAt(now) ? LaneView.Trial.OPEN : trial;
    return new LaneView(name, episode, paused, reason, actor, since, shown, resume);
  }

  // ---- looking ----

  @Nullable ItemView find(ItemKey key) {
    Item item = items.get(key.item());
    return item == null ? null : view(item);
  }

  List<ItemView> items(ItemView.State state) {
    return items.values().stream().filter(item -> item.state == state).map(this::view).toList();
  }

  List<ItemView> exhausted(int maxAttempts, long now) {
    return items.values().stream()
        .filter(item -> item.attempts >= maxAttempts)
        .filter(
            item ->
                item.state == ItemView.State.QUEUED
                    || (item.state == ItemView.State.LEASED && now >= item.until))
        .map(this::view)
        .toList();
  }

  private ItemView view(Item item) {
    boolean claimed = item.token != NONE;
    return new ItemView(
        item.key,
        item.state,
        item.token,
        item.holder,
        item.attempts,
        store.instant(item.enqueued),
        claimed ? store.instant(item.claimed) : null,
        claimed ? store.instant(item.renewed) : null,
        claimed ? store.instant(item.until) : null,
        item.budget,
        item.state == ItemView.State.DONE ? store.instant(item.done) : null,
        item.payload,
        item.result);
  }

  int purge(Instant before) {
    int size = items.size();
    items
        .values()
        .removeIf(
            item -> item.state == ItemView.State.DONE && store.instant(item.done).isBefore(before));
    return size - items.size();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static Instant instantOr(@Nullable Instant value) {
    return value == null ? Instant.EPOCH : value;
  }
}
