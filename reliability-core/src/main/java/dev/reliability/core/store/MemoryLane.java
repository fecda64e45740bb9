package dev.reliability.core.store;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One lane of an {@link InMemoryLeaseStore}, with its items. All methods are called with {@link
 * #lock} held; times are nanoseconds since the store was made.
 */
final class MemoryLane {
  private static final long NONE = MemoryItem.NONE;

  final ReentrantLock lock = new ReentrantLock();
  private final InMemoryLeaseStore store;
  private final String name;
  private final Map<String, MemoryItem> items = new HashMap<>();
  private final MemoryQueue queue = new MemoryQueue();
  private final MemoryLeases leases = new MemoryLeases();

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

  // ---- claims ----

  boolean enqueue(ItemKey key, @Nullable String payload, long now) {
    if (items.containsKey(key.item())) {
      return false;
    }
    MemoryItem item = new MemoryItem(key, payload, now);
    items.put(key.item(), item);
    queue.add(item);
    return true;
  }

  Claim claim(ItemKey key, ClaimRequest request, long now) {
    if (isClosedAt(now)) {
      return new Claim.LanePaused(name, text(reason), instantOr(since));
    }
    MemoryItem item = items.get(key.item());
    if (item == null) {
      item = new MemoryItem(key, null, now);
      items.put(key.item(), item);
    } else if (item.is(ItemView.State.DONE)) {
      return new Claim.AlreadyDone(store.instant(item.done));
    } else if (item.is(ItemView.State.LEASED) && now < item.until) {
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
    List<MemoryItem> eligible = new ArrayList<>();
    for (MemoryItem item : queue) {
      if (eligible.size() == most) {
        break;
      }
      if (item.attempts < request.maxAttempts()) {
        eligible.add(item);
      }
    }
    List<Lease> granted = new ArrayList<>();
    eligible.forEach(item -> granted.add(grant(item, request, now)));
    return List.copyOf(granted);
  }

  /** Items whose leases ran out are in the queue as well, where they were before. */
  private void requeueExpired(long now) {
    MemoryItem ended = leases.pollEnded(now);
    while (ended != null) {
      queue.putBack(ended);
      ended = leases.pollEnded(now);
    }
  }

  private Lease grant(MemoryItem item, ClaimRequest request, long now) {
    if (item.place == NONE) {
      queue.reserve(item);
    } else {
      queue.remove(item);
      leases.remove(item);
    }
    item.become(ItemView.State.LEASED);
    item.token = store.nextToken();
    item.claimedOn(request);
    item.attempts++;
    item.claimed = now;
    hold(item, Durations.saturatedNanos(request.ttl()), now);
    leases.add(item);
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

  private void hold(MemoryItem item, long ttl, long now) {
    item.renewed = now;
    item.until = Durations.saturatedAdd(now, ttl);
  }

  // ---- what a holder may do ----

  Renewal renew(ItemKey key, long token, long ttl, long now) {
    MemoryItem item = items.get(key.item());
    String lost = lost(item, token, now);
    if (item == null || lost != null) {
      return new Renewal.Lost(text(lost));
    }
    hold(item, ttl, now);
    leases.moved(item);
    return new Renewal.Held(store.instant(item.until));
  }

  Renewal release(ItemKey key, long token, long now) {
    MemoryItem item = items.get(key.item());
    String lost = lost(item, token, now);
    if (item == null || lost != null) {
      return new Renewal.Lost(text(lost));
    }
    leases.remove(item);
    item.become(ItemView.State.QUEUED);
    queue.add(item);
    if (token == trialToken) {
      endTrial(); // it came to nothing
    }
    return new Renewal.Held(store.instant(now));
  }

  private static @Nullable String lost(@Nullable MemoryItem item, long token, long now) {
    if (item == null || item.token == NONE) {
      return "unknown";
    }
    if (item.token != token) {
      return "superseded";
    }
    return switch (item.state()) {
      case DONE -> "done";
      case QUEUED -> "released";
      case LEASED -> now >= item.until ? "expired" : null;
    };
  }

  Completion complete(ItemKey key, long token, @Nullable String result, long now) {
    MemoryItem item = items.get(key.item());
    if (item == null || item.token != token || token == NONE) {
      return new Completion.Superseded(item == null ? NONE : item.token);
    }
    if (item.is(ItemView.State.DONE)) {
      return new Completion.Duplicate(store.instant(item.done));
    }
    leases.remove(item);
    queue.remove(item);
    item.become(ItemView.State.DONE);
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
    MemoryItem item = items.get(key.item());
    return item == null ? null : view(item);
  }

  List<ItemView> items(ItemView.State state) {
    return items.values().stream().filter(item -> item.is(state)).map(this::view).toList();
  }

  List<ItemView> exhausted(int maxAttempts, long now) {
    return items.values().stream()
        .filter(item -> item.attempts >= maxAttempts)
        .filter(
            item ->
                item.is(ItemView.State.QUEUED)
                    || (item.is(ItemView.State.LEASED) && now >= item.until))
        .map(this::view)
        .toList();
  }

  private ItemView view(MemoryItem item) {
    boolean claimed = item.token != NONE;
    return new ItemView(
        item.key,
        item.state(),
        item.token,
        item.holder,
        item.attempts,
        store.instant(item.enqueued),
        claimed ? store.instant(item.claimed) : null,
        claimed ? store.instant(item.renewed) : null,
        claimed ? store.instant(item.until) : null,
        item.budget,
        item.is(ItemView.State.DONE) ? store.instant(item.done) : null,
        item.payload,
        item.result);
  }

  int purge(Instant before) {
    int size = items.size();
    items
        .values()
        .removeIf(
            item -> item.is(ItemView.State.DONE) && store.instant(item.done).isBefore(before));
    return size - items.size();
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static Instant instantOr(@Nullable Instant value) {
    return value == null ? Instant.EPOCH : value;
  }
}
