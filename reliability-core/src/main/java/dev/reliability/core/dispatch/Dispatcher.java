package dev.reliability.core.dispatch;

import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what is to be worked on (requirements D1, D4): says that it came, has it judged,
 * enqueues it, and says what became of it. An intent whose verdict is missing from the events was
 * lost in between.
 *
 * <p>Blocks as long as the rules and the store do; never throws for what comes in. Thread-safe if
 * the rules are.
 *
 * @param <P> the payload
 */
public final class Dispatcher<P> {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final LeaseStore store;
  private final EventBus bus;
  private final DispatchRules<? super P> rules;
  private final int capacity;
  private final int maxAttempts;

  /**
   * A dispatcher for lanes whose items may be attempted {@value ClaimRequest#DEFAULT_ATTEMPTS}
   * times, the default of runs.
   *
   * @param capacity as below
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public Dispatcher(LeaseStore store, EventBus bus, DispatchRules<? super P> rules, int capacity) {
    this(store, bus, rules, capacity, ClaimRequest.DEFAULT_ATTEMPTS);
  }

  /**
   * A dispatcher.
   *
   * @param capacity how many items may wait in a lane before more are rejected; whoever dispatches
   *     at the same moment may be let in as well, since counting and enqueueing are two steps
   * @param maxAttempts how often an item may be attempted, as the policy of the runs has it: one
   *     whose attempts are spent does not wait any more
   * @throws IllegalArgumentException if one of them is less than 1
   */
  public Dispatcher(
      LeaseStore store,
      EventBus bus,
      DispatchRules<? super P> rules,
      int capacity,
      int maxAttempts) {
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.rules = Objects.requireNonNull(rules, "rules");
    this.capacity = capacity;
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: expected at least 1, got " + capacity);
    }
    this.maxAttempts = maxAttempts;
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: expected at least 1, got " + maxAttempts);
    }
  }

  /**
   * Takes a payload in.
   *
   * @param source where from, such as {@code whatsapp}
   * @param ref how the host calls it, such as a message's id
   * @param size its length, for the event
   */
  public Verdict dispatch(String source, @Nullable String ref, long size, P payload) {
    Event intent = bus.emit(Subject.NONE, new DispatchEvent.Intent(source, ref, size));
    return judge(payload)
        .fold(
            accept -> take(intent.id(), accept),
            reject -> reject(intent.id(), Subject.NONE, reject));
  }

  private DispatchRules.Ruling judge(P payload) {
    try {
      return Objects.requireNonNull(rules.judge(payload), "the rules returned no ruling");
    } catch (IllegalArgumentException e) {
      return invalid(e);
    } catch (Throwable e) {
      return unhealthy(e);
    }
  }

  private Verdict take(EventId intent, DispatchRules.Accept accept) {
    Subject subject = Subject.ofItem(accept.key().lane(), accept.key().item());
    DispatchRules.Reject no;
    try {
      no = enqueue(accept);
    } catch (IllegalArgumentException e) {
      no = invalid(e);
    } catch (Throwable e) {
      no = unhealthy(e);
    }
    if (no != null) {
      return reject(intent, subject, no);
    }
    bus.emit(subject, intent, new DispatchEvent.Accepted());
    return new Verdict.Accepted(intent, accept.key());
  }

  private Verdict reject(EventId intent, Subject subject, DispatchRules.Reject why) {
    bus.emit(
        subject,
        intent,
        new DispatchEvent.Rejected(why.reason().wireName(), why.faults(), why.detail()));
    return new Verdict.Rejected(intent, why.reason(), why.faults(), why.detail());
  }

  /** What no store can keep, such as an item with a blank name. */
  private static DispatchRules.Reject invalid(IllegalArgumentException e) {
    return new DispatchRules.Reject(
        DispatchRejection.INVALID_PAYLOAD, List.of(String.valueOf(e.getMessage())), null);
  }

  private static DispatchRules.Reject unhealthy(Throwable e) {
    log.warn("what came in could not be judged or kept", e);
    return new DispatchRules.Reject(DispatchRejection.DEPENDENCY_UNHEALTHY, List.of(), words(e));
  }

  private static String words(Throwable e) {
    try {
      return String.valueOf(e);
    } catch (RuntimeException broken) {
      return e.getClass().getName();
    }
  }

  /** Null if it is enqueued. */
  private DispatchRules.@Nullable Reject enqueue(DispatchRules.Accept accept) {
    LaneView lane = store.lane(accept.key().lane());
    if (lane.paused()) {
      return new DispatchRules.Reject(
          DispatchRejection.LANE_PAUSED, List.of(), lane.reason() + ", since " + lane.since());
    }
    if (store.find(accept.key()).isPresent()) {
      return duplicate(accept.key());
    }
    int spent = store.exhausted(accept.key().lane(), maxAttempts, Integer.MAX_VALUE).size();
    int most = (int) Math.min(Integer.MAX_VALUE, (long) capacity + spent);
    long waiting =
        store.items(ItemView.State.QUEUED, accept.key().lane(), most).stream()
            .filter(item -> item.attempts() < maxAttempts)
            .count();
    if (waiting >= capacity) {
      return new DispatchRules.Reject(
          DispatchRejection.CAPACITY, List.of(), waiting + " items wait in the lane already");
    }
    return store.enqueue(accept.key(), accept.stored()) ? null : duplicate(accept.key());
  }

  private DispatchRules.Reject duplicate(ItemKey key) {
    return new DispatchRules.Reject(
        DispatchRejection.DUPLICATE, List.of(), key + " is known already");
  }
}
