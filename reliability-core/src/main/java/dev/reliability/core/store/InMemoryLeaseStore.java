package dev.reliability.core.store;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leases in memory: for one process, and lost with it. Goes by the monotonic clock, so that nothing
 * that happens to the wall clock lengthens or shortens a lease; the instants it shows are that
 * clock's, counted from the wall time at which the store was made.
 *
 * <p>Thread-safe. Each lane has a lock of its own, held for a few steps and never while foreign
 * code runs.
 */
public final class InMemoryLeaseStore implements LeaseStore {
  private final TimeSource time;
  private final Instant originWall;
  private final long originNanos;
  private final AtomicLong tokens = new AtomicLong();
  private final ConcurrentHashMap<String, MemoryLane> lanes = new ConcurrentHashMap<>();

  /** An empty store that goes by the monotonic clock of {@code time}. */
  public InMemoryLeaseStore(TimeSource time) {
    this.time = Objects.requireNonNull(time, "time");
    originWall = time.wall();
    originNanos = time.nanos();
  }

  @Override
  public String clock() {
    return "monotonic clock of this process";
  }

  @Override
  public Instant now() {
    return instant(nanos());
  }

  private long nanos() {
    return time.nanos() - originNanos;
  }

  Instant instant(long nanos) {
    return originWall.plusNanos(nanos);
  }

  long nextToken() {
    return tokens.incrementAndGet();
  }

  private MemoryLane box(String lane) {
    MemoryLane known = lanes.get(lane);
    return known != null
        ? known
        : lanes.computeIfAbsent(
            StoredText.checkedName("lane", lane), name -> new MemoryLane(this, name));
  }

  private <T> T in(String lane, Function<MemoryLane, T> step) {
    MemoryLane box = box(lane);
    box.lock.lock();
    try {
      return step.apply(box);
    } finally {
      box.lock.unlock();
    }
  }

  // The clock is read under the lock: whoever comes later sees a later time.

  @Override
  public boolean enqueue(ItemKey key, @Nullable String payload) {
    StoredText.checkText("payload", payload);
    return in(key.lane(), lane -> lane.enqueue(key, payload, nanos()));
  }

  @Override
  public Claim claim(ItemKey key, ClaimRequest request) {
    Objects.requireNonNull(request, "request");
    MemoryLane lane = box(key.lane());
    lane.lock.lock();
    try {
      return lane.claim(key, request, nanos());
    } finally {
      lane.lock.unlock();
    }
  }

  @Override
  public List<Lease> claimQueued(String lane, int limit, ClaimRequest request) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: expected at least 1, got " + limit);
    }
    Objects.requireNonNull(request, "request");
    return in(lane, box -> box.claimQueued(limit, request, nanos()));
  }

  @Override
  public Renewal renew(ItemKey key, long token, Duration ttl) {
    LeaseStore.checkedTime("ttl", ttl);
    return in(key.lane(), lane -> lane.renew(key, token, Durations.saturatedNanos(ttl), nanos()));
  }

  @Override
  public Completion complete(ItemKey key, long token, @Nullable String result) {
    StoredText.checkText("result", result);
    MemoryLane lane = box(key.lane());
    lane.lock.lock();
    try {
      return lane.complete(key, token, result, nanos());
    } finally {
      lane.lock.unlock();
    }
  }

  @Override
  public Renewal release(ItemKey key, long token) {
    MemoryLane lane = box(key.lane());
    lane.lock.lock();
    try {
      return lane.release(key, token, nanos());
    } finally {
      lane.lock.unlock();
    }
  }

  @Override
  public LaneView pauseLane(String lane, @Nullable Long episode, String actor, String reason) {
    LeaseStore.checkWords(actor, reason);
    return in(lane, box -> box.pause(episode, actor, reason, nanos()));
  }

  @Override
  public LaneView resumeLane(
      String lane, @Nullable Long episode, String actor, String reason, @Nullable Duration trial) {
    if (trial != null) {
      LeaseStore.checkedTime("trial", trial);
    }
    LeaseStore.checkWords(actor, reason);
    return in(lane, box -> box.resume(episode, actor, reason, trial, nanos()));
  }

  @Override
  public LaneView lane(String lane) {
    return in(lane, box -> box.view(nanos()));
  }

  @Override
  public List<LaneView> lanes() {
    return lanes.keySet().stream()
        .sorted()
        .map(this::lane)
        .filter(view -> view.since() != null)
        .toList();
  }

  @Override
  public Optional<ItemView> find(ItemKey key) {
    return Optional.ofNullable(in(key.lane(), lane -> lane.find(key)));
  }

  @Override
  public List<ItemView> items(ItemView.State state, @Nullable String lane, int limit) {
    Objects.requireNonNull(state, "state");
    return found(lane, limit, InMemoryLeaseStore::age, box -> box.items(state));
  }

  @Override
  public List<ItemView> exhausted(@Nullable String lane, int maxAttempts, int limit) {
    LeaseStore.checkAttempts(maxAttempts);
    return found(lane, limit, ItemView::enqueuedAt, box -> box.exhausted(maxAttempts, nanos()));
  }

  private List<ItemView> found(
      @Nullable String lane,
      int limit,
      Function<ItemView, Instant> age,
      Function<MemoryLane, List<ItemView>> look) {
    List<ItemView> found = new ArrayList<>();
    for (String name : lane == null ? List.copyOf(lanes.keySet()) : List.of(lane)) {
      found.addAll(in(name, look));
    }
    found.sort(Comparator.comparing(age).thenComparing(view -> view.key().toString()));
    return List.copyOf(found.subList(0, Math.min(found.size(), Math.max(0, limit))));
  }

  private static Instant age(ItemView view) {
    Instant claimed = view.claimedAt();
    Instant done = view.doneAt();
    return switch (view.state()) {
      case DONE -> Objects.requireNonNull(done);
      case LEASED -> Objects.requireNonNull(claimed);
      case QUEUED -> view.enqueuedAt();
    };
  }

  @Override
  public int purge(Instant before) {
    Objects.requireNonNull(before, "before");
    return List.copyOf(lanes.keySet()).stream()
        .mapToInt(name -> in(name, box -> box.purge(before)))
        .sum();
  }
}
