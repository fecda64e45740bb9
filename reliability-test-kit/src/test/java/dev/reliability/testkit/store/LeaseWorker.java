package dev.reliability.testkit.store;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.guard.ClaimGuard;
import dev.reliability.core.guard.EffectBudget;
import dev.reliability.core.guard.LeaseKeeper;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.world.Node;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What a careful host does on a node: claims what is queued, keeps the lease, works, has its
 * effects, completes, and tries again what failed while it may.
 */
final class LeaseWorker {
  static final String LANE = "lane";
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofSeconds(1);

  private final Node node;
  private final LeaseStore leases;
  private final Outbox fenced;
  private final Outbox plain;
  private final boolean repeatsWhatMayHaveHappened;
  private final ClaimGuard guard;
  private final EffectBudget once;
  private final EffectBudget oncePerAttempt;
  private final Strand io;
  private final RandomGenerator random;
  private boolean busy;

  private final class Work {
    final Lease lease;
    LeaseKeeper keeper;
    boolean lost;

    Work(Lease lease) {
      this.lease = lease;
    }
  }

  LeaseWorker(
      Node node,
      LeaseStore leases,
      StateStore state,
      Outbox fenced,
      Outbox plain,
      boolean repeatsWhatMayHaveHappened) {
    this.node = node;
    this.leases = leases;
    this.fenced = fenced;
    this.plain = plain;
    this.repeatsWhatMayHaveHappened = repeatsWhatMayHaveHappened;
    EventBus bus = EventBus.builder(node).build();
    guard = new ClaimGuard(leases, bus);
    once = EffectBudget.perScope(state, bus, "fenced", 1);
    oncePerAttempt = EffectBudget.perScope(state, bus, "plain", 1);
    io = node.strand(Strand.Kind.IO, "work");
    random = node.randomness().stream("work", "");
  }

  void start() {
    Periodic.start(node, io, POLL, this::poll);
  }

  private void poll() {
    if (busy) {
      return;
    }
    long asked = node.time().nanos();
    ClaimRequest request =
        new ClaimRequest(
            node.node() + "/" + node.incarnation(), TTL, 10_000, Duration.ofMinutes(1));
    try {
      guard.claimQueued(LANE, 1, request).forEach(lease -> begin(lease, asked));
    } catch (StoreException e) {
      // the next poll asks again; what was granted without our knowing runs out
    }
  }

  private void begin(Lease lease, long asked) {
    busy = true;
    Work work = new Work(lease);
    work.keeper =
        LeaseKeeper.keep(node, leases, lease, TTL, asked, why -> io.execute(() -> lost(work)));
    later(Duration.ofMillis(random.nextLong(15_000)), () -> finish(work));
  }

  private void lost(Work work) {
    work.lost = true;
    busy = false;
  }

  private void finish(Work work) {
    if (work.lost) {
      return;
    }
    try {
      mail(work.lease);
      String item = work.lease.key().item();
      if (once.use(item, item, work.lease.token()).isAllowed()) {
        fenced.send(item, work.lease.token()); // it knows us again if we come twice
      }
      guard.complete(work.lease, "done");
    } catch (StoreException e) {
      later(AGAIN, () -> finish(work));
      return;
    } catch (Outbox.Stale e) {
      // somebody else has it
    }
    work.keeper.close();
    busy = false;
  }

  /** To one who cannot know us again: at most once, and rather never than twice. */
  private void mail(Lease lease) {
    String item = lease.key().item();
    EffectBudget.Use use = oncePerAttempt.use(item, "attempt " + lease.token(), lease.token());
    boolean first = use instanceof EffectBudget.Allowed allowed && !allowed.again();
    if (first || (repeatsWhatMayHaveHappened && use.isAllowed())) {
      plain.send(item, lease.token());
    }
  }

  private void later(Duration delay, Runnable task) {
    node.scheduler().schedule(io, delay.toNanos(), task);
  }
}
