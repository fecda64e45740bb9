package dev.reliability.core.reconcile;

import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Made-up facts of which the rules must find three and leave four alone. They never go near a
 * store.
 *
 * @param found what the rules found
 * @param problem what is wrong with that, in words; null if nothing is
 */
record SelfTest(List<Finding> found, @Nullable String problem) {
  private static final String LANE = "reconciler-self-test";
  private static final String OWNER = "reconciler-self-test";
  private static final List<String> EXPECTED =
      List.of(
          "queued_stale_before_spawn of queued-old",
          "running_without_container of running-alone",
          "container_without_record of unrecorded");

  /** Has the rules judge the made-up facts. */
  static SelfTest of(
      Function<Facts, List<Finding>> rules,
      Function<String, StaleThresholds> thresholds,
      Instant now) {
    StaleThresholds limits = thresholds.apply(LANE);
    Instant queued = now.minus(limits.queued());
    Instant running = now.minus(limits.running());
    Instant seen = now.minus(thresholds.apply("").unrecorded());
    List<Finding> found =
        rules.apply(
            new Facts(
                Set.of("queued-in-hand", "running-in-hand"),
                List.of(
                    new Facts.Sighting(handle("running-with-worker"), now),
                    new Facts.Sighting(handle("unrecorded"), seen)),
                List.of(
                    queued("queued-old", queued),
                    queued("queued-in-hand", queued),
                    queued("queued-young", queued.plus(Duration.ofDays(1))),
                    queued("running-alone", running).running("worker", running),
                    queued("running-with-worker", running).running("worker", running),
                    queued("running-in-hand", running).running("worker", running)),
                Set.of(OWNER),
                thresholds,
                now));
    List<String> names =
        found.stream().map(one -> one.reason().wireName() + " of " + one.run()).toList();
    return new SelfTest(
        found, names.equals(EXPECTED) ? null : "expected " + EXPECTED + ", got " + names);
  }

  private static RunRecord queued(String id, Instant at) {
    return RunRecord.queued(id, LANE, id, OWNER, at);
  }

  private static LiveHandle handle(String run) {
    return new LiveHandle(run + "-1", run, OWNER);
  }
}
