package dev.reliability.core.guard;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a lease while somebody works under it, and tells the holder of its loss in time.
 *
 * <p>It renews every third of the lease's time. A renewal that throws is tried again every tenth of
 * it, and more often as the deadline comes near; one that hangs is waited for. The holder is told
 * of the loss as soon as the store says so, and otherwise at the holder's own deadline: nine tenths
 * of the lease's time after the moment <em>before</em> the last renewal that went well was asked
 * for, by the monotonic clock. So it is told before anybody else can have claimed the item, as long
 * as clocks run alike.
 *
 * <p>The monotonic clock may stand still while the machine is suspended, and the store's does not:
 * so once a second it looks whether the wall clock has run ahead, and if so asks the store at once.
 *
 * <p>An item that was completed under this lease, as a host does in its own transaction, is not
 * lost: there is nothing to renew any more, and nobody is told anything.
 *
 * <p>Thread-safe. The holder is told once at most, on a delivery strand, and not after {@link
 * #close}.
 */
public final class LeaseKeeper implements AutoCloseable {
  /** What the holder is told if the store did not answer in time. */
  public static final String NOT_RENEWED = "not_renewed";

  /** The {@link #deadlineNanos} of a lease whose item is done: nobody can lose it any more. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  private static final long GLANCE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final ReliabilityRuntime runtime;
  private final LeaseStore store;
  private final Lease lease;
  private final Duration ttl;
  private final Consumer<String> lost;
  private final Strand control;
  private final Strand io;
  private final long trustedNanos;
  private final long periodNanos;
  private final long againNanos;

  // on the control strand
  private volatile long deadline; // written there, read by whoever looks
  private long renewAt;
  private long ahead; // by how much the wall clock has run ahead of the other, when last looked at
  private boolean asking;
  private long failures;
  private boolean over;
  private long timer = Scheduler.NO_TIMER;

  private LeaseKeeper(
      ReliabilityRuntime runtime,
      LeaseStore store,
      Lease lease,
      Duration ttl,
      long askedNanos,
      Consumer<String> lost) {
    this.runtime = runtime;
    this.store = store;
    this.lease = lease;
    this.ttl = ttl;
    this.lost = lost;
    control = runtime.strand(Strand.Kind.CONTROL, "lease " + lease.key());
    io = runtime.strand(Strand.Kind.IO, "lease " + lease.key());
    long nanos = Durations.saturatedNanos(ttl);
    trustedNanos = nanos - nanos / 10;
    periodNanos = Math.max(1, nanos / 3);
    againNanos = Math.max(1, nanos / 10);
    deadline = Durations.saturatedAdd(askedNanos, trustedNanos);
    renewAt = askedNanos + periodNanos;
    ahead = wallAhead();
  }

  /**
   * Keeps a lease until it is closed, or lost.
   *
   * @param askedNanos what the monotonic clock said before the lease was claimed
   * @param lost told of the loss, with why: what the store said, or {@link #NOT_RENEWED}
   */
  public static LeaseKeeper keep(
      ReliabilityRuntime runtime,
      LeaseStore store,
      Lease lease,
      Duration ttl,
      long askedNanos,
      Consumer<String> lost) {
    LeaseKeeper keeper =
        new LeaseKeeper(
            Objects.requireNonNull(runtime, "runtime"),
            Objects.requireNonNull(store, "store"),
            Objects.requireNonNull(lease, "lease"),
            ttl,
            askedNanos,
            Objects.requireNonNull(lost, "lost"));
    keeper.control.execute(keeper::look);
    return keeper;
  }

  /** Looks at once whether the lease still holds, as after a clock that jumped. */
  public void verify() {
    control.execute(
        () -> {
          renewAt = runtime.time().nanos();
          look();
        });
  }

  /** The holder's own deadline as it is now, by the monotonic clock. */
  public long deadlineNanos() {
    return deadline;
  }

  /** Renews no more, and tells nothing any more. Does not give the lease back. */
  @Override
  public void close() {
    control.execute(
        () -> {
          over = true;
          runtime.scheduler().cancel(timer);
        });
  }

  private void look() {
    if (over) {
      return;
    }
    long now = runtime.time().nanos();
    if (now - deadline >= 0) {
      tell(NOT_RENEWED);
      return;
    }
    long wallAhead = wallAhead();
    if (wallAhead - ahead > Math.max(GLANCE_NANOS, againNanos)) {
      renewAt = now; // this machine, or this clock, stood still
    }
    ahead = wallAhead;
    if (!asking && now - renewAt >= 0) {
      asking = true;
      io.execute(() -> renew(runtime.time().nanos()));
    }
    long next = Math.min(asking ? deadline : Math.min(deadline, renewAt), now + GLANCE_NANOS);
    runtime.scheduler().cancel(timer);
    try {
      timer = runtime.scheduler().schedule(control, Math.max(0, next - now), this::look);
    } catch (RejectedExecutionException closed) {
      tell(NOT_RENEWED); // nobody could tell it later
    }
  }

  private long wallAhead() {
    Instant wall = runtime.time().wall();
    return wall.getEpochSecond() * 1_000_000_000L + wall.getNano() - runtime.time().nanos();
  }

  private void renew(long askedNanos) {
    Renewal answer;
    try {
      answer = store.renew(lease.key(), lease.token(), ttl);
    } catch (Throwable e) {
      control.execute(() -> answered(askedNanos, null, e));
      return;
    }
    control.execute(() -> answered(askedNanos, answer, null));
  }

  private void answered(long askedNanos, @Nullable Renewal answer, @Nullable Throwable failure) {
    asking = false;
    if (over) {
      return;
    }
    if (answer instanceof Renewal.Lost no) {
      if (no.isDone()) {
        over = true;
        deadline = NO_DEADLINE;
        runtime.scheduler().cancel(timer);
      } else {
        tell(no.why());
      }
      return;
    }
    if (answer != null) {
      failures = 0;
      deadline = Durations.saturatedAdd(askedNanos, trustedNanos);
      renewAt = askedNanos + periodNanos;
    } else {
      long now = runtime.time().nanos();
      long half = Math.max((deadline - now) / 2, againNanos / 10); // there is a last chance, too
      renewAt = now + Math.min(againNanos, half);
      if (Long.bitCount(++failures) == 1) { // the 1st, 2nd, 4th, 8th ... time
        log.warn(
            "the lease on {} (token {}) could not be renewed, {} times so far; trying again",
            lease.key(),
            lease.token(),
            failures,
            failure);
      }
    }
    look();
  }

  private void tell(String why) {
    over = true;
    runtime.scheduler().cancel(timer);
    runtime
        .strand(Strand.Kind.DELIVERY, "lease lost " + lease.key())
        .execute(() -> lost.accept(why));
  }
}
