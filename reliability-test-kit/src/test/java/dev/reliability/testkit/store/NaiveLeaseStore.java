package dev.reliability.testkit.store;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A lease store as one would write it from the words of {@link LeaseStore} alone: one big lock, and
 * a search through everything for each answer. The model of the others, and, with one step done
 * wrong, what the contract is held against.
 */
class NaiveLeaseStore extends NaiveRecords implements LeaseStore {

  private final Supplier<Instant> clock;
  private long places;
  private long tokens;

  NaiveLeaseStore(Supplier<Instant> clock) {
    this.clock = clock;
  }

  @Override
  public String clock() {
    return "the test's";
  }

  @Override
  public final Instant now() {
    return clock.get();
  }

  // ---- the steps that can be done wrong ----

  String checked(String lane) {
    return StoredText.checkedName("lane", lane);
  }

  void check(String what, String text) {
    StoredText.checkText(what, text);
  }

  /** What there is under this key; a store may look for less than the key. */
  Item at(ItemKey key) {
    return items.get(key);
  }

  long nextToken(ItemKey key) {
    return ++tokens;
  }

  boolean isHeld(Item item) {
    return item.state == ItemView.State.LEASED && now().isBefore(item.until);
  }

  boolean isCurrent(Item item, long token) {
    return item.token == token;
  }

  int attempts(Item item) {
    return item.attempts;
  }

  boolean isInFlightOfTheTrial(Lane lane, Item item) {
    return lane.trialToken == item.token && item.key.equals(lane.trialKey);
  }

  LaneView.Trial trial(Lane lane) {
    if (lane.trialTime == null) {
      return LaneView.Trial.NONE;
    }
    boolean underWay = lane.trialToken != 0 && now().isBefore(lane.trialEnds);
    return underWay ? LaneView.Trial.UNDER_WAY : LaneView.Trial.OPEN;
  }

  Comparator<Item> order() {
    return Comparator.comparing(item -> item.place);
  }

  final Lane lane(Object name) {
    return lanes.computeIfAbsent(name.toString(), Lane::new);
  }

  final boolean isClosed(Lane lane) {
    return lane.paused && trial(lane) != LaneView.Trial.OPEN;
  }

  // ---- claims ----

  @Override
  public synchronized boolean enqueue(ItemKey key, String payload) {
    check("payload", payload);
    if (items.containsKey(key)) {
      return false;
    }
    added(key, payload);
    return true;
  }

  final Item added(ItemKey key, String payload) {
    Item item = new Item(key, payload, now());
    item.place = ++places;
    items.put(key, item);
    return item;
  }

  @Override
  public synchronized Claim claim(ItemKey key, ClaimRequest request) {
    Claim refusal = refusalOfLane(key);
    if (refusal == null) {
      refusal = refusalOfItem(key, request);
    }
    return refusal != null ? refusal : new Claim.Granted(granted(key, request));
  }

  final Claim refusalOfLane(ItemKey key) {
    Lane lane = lane((Object) key.lane());
    return isClosed(lane) ? new Claim.LanePaused(lane.name, lane.reason, lane.since) : null;
  }

  final Claim refusalOfItem(ItemKey key, ClaimRequest request) {
    Item item = items.get(key);
    if (item == null) {
      return null;
    }
    if (item.state == ItemView.State.DONE) {
      return new Claim.AlreadyDone(item.doneAt);
    }
    if (isHeld(item)) {
      return new Claim.Duplicate(item.holder, item.until);
    }
    return attempts(item) >= request.maxAttempts()
        ? new Claim.AttemptsExhausted(item.attempts)
        : null;
  }

  final Lease granted(ItemKey key, ClaimRequest request) {
    Item item = items.get(key);
    if (item == null) {
      item = added(key, null);
    }
    Lane lane = lane((Object) key.lane());
    item.state = ItemView.State.LEASED;
    item.token = nextToken(key);
    item.holder = request.holder();
    item.attempts++;
    item.claimedAt = now();
    item.renewedAt = now();
    item.until = now().plus(request.ttl());
    item.budget = request.budget();
    if (lane.paused) {
      lane.trialToken = item.token;
      lane.trialKey = key;
      lane.trialEnds = now().plus(lane.trialTime == null ? Duration.ZERO : lane.trialTime);
    }
    return new Lease(
        key,
        item.token,
        item.holder,
        item.attempts,
        item.claimedAt,
        item.until,
        item.payload,
        lane.paused);
  }

  @Override
  public synchronized List<Lease> claimQueued(String name, int limit, ClaimRequest request) {
    return queued(name, limit, request).stream().map(key -> granted(key, request)).toList();
  }

  final List<ItemKey> queued(String name, int limit, ClaimRequest request) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit);
    }
    Lane lane = lane((Object) checked(name));
    return isClosed(lane)
        ? List.of()
        : items.values().stream()
            .filter(item -> item.key.lane().equals(name))
            .filter(item -> refusalOfItem(item.key, request) == null)
            .sorted(order())
            .limit(lane.paused ? 1 : limit)
            .map(item -> item.key)
            .toList();
  }

  // ---- holders ----

  @Override
  public synchronized Renewal renew(ItemKey key, long token, Duration ttl) {
    if (ttl.toNanos() < 1_000_000) {
      throw new IllegalArgumentException("ttl " + ttl);
    }
    Item item = items.get(key);
    String lost = lost(item, token);
    if (lost != null) {
      return new Renewal.Lost(lost);
    }
    item.renewedAt = now();
    item.until = now().plus(ttl);
    return new Renewal.Held(item.until);
  }

  @Override
  public synchronized Renewal release(ItemKey key, long token) {
    Item item = items.get(key);
    String lost = lost(item, token);
    if (lost != null) {
      return new Renewal.Lost(lost);
    }
    item.state = ItemView.State.QUEUED;
    item.place = ++places;
    Lane lane = lane((Object) key.lane());
    if (isInFlightOfTheTrial(lane, item)) {
      lane.noTrial();
    }
    return new Renewal.Held(now());
  }

  final String lost(Item item, long token) {
    if (item == null || item.token == 0) {
      return "unknown";
    }
    if (!isCurrent(item, token)) {
      return "superseded";
    }
    if (item.state != ItemView.State.LEASED) {
      return item.state == ItemView.State.DONE ? "done" : "released";
    }
    return isHeld(item) ? null : "expired";
  }

  @Override
  public synchronized Completion complete(ItemKey key, long token, String result) {
    check("result", result);
    Item item = items.get(key);
    if (item == null || item.token == 0 || !isCurrent(item, token)) {
      return new Completion.Superseded(item == null ? 0 : item.token);
    }
    if (item.state == ItemView.State.DONE) {
      return new Completion.Duplicate(item.doneAt);
    }
    item.state = ItemView.State.DONE;
    item.doneAt = now();
    item.result = result;
    Lane lane = lane((Object) key.lane());
    if (isInFlightOfTheTrial(lane, item)) {
      resumed(lane);
    }
    return new Completion.Accepted(item.doneAt);
  }

  // ---- lanes ----

  @Override
  public synchronized LaneView pauseLane(String name, Long episode, String actor, String reason) {
    check("actor", actor);
    check("reason", reason);
    Lane lane = lane((Object) checked(name));
    if (!lane.paused && (episode == null || episode == lane.episode)) {
      lane.paused = true;
      lane.since = now();
      lane.actor = actor;
      lane.reason = reason;
    }
    return view(lane, trial(lane));
  }

  @Override
  public synchronized LaneView resumeLane(
      String name, Long episode, String actor, String reason, Duration trial) {
    check("actor", actor);
    check("reason", reason);
    Lane lane = lane((Object) checked(name));
    boolean asked = lane.paused && (episode == null || episode == lane.episode);
    if (asked && (trial == null || lane.trialTime == null)) {
      lane.actor = actor;
      lane.resume = new LaneView.Resume(actor, reason, now());
      if (trial == null) {
        resumed(lane);
      } else {
        lane.trialTime = trial;
      }
    }
    return view(lane, trial(lane));
  }

  void resumed(Lane lane) {
    lane.paused = false;
    lane.since = now();
    lane.episode++;
    lane.noTrial();
  }

  @Override
  public synchronized LaneView lane(String name) {
    Lane lane = lane((Object) checked(name));
    return view(lane, trial(lane));
  }

  @Override
  public synchronized List<LaneView> lanes() {
    return lanes.values().stream()
        .filter(lane -> lane.since != null)
        .map(lane -> view(lane, trial(lane)))
        .toList();
  }

  // ---- looking and forgetting ----

  @Override
  public synchronized Optional<ItemView> find(ItemKey key) {
    return Optional.ofNullable(at(key)).map(NaiveRecords::view);
  }

  @Override
  public synchronized List<ItemView> items(ItemView.State state, String lane, int limit) {
    if (lane != null) {
      checked(lane);
    }
    return new ArrayList<>(items.values())
        .stream()
            .filter(item -> item.state == state)
            .filter(item -> lane == null || item.key.lane().equals(lane))
            .sorted(Comparator.comparing(NaiveRecords::age))
            .limit(limit)
            .map(NaiveRecords::view)
            .toList();
  }

  @Override
  public synchronized List<ItemView> exhausted(String lane, int maxAttempts, int limit) {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts);
    }
    if (lane != null) {
      checked(lane);
    }
    return items.values().stream()
        .filter(item -> lane == null || item.key.lane().equals(lane))
        .filter(item -> item.attempts >= maxAttempts && isNobodys(item))
        .sorted(Comparator.comparing(item -> item.enqueuedAt))
        .limit(limit)
        .map(NaiveRecords::view)
        .toList();
  }

  boolean isNobodys(Item item) {
    return item.state != ItemView.State.DONE && !isHeld(item);
  }

  @Override
  public synchronized int purge(Instant before) {
    int size = items.size();
    items.values().removeIf(item -> isOver(item, before));
    return size - items.size();
  }

  boolean isOver(Item item, Instant before) {
    return item.state == ItemView.State.DONE
        && Objects.requireNonNull(item.doneAt).isBefore(before);
  }
}
