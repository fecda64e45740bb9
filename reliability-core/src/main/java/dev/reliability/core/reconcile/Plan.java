package dev.reliability.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.store.RunStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a reconciler looks at, by which rules, and what it may do. */
record Plan(
    EventBus bus,
    RunStore store,
    List<RunSupervisor> supervisors,
    List<HandleSource> sources,
    Predicate<String> ownerIsDead,
    Predicate<String> ownerLives,
    StaleThresholds all,
    Map<String, StaleThresholds> lanes,
    boolean dryRun,
    @Nullable String actor,
    boolean killUnrecorded,
    Duration limit,
    Function<Facts, List<Finding>> rules) {

  Plan {
    supervisors = ImmutableList.copyOf(supervisors);
    sources = ImmutableList.copyOf(sources);
    lanes = ImmutableMap.copyOf(lanes);
  }

  StaleThresholds thresholds(String lane) {
    return Objects.requireNonNullElse(lanes.get(lane), all);
  }
}
