package dev.reliability.core.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was seen of how things stand, and what follows from it. */
public sealed interface HealthEvent extends EventData {

  /**
   * An observation was recorded (requirement L1).
   *
   * @param criterion of what
   * @param id names the observation: the same one is recorded once
   * @param outcome "ok", "failed" or "unknown"
   * @param counted false if it came too soon after the one before
   * @param value what was seen
   * @param detail more in words
   * @param failures how many failures in a row there are now
   * @param successes how many successes in a row
   * @param unknowns how many of the last observations could tell nothing
   */
  @EventType("health.observed")
  record Observed(
      String criterion,
      String id,
      String outcome,
      boolean counted,
      String value,
      @Nullable String detail,
      long failures,
      long successes,
      long unknowns)
      implements HealthEvent {}

  /**
   * A signal is older than its time to live now (requirement K3). Told once for each that is
   * published.
   *
   * @param signal which kind
   * @param id names the publication
   * @param value what was published
   * @param takenFor what it is taken for from now on
   * @param observedAt when it was so
   * @param age how old it is
   * @param ttl how old it may be
   * @param source who published it
   */
  @EventType("health.signal_stale")
  record SignalStale(
      String signal,
      String id,
      String value,
      String takenFor,
      Instant observedAt,
      Duration age,
      Duration ttl,
      String source)
      implements HealthEvent {}

  /**
   * A gate's verdict is another one than before (requirements L2 to L4). Told at least once for
   * each change.
   *
   * @param gate which one
   * @param verdict {@code go}, {@code no_go} or {@code inconclusive}
   * @param before what it was; null if it is the first
   * @param reasons what each criterion and each signal that is not for it says
   */
  @EventType("health.verdict")
  record Verdict(String gate, String verdict, @Nullable String before, List<String> reasons)
      implements HealthEvent {

    /** Copies {@code reasons}. */
    public Verdict {
      reasons = List.copyOf(reasons);
    }
  }
}
