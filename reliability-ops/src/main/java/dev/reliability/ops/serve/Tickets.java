package dev.reliability.ops.serve;

import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Tickets that are good for one change each, within five minutes: a request that somebody recorded
 * and sends again changes nothing. The last 256 are known. Thread-safe.
 */
final class Tickets {
  static final Duration VALID = Duration.ofMinutes(5);
  private static final int MOST = 256;

  /** How a ticket stands. */
  enum State {
    /** Nobody was given such a ticket, or so long ago that it is forgotten. */
    UNKNOWN,
    /** It is good for one change. */
    GOOD,
    /** It was used, or not in time. */
    SPENT
  }

  private record Given(long at, boolean isUsed) {}

  private final Randomness randomness;
  private final TimeSource time;
  private final AtomicLong given = new AtomicLong();
  private final Map<String, Given> tickets = new LinkedHashMap<>();

  Tickets(Randomness randomness, TimeSource time) {
    this.randomness = randomness;
    this.time = time;
  }

  /** Another one. */
  String give() {
    String ticket = randomness.nonce("ticket", Long.toString(given.incrementAndGet()));
    long now = time.nanos();
    synchronized (tickets) {
      tickets.put(ticket, new Given(now, false));
      if (tickets.size() > MOST) {
        tickets.remove(tickets.keySet().iterator().next());
      }
    }
    return ticket;
  }

  /** How it stands; uses nothing up. */
  State look(String ticket) {
    long now = time.nanos();
    synchronized (tickets) {
      return state(tickets.get(ticket), now);
    }
  }

  /** Uses it up; true for whoever is the first to do so, in time. */
  boolean use(String ticket) {
    long now = time.nanos();
    synchronized (tickets) {
      Given one = tickets.get(ticket);
      if (one == null || state(one, now) != State.GOOD) {
        return false;
      }
      tickets.put(ticket, new Given(one.at, true));
      return true;
    }
  }

  private static State state(@Nullable Given one, long now) {
    if (one == null) {
      return State.UNKNOWN;
    }
    return one.isUsed || now - one.at > VALID.toNanos() ? State.SPENT : State.GOOD;
  }
}
