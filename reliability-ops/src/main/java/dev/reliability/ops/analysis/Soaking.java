package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.incident.Soak;
import dev.reliability.core.incident.SoakWatch;
import dev.reliability.core.store.InMemoryStateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether no reconciler found records of one reason for long enough since a change, while it proved
 * again and again that it would have (requirement S4).
 *
 * <p>It keeps counts and the first ids of them. Events have to come in the order of a journal: one
 * that is missing in the sequence of its incarnation begins the time anew, as a {@link SoakWatch}
 * does.
 */
public final class Soaking implements Analysis<SoakingReport> {
  private final String reason;
  private final Instant since;
  private final Instant now;
  private final Duration length;
  private final Duration gap;
  private final InMemoryStateStore state = new InMemoryStateStore();
  private final SoakWatch watch;
  private final Citations before = new Citations();
  private final Citations found = new Citations();
  private final Citations proofs = new Citations();
  private final Citations failures = new Citations();

  private Soaking(String reason, Instant since, Instant now, Duration length, Duration gap) {
    this.reason = Objects.requireNonNull(reason, "reason");
    this.since = Objects.requireNonNull(since, "since");
    this.now = Objects.requireNonNull(now, "now");
    this.length = length;
    this.gap = gap;
    watch = SoakWatch.of(state, reason, length, gap, this::kind);
  }

  /**
   * A soak since a change.
   *
   * @param reason such as {@code running_without_container}
   * @param since when the change was made
   * @param now the end of the time that is asked for
   * @param length for how long it must not have been found
   * @param gap how far apart the proofs of the detector may be
   * @throws IllegalArgumentException if a duration is not positive, or the reason can be no name
   */
  public static Soaking of(
      String reason, Instant since, Instant now, Duration length, Duration gap) {
    return new Soaking(reason, since, now, length, gap);
  }

  @Override
  public Window reading() {
    Instant from = Window.earlier(since, gap);
    return new Window(from.isAfter(now) ? now : from, now);
  }

  private SoakWatch.Kind kind(Event event) {
    if (event.data() instanceof ReconcileEvent.Found one) {
      return one.reason().equals(reason) ? SoakWatch.Kind.OCCURRED : SoakWatch.Kind.NONE;
    }
    if (event.data() instanceof ReconcileEvent.SelfTest test) {
      return proves(test) ? SoakWatch.Kind.PROVEN : SoakWatch.Kind.NOT_PROVEN;
    }
    return SoakWatch.Kind.NONE;
  }

  private boolean proves(ReconcileEvent.SelfTest test) {
    return test.ok() && test.reasons().contains(reason);
  }

  @Override
  public void accept(Event event) {
    if (!reading().contains(event.time())) {
      return;
    }
    watch.accept(event);
    boolean earlier = event.time().isBefore(since);
    if (event.data() instanceof ReconcileEvent.Found one && one.reason().equals(reason)) {
      (earlier ? before : found).add(event);
    } else if (event.data() instanceof ReconcileEvent.SelfTest test && !earlier) {
      (proves(test) ? proofs : failures).add(event);
    }
  }

  @Override
  public SoakingReport report() {
    Optional<Soak> soak = SoakWatch.read(state, reason);
    GateLine line =
        soak.isPresent()
            ? soak.get().judge(now, since, before.count())
            : GateLine.inconclusive("soak " + reason, "its detector is not proven to be alive");
    return new SoakingReport(
        reason,
        since,
        length,
        gap,
        found.cited(),
        proofs.cited(),
        failures.cited(),
        line.verdict(),
        line.why());
  }
}
