package dev.reliability.core.run;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LeaseStore;
import java.time.Duration;

/**
 * Tells of items whose attempts are spent, each once for as often as it was claimed: at once of
 * those that come by, and when a lane is asked for work, of those that others left, such as a
 * process that was killed. Thread-safe.
 */
final class SpentItems {
  private static final Duration LOOKS = Duration.ofMinutes(1);

  /** Of a lane in which more lie about, those that were enqueued first are told of. */
  private static final int MOST_OF_A_LANE = 1_000;

  private static final int MOST_REMEMBERED = 100_000;

  private final LeaseStore store;
  private final EventBus bus;
  private final int maxAttempts;

  /** How often the last so many that were told of had been claimed. */
  private final Cache<ItemKey, Integer> told =
      CacheBuilder.newBuilder().maximumSize(MOST_REMEMBERED).build();

  /** The lanes that were looked at just now. */
  private final Cache<String, Boolean> looked;

  SpentItems(LeaseStore store, EventBus bus, int maxAttempts) {
    this.store = store;
    this.bus = bus;
    this.maxAttempts = maxAttempts;
    looked =
        CacheBuilder.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(LOOKS)
            .ticker(
                new Ticker() {
                  @Override
                  public long read() {
                    return bus.runtime().time().nanos();
                  }
                })
            .build();
  }

  /** An item is nobody's any more: tells of it if nobody gets it again. */
  void left(ItemKey key, long token, int attempts) {
    if (attempts < maxAttempts) {
      return;
    }
    Integer before = told.asMap().put(key, attempts);
    if (before == null || before < attempts) {
      bus.emit(
          Subject.ofItem(key.lane(), key.item()).under(token),
          new ItemEvent.AttemptsExhausted(attempts));
    }
  }

  /** Tells of those of a lane that nobody told of; looks at most once a minute. Blocks. */
  void look(String lane) {
    if (looked.asMap().putIfAbsent(lane, true) == null) {
      for (ItemView item : store.exhausted(lane, maxAttempts, MOST_OF_A_LANE)) {
        left(item.key(), item.token(), item.attempts());
      }
    }
  }
}
