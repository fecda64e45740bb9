package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks a lease store what a program says, and writes the answers down, tokens as the how-manieth
 * lease of their key they are. It believes no store: it keeps a book of its own on who holds what.
 */
final class LeaseDriver {
  private static final Duration MILLI = Duration.ofMillis(1);

  private final LeaseStore store;
  private final List<Lease> leases = new ArrayList<>();
  private final Map<ItemKey, List<Long>> tokens = new HashMap<>();
  private final Map<ItemKey, Instant> held = new TreeMap<>(Comparator.comparing(ItemKey::toString));
  private int results;

  LeaseDriver(LeaseStore store) {
    this.store = store;
  }

  /** The answer, in words that are the same for every store. */
  String perform(LeaseOp op, Consumer<Duration> advance) {
    if (op instanceof LeaseOp.Enqueue o) {
      return String.valueOf(store.enqueue(key(o.lane(), o.item()), "payload " + results++));
    } else if (op instanceof LeaseOp.Claiming o) {
      Claim answer =
          store.claim(key(o.lane(), o.item()), request(o.holder(), o.ttl(), o.attempts()));
      return answer instanceof Claim.Granted granted
          ? granted(granted.lease()).toString()
          : answer.toString();
    } else if (op instanceof LeaseOp.Batch o) {
      return store
          .claimQueued(lane(o.lane()), o.limit(), request(o.holder(), o.ttl(), o.attempts()))
          .stream()
          .map(this::granted)
          .toList()
          .toString();
    } else if (op instanceof LeaseOp.Pause o) {
      return store.pauseLane(lane(o.lane()), o.episode(), "actor", "why " + results++).toString();
    } else if (op instanceof LeaseOp.Resume o) {
      Duration trial = o.trial() == null ? null : MILLI.multipliedBy(o.trial());
      return store
          .resumeLane(lane(o.lane()), o.episode(), "by " + results++, "fixed", trial)
          .toString();
    } else if (op instanceof LeaseOp.Trial o) {
      store.pauseLane(lane(o.lane()), null, "actor", "why " + results++);
      Duration time = MILLI.multipliedBy(o.time());
      return store.resumeLane(lane(o.lane()), null, "by " + results++, "try one", time).toString();
    } else if (op instanceof LeaseOp.Purge o) {
      return "purged " + store.purge(store.now().plus(MILLI.multipliedBy(o.before())));
    } else if (op instanceof LeaseOp.Pass o) {
      advance.accept(MILLI.multipliedBy(o.by()));
      return store.now().toString();
    } else if (op instanceof LeaseOp.PassToAnEnd o) {
      passToAnEnd(o.off(), advance);
      return store.now().toString();
    }
    return performAsHolder(op);
  }

  private String performAsHolder(LeaseOp op) {
    int back =
        op instanceof LeaseOp.Renew r
            ? r.back()
            : op instanceof LeaseOp.Complete c
                ? c.back()
                : op instanceof LeaseOp.Release r
                    ? r.back()
                    : op instanceof LeaseOp.Forge f ? f.back() : ((LeaseOp.Crash) op).back();
    if (back >= leases.size()) {
      return "nobody";
    }
    Lease lease = leases.get(leases.size() - 1 - back);
    boolean isLast = lease.token() == last(lease.key());
    if (op instanceof LeaseOp.Renew renew) {
      Renewal answer = store.renew(lease.key(), lease.token(), MILLI.multipliedBy(renew.ttl()));
      if (answer instanceof Renewal.Held renewed) {
        assertHeld(lease, "renewed");
        held.put(lease.key(), renewed.until());
      }
      return answer.toString();
    } else if (op instanceof LeaseOp.Release) {
      Renewal answer = store.release(lease.key(), lease.token());
      if (answer.isHeld()) {
        assertHeld(lease, "given back");
        held.remove(lease.key());
      }
      return answer.toString();
    } else if (op instanceof LeaseOp.Complete) {
      Completion answer = store.complete(lease.key(), lease.token(), "result " + results++);
      if (answer.isOk()) {
        assertThat(isLast).as("%s was completed, but is not the last", lease).isTrue();
        held.remove(lease.key());
      }
      return answer instanceof Completion.Superseded by
          ? "superseded by " + number(lease.key(), by.currentToken())
          : answer.toString();
    }
    if (op instanceof LeaseOp.Forge) {
      return forged(lease.key());
    }
    leases.remove(lease);
    return "crashed";
  }

  private String forged(ItemKey key) {
    long token = Long.MAX_VALUE - 1;
    return store.renew(key, token, MILLI)
        + ", "
        + store.release(key, token)
        + ", "
        + store.complete(key, token, "forged").isOk();
  }

  /** Invariant 14, and that a stale token does nothing. */
  private void assertHeld(Lease lease, String what) {
    assertThat(lease.token()).as("%s was %s", lease, what).isEqualTo(last(lease.key()));
    assertThat(held.get(lease.key()))
        .as("%s was %s: its end", lease, what)
        .isNotNull()
        .isAfter(store.now());
  }

  /** Invariants 11 and 12. */
  private Lease granted(Lease lease) {
    Instant until = held.get(lease.key());
    assertThat(until == null || !store.now().isBefore(until))
        .as("%s was granted, but the last one holds until %s", lease, until)
        .isTrue();
    assertThat(lease.token()).as("the token of %s", lease).isGreaterThan(last(lease.key()));
    held.put(lease.key(), lease.until());
    tokens.computeIfAbsent(lease.key(), key -> new ArrayList<>()).add(lease.token());
    leases.add(lease);
    return new Lease(
        lease.key(),
        number(lease.key(), lease.token()),
        lease.holder(),
        lease.attempt(),
        lease.claimedAt(),
        lease.until(),
        lease.payload(),
        lease.trial());
  }

  private long last(ItemKey key) {
    List<Long> known = tokens.getOrDefault(key, List.of());
    return known.isEmpty() ? 0 : known.get(known.size() - 1);
  }

  /** The how-manieth of its key; 0 for none. */
  private long number(ItemKey key, long token) {
    return 1 + tokens.getOrDefault(key, List.of()).indexOf(token);
  }

  private void passToAnEnd(long off, Consumer<Duration> advance) {
    Instant now = store.now();
    Optional<Instant> next = held.values().stream().filter(now::isBefore).sorted().findFirst();
    Duration by = next.map(end -> Duration.between(now, end).plusNanos(off)).orElse(Duration.ZERO);
    advance.accept(by.isNegative() ? Duration.ZERO : by);
  }

  /** All that can be seen of the store; looking changes nothing. */
  List<String> everything() {
    List<String> seen = new ArrayList<>();
    seen.add(store.now().toString());
    for (int lane = 0; lane < 2; lane++) {
      LaneView view = store.lane(lane(lane));
      seen.add(view.toString());
      for (ItemView.State state : ItemView.State.values()) {
        List<String> items = new ArrayList<>();
        Instant before = Instant.MIN;
        for (ItemView item : store.items(state, lane(lane), 100)) {
          assertThat(store.find(item.key())).contains(item);
          assertThat(age(item)).as("the age of %s", item).isAfterOrEqualTo(before);
          before = age(item);
          items.add(words(item));
        }
        items.sort(null); // the order of those of one age is the store's
        seen.addAll(items);
      }
      for (int attempts = 1; attempts <= 3; attempts++) {
        seen.add(
            "exhausted "
                + store.exhausted(lane(lane), attempts, 100).stream()
                    .map(item -> item.key().item())
                    .sorted()
                    .toList());
      }
    }
    store.lanes().forEach(lane -> seen.add(lane.lane()));
    return seen;
  }

  private static Instant age(ItemView item) {
    return switch (item.state()) {
      case DONE -> item.doneAt();
      case LEASED -> item.claimedAt();
      case QUEUED -> item.enqueuedAt();
    };
  }

  private String words(ItemView item) {
    boolean leased = item.state() == ItemView.State.LEASED;
    return new ItemView(
            item.key(),
            item.state(),
            number(item.key(), item.token()),
            item.holder(),
            item.attempts(),
            item.enqueuedAt(),
            item.claimedAt(),
            item.renewedAt(),
            leased ? item.until() : null, // what it is afterwards nobody said
            item.budget(),
            item.doneAt(),
            item.payload(),
            item.result())
        .toString();
  }

  private static String lane(int lane) {
    return "lane-" + lane;
  }

  private static ItemKey key(int lane, int item) {
    return new ItemKey(lane(lane), "item-" + item);
  }

  private static ClaimRequest request(int holder, long ttl, int attempts) {
    return new ClaimRequest(
        "holder-" + holder, MILLI.multipliedBy(ttl), attempts, Duration.ofMinutes(1));
  }
}
