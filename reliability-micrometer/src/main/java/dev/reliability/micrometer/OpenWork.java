package dev.reliability.micrometer;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which items wait, which runs are under way and which claims are held, as the events tell. The
 * runs and claims of an incarnation that is over are over with it; what is enqueued is not, since
 * it is in a store. Thread-safe; its lock is held for a few look-ups, and nobody else is called
 * under it.
 */
final class OpenWork {
  /** So much later than its completion an item's acceptance may be told. */
  private static final Duration LATE = Duration.ofMinutes(1);

  private final Incarnations incarnations;
  private final boolean enqueuedWait;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<OpenItem.Key, OpenItem> items = new HashMap<>();
  private final Map<String, OpenItem.Run> runs = new HashMap<>();

  /** Runs that others found to be over, and whether that was counted as their end. */
  private final Recent<String, Boolean> settled = new Recent<>();

  /** When items were completed; that they were accepted may be told later. */
  private final Recent<OpenItem.Key, Long> completed = new Recent<>();

  /** With which token items spent their last attempt; that is told by each incarnation. */
  private final Recent<OpenItem.Key, Long> spent = new Recent<>();

  private long numbers;
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();

  /**
   * No work yet.
   *
   * @param enqueuedWait whether an item that was accepted waits from then on
   */
  OpenWork(Incarnations incarnations, boolean enqueuedWait) {
    this.incarnations = incarnations;
    this.enqueuedWait = enqueuedWait;
  }

  int queued() {
    return queued.get();
  }

  int active() {
    return active.get();
  }

  // ---- runs ----

  void queued(Event event, LaneMeters lane) {
    locked(() -> run(event, lane));
  }

  void started(Event event, LaneMeters lane) {
    locked(
        () -> {
          OpenItem.Run run = run(event, lane);
          if (run == null || run.active) {
            return;
          }
          OpenItem item = run.item;
          run.active = true;
          run.started = Times.millis(event.time());
          item.queuedRuns--;
          item.activeRuns++;
          queued.decrementAndGet();
          active.incrementAndGet();
          item.lane.active.add(run);
          use(run);
          settle(item, run.started);
        });
  }

  /** Whether it is the first that is told of this run's not getting on. */
  boolean stalled(@Nullable String id) {
    lock.lock();
    try {
      OpenItem.Run run = runs.get(id);
      boolean first = run != null && !run.stalled;
      if (run != null) {
        run.stalled = true;
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** How a run's end is to be counted. */
  enum End {
    /** It is its end. */
    NEW,
    /** It is its end, and it was counted already that it did not get on. */
    STALLED,
    /** Somebody else ended it before, which was counted. */
    SETTLED
  }

  End ended(Event event) {
    lock.lock();
    try {
      String id = event.subject().run();
      OpenItem.Run run = runs.get(id);
      if (run != null) {
        remove(run, Times.millis(event.time()));
      }
      if (Boolean.TRUE.equals(settled.get(id))) {
        return End.SETTLED;
      }
      return run != null && run.stalled ? End.STALLED : End.NEW;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Nobody works on a run any more, and its own incarnation will not say so: somebody ended its
   * record.
   *
   * @return whether its end is to be counted now
   */
  boolean abandoned(Event event) {
    return settle(event, true);
  }

  /** What was left of a run is gone, or belongs to another; its end may yet be told. */
  void left(Event event) {
    settle(event, false);
  }

  private boolean settle(Event event, boolean counts) {
    lock.lock();
    try {
      String id = event.subject().run();
      if (id == null) {
        return false;
      }
      OpenItem.Run run = runs.get(id);
      if (run != null) {
        OpenItem.Claim claim = run.item.claim;
        if (claim != null && claim.epoch.equals(run.epoch)) {
          unclaim(run.item);
        }
        remove(run, Times.millis(event.time()));
      }
      boolean counted = Boolean.TRUE.equals(settled.get(id));
      settled.put(id, counted || counts);
      return counts && !counted;
    } finally {
      lock.unlock();
    }
  }

  private OpenItem.@Nullable Run run(Event event, LaneMeters lane) {
    Subject subject = event.subject();
    String id = subject.run();
    if (id == null || settled.get(id) != null || incarnations.isOver(event.id().epoch())) {
      return null;
    }
    OpenItem.Run known = runs.get(id);
    if (known != null) {
      return known;
    }
    OpenItem item = item(subject, lane);
    OpenItem.Run run = new OpenItem.Run(id, event.id().epoch(), item, ++numbers);
    runs.put(id, run);
    item.queuedRuns++;
    queued.incrementAndGet();
    settle(item, Times.millis(event.time()));
    return run;
  }

  private void remove(OpenItem.Run run, long millis) {
    OpenItem item = run.item;
    runs.remove(run.id);
    if (run.active) {
      item.lane.active.remove(run);
      item.activeRuns--;
      active.decrementAndGet();
    } else {
      item.queuedRuns--;
      queued.decrementAndGet();
    }
    use(run);
    settle(item, millis);
  }

  /** The claim under which the run was made needs no other run. */
  private static void use(OpenItem.Run run) {
    OpenItem.Claim claim = run.item.claim;
    if (claim != null && claim.epoch.equals(run.epoch)) {
      claim.used = true;
    }
  }

  // ---- items ----

  void accepted(Event event, LaneMeters lane) {
    if (enqueuedWait) {
      locked(
          () -> {
            long millis = Times.millis(event.time());
            Long done = completed.get(key(event.subject()));
            if (done != null && millis < later(done, LATE)) {
              return;
            }
            OpenItem item = item(event.subject(), lane);
            item.enqueued = true;
            settle(item, millis);
          });
    }
  }

  void claimed(Event event, ItemEvent.Claimed data, LaneMeters lane) {
    locked(
        () -> {
          long millis = Times.millis(event.time());
          String epoch = event.id().epoch();
          if (incarnations.isOver(epoch)) {
            return;
          }
          OpenItem item = item(event.subject(), lane);
          unclaim(item);
          Duration budget = data.budget();
          OpenItem.Claim claim =
              new OpenItem.Claim(
                  epoch,
                  event.subject().token(),
                  budget == null ? Long.MAX_VALUE : later(millis, budget),
                  ++numbers,
                  data.trial(),
                  data.holder().startsWith(event.node() + "/" + epoch));
          claim.used = item.activeRuns > 0;
          item.claim = claim;
          item.lane.claims.add(claim);
          settle(item, millis);
        });
  }

  /** The item's claim is over, if it is the one that the event is about. */
  void unclaimed(Event event) {
    locked(
        () -> {
          OpenItem item = items.get(key(event.subject()));
          OpenItem.Claim claim = item == null ? null : item.claim;
          long token = event.subject().token();
          if (item != null && claim != null && (token == 0 || token == claim.token)) {
            unclaim(item);
            settle(item, Times.millis(event.time()));
          }
        });
  }

  void completed(Event event) {
    locked(
        () -> {
          OpenItem.Key key = key(event.subject());
          long millis = Times.millis(event.time());
          completed.put(key, millis);
          OpenItem item = items.get(key);
          if (item != null && item.claim != null && item.claim.trial) {
            item.lane.pause.tried(event);
          }
          dequeue(item, event);
        });
  }

  /** Whether nobody told yet that the item's attempts were spent with this token. */
  boolean spent(Event event) {
    lock.lock();
    try {
      OpenItem.Key key = key(event.subject());
      dequeue(items.get(key), event);
      Long before = spent.put(key, event.subject().token());
      return before == null || before < event.subject().token();
    } finally {
      lock.unlock();
    }
  }

  /** The item is done, or was tried often enough, as somebody found who wanted to claim it. */
  void dequeued(Event event) {
    locked(() -> dequeue(items.get(key(event.subject())), event));
  }

  /** Nobody is to start it any more, neither those who were about to. */
  private void dequeue(@Nullable OpenItem item, Event event) {
    if (item == null) {
      return;
    }
    long millis = Times.millis(event.time());
    long token = event.subject().token();
    item.enqueued = false;
    if (item.claim != null && (token == 0 || item.claim.token <= token)) {
      unclaim(item);
    }
    if (item.queuedRuns > 0) {
      for (OpenItem.Run run : List.copyOf(runs.values())) {
        if (run.item == item && !run.active && !run.epoch.equals(event.id().epoch())) {
          remove(run, millis);
        }
      }
    }
    settle(item, millis);
  }

  private static void unclaim(OpenItem item) {
    if (item.claim != null) {
      item.lane.claims.remove(item.claim);
      item.claim = null;
    }
  }

  private OpenItem item(Subject subject, LaneMeters lane) {
    return items.computeIfAbsent(key(subject), key -> new OpenItem(key, lane, ++numbers));
  }

  private static OpenItem.Key key(Subject subject) {
    String lane = subject.lane();
    String item = subject.item();
    return new OpenItem.Key(lane == null ? "" : lane, item == null ? "run " + subject.run() : item);
  }

  /** Has an item wait if it should, and forgets it if it is over. */
  private void settle(OpenItem item, long millis) {
    boolean waits = item.shouldWait();
    if (item.waits && (!waits || millis < item.since)) {
      item.lane.waiting.remove(item);
      item.waits = false;
    }
    if (waits && !item.waits) {
      item.since = millis;
      item.waits = true;
      item.lane.waiting.add(item);
    }
    if (item.isOver()) {
      items.remove(item.key);
    }
    item.lane.show();
  }

  // ---- incarnations ----

  /**
   * An incarnation is over, and with it what it had in hand.
   *
   * @param stopped whether it stopped its workers; else those that it had started may live on
   */
  void over(String epoch, boolean stopped, long millis) {
    locked(
        () -> {
          for (OpenItem.Run run : List.copyOf(runs.values())) {
            if (run.epoch.equals(epoch) && (stopped || !run.active)) {
              remove(run, millis);
            }
          }
          for (OpenItem item : List.copyOf(items.values())) {
            if (item.claim != null && item.claim.epoch.equals(epoch)) {
              unclaim(item);
              settle(item, millis);
            }
          }
        });
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private static long later(long millis, Duration duration) {
    return Durations.saturatedAdd(millis, Durations.saturatedNanos(duration) / 1_000_000);
  }
}
