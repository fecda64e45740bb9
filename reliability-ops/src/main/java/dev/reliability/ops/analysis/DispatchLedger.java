package dev.reliability.ops.analysis;

import dev.reliability.core.dispatch.DispatchRejection;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows what came in until it has a verdict, and what was accepted until somebody works on it.
 *
 * <p>Keeps what is on its way, and the items of the last {@value #MOST_RUNS} runs: another process
 * may begin with an item before its acceptance is told. Not thread-safe.
 */
final class DispatchLedger {
  private static final int MOST_RUNS = 100_000;

  private final Window window;
  private final @Nullable String lane;
  private final Duration grace;

  private final Map<EventId, Event> undecided = new LinkedHashMap<>();
  private final Map<Item, Waiting> waiting = new LinkedHashMap<>();
  private final Map<Item, Instant> working =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Item, Instant> eldest) {
          return size() > MOST_RUNS;
        }
      };

  private final Citations payloads = new Citations();
  private final Citations valid = new Citations();
  private final Citations enqueued = new Citations();
  private final Map<String, Citations> suppressed = new TreeMap<>();
  private final Citations soonAfter = new Citations();

  /** Names are taken as they come: nothing here is written to a store. */
  private record Item(@Nullable String lane, String name) {}

  /** An item that was accepted and that nobody works on so far. */
  private static final class Waiting {
    final Event accepted;
    Instant since;
    @Nullable String reason;
    @Nullable EventId reasonId;

    Waiting(Event accepted) {
      this.accepted = accepted;
      this.since = accepted.time();
    }
  }

  /** What becomes of items that were accepted and that nobody works on. */
  interface Fates {
    /** Nobody took it up, and nothing says why. */
    void lost(EventId id);

    /** Nobody took it up, and it is known why. */
    void heldBack(String reason, EventId accepted, EventId why);

    /** There is still time. */
    void pending(EventId id);
  }

  /**
   * @param window intents of it are counted
   * @param lane of one lane only, and those that were rejected before any lane was known; of all
   *     lanes if null
   * @param grace how long something may take to get its verdict, or its run
   */
  DispatchLedger(Window window, @Nullable String lane, Duration grace) {
    this.window = window;
    this.lane = lane;
    this.grace = grace;
  }

  void accept(Event event) {
    if (event.data() instanceof DispatchEvent dispatch) {
      if (!(dispatch instanceof DispatchEvent.Intent)) {
        decided(event, dispatch);
      } else if (window.contains(event.time())) {
        undecided.put(event.id(), event);
      }
    } else if (event.data() instanceof RunEvent || event.data() instanceof ItemEvent.Completed) {
      works(event);
    } else if (event.data() instanceof ItemEvent.ClaimRefused refused) {
      Waiting entry = waiting.get(item(event.subject()));
      if (entry != null) {
        entry.reason = refused.guard();
        entry.reasonId = event.id();
      }
    } else if (event.data() instanceof LaneEvent) {
      lane(event);
    }
  }

  private void decided(Event event, DispatchEvent verdict) {
    Event intent = event.cause() == null ? null : undecided.remove(event.cause());
    Subject subject = event.subject();
    if (lane != null && subject.lane() != null && !lane.equals(subject.lane())) {
      return;
    }
    if (intent != null) {
      payloads.add(intent);
      if (verdict instanceof DispatchEvent.Rejected rejected) {
        suppressed.computeIfAbsent(rejected.reason(), reason -> new Citations()).add(event);
        if (wasJudged(rejected, subject)) {
          valid.add(intent);
        }
      } else {
        valid.add(intent);
        enqueued.add(event);
      }
    }
    if (verdict instanceof DispatchEvent.Accepted && event.time().isBefore(window.until())) {
      Item item = item(subject);
      Instant run = item == null ? null : working.get(item);
      if (item != null && (run == null || run.isBefore(Window.earlier(event.time(), grace)))) {
        waiting.put(item, new Waiting(event));
      }
    }
  }

  /** Whether the payload was found to be what it should be, before it was rejected. */
  private static boolean wasJudged(DispatchEvent.Rejected rejected, Subject subject) {
    if (rejected.reason().equals(DispatchRejection.INVALID_PAYLOAD.wireName())) {
      return false;
    }
    return !rejected.reason().equals(DispatchRejection.DEPENDENCY_UNHEALTHY.wireName())
        || subject.item() != null; // else nobody could judge it
  }

  private void works(Event event) {
    Item item = item(event.subject());
    if (item == null) {
      return;
    }
    working.remove(item);
    working.put(item, event.time());
    Waiting entry = waiting.get(item);
    if (entry == null) {
      return;
    }
    if (event.time().isBefore(window.until())) {
      waiting.remove(item);
    } else if (!event.time().isAfter(Window.later(entry.since, grace))) {
      waiting.remove(item);
      soonAfter.add(event);
    }
  }

  private void lane(Event event) {
    for (Map.Entry<Item, Waiting> candidate : waiting.entrySet()) {
      Waiting entry = candidate.getValue();
      if (!Objects.equals(candidate.getKey().lane(), event.subject().lane())) {
        continue;
      }
      if (event.data() instanceof LaneEvent.Paused) {
        entry.reason = DispatchRejection.LANE_PAUSED.wireName();
        entry.reasonId = event.id();
      } else if (event.data() instanceof LaneEvent.Resumed) {
        entry.reason = null;
        entry.reasonId = null;
        entry.since = event.time();
      }
    }
  }

  private static @Nullable Item item(Subject subject) {
    return subject.item() == null ? null : new Item(subject.lane(), subject.item());
  }

  // ---- what they say ----

  DispatchNumbers numbers() {
    Citations all = new Citations();
    Citations without = new Citations();
    payloads.cited().ids().forEach(all::add);
    for (EventId intent : undecided.keySet()) {
      all.add(intent);
      without.add(intent);
    }
    Map<String, Cited> reasons = new HashMap<>();
    suppressed.forEach((reason, ids) -> reasons.put(reason, ids.cited()));
    long count = payloads.count() + without.count();
    return new DispatchNumbers(
        new Cited(count, all.cited().ids()),
        valid.cited(),
        enqueued.cited(),
        reasons,
        without.cited());
  }

  /** Runs, one event each, that began after the window with what was accepted in it, in time. */
  Cited soonAfter() {
    return soonAfter.cited();
  }

  /**
   * Goes through what has no verdict, and what was accepted and is not worked on.
   *
   * @param now until when somebody would have told of it
   */
  void fates(Instant now, Fates fates) {
    for (Event intent : undecided.values()) {
      if (isOverdue(intent.time(), now)) {
        fates.lost(intent.id());
      } else {
        fates.pending(intent.id());
      }
    }
    for (Map.Entry<Item, Waiting> candidate : waiting.entrySet()) {
      Waiting entry = candidate.getValue();
      if (lane != null && !lane.equals(candidate.getKey().lane())) {
        continue;
      }
      if (entry.reason != null && entry.reasonId != null) {
        fates.heldBack(entry.reason, entry.accepted.id(), entry.reasonId);
      } else if (isOverdue(entry.since, now)) {
        fates.lost(entry.accepted.id());
      } else {
        fates.pending(entry.accepted.id());
      }
    }
  }

  /** At the very end of the grace what is waited for may still come. */
  private boolean isOverdue(Instant since, Instant now) {
    return Window.later(since, grace).isBefore(now);
  }
}
