package dev.reliability.testkit.store;

import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sees each failure of one lane that becomes durable, counts them by a model of its own that forgets
 * none, and holds the breaker to it (invariant 15): the lane is marked, and paused, if and only if
 * as many failures of one kind as the threshold says fell into the window in one episode.
 */
final class LaneWatch {
  private final LeaseStore leases;
  private final StateStore state;
  private final int threshold;
  private final Duration window;
  private final Map<String, Report> reports;
  private final List<String> violations;
  private final Map<String, Counted> counted = new HashMap<>();
  private long due = -1; // the last episode that had to be tripped

  /** A failure as it happened: its kind, and when. */
  record Report(String kind, Instant at) {}

  private record Counted(String kind, long episode, Instant at) {}

  LaneWatch(
      LeaseStore leases,
      StateStore state,
      int threshold,
      Duration window,
      Map<String, Report> reports,
      List<String> violations) {
    this.leases = leases;
    this.state = state;
    this.threshold = threshold;
    this.window = window;
    this.reports = reports;
    this.violations = violations;
  }

  int counted() {
    return counted.size();
  }

  long due() {
    return due;
  }

  StateStore watchedState() {
    return (StateStore) watch(StateStore.class, state);
  }

  LeaseStore watchedLeases() {
    return (LeaseStore) watch(LeaseStore.class, leases);
  }

  private Object watch(Class<?> type, Object target) {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> {
          boolean paused = leases.lane("lane").paused();
          Object answer;
          try {
            answer = method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          seen(method, arguments, answer, paused);
          return answer;
        });
  }

  @SuppressWarnings("unchecked")
  private void seen(Method method, Object[] arguments, Object answer, boolean pausedBefore) {
    if (method.getName().equals("write") && (boolean) answer) {
      written((Map<String, String>) arguments[2]);
    } else if (method.getName().equals("pauseLane")) {
      LaneView lane = (LaneView) answer;
      if (!pausedBefore && lane.paused() && lane.episode() > due) {
        violations.add("15: paused in episode " + lane.episode() + ", due was " + due);
      }
    }
  }

  private void written(Map<String, String> values) {
    for (int i = 0; values.containsKey("id" + i); i++) {
      String id = values.get("id" + i);
      Instant at = Instant.parse(values.get("at" + i));
      Counted known = counted.get(id);
      if (known != null && !known.at().equals(at) && at.isBefore(known.at().plus(window))) {
        violations.add("15: " + id + " counted twice, at " + at + " and as " + known);
      }
      if (known == null || !known.at().equals(at)) {
        count(id, Long.parseLong(values.get("episode" + i)), at);
      }
    }
    long tripped = Long.parseLong(values.get("tripped"));
    if (tripped != due) {
      violations.add(
          "15: tripped in episode " + tripped + " instead of " + due + " after " + counted);
    }
  }

  private void count(String id, long episode, Instant at) {
    Report report = reports.get(id);
    if (report == null || at.isBefore(report.at()) || at.isAfter(leases.now())) {
      violations.add("15: " + id + " at " + at + ", but " + report + " and now " + leases.now());
      return;
    }
    Counted failure = new Counted(report.kind(), episode, at);
    counted.put(id, failure);
    long alike =
        counted.values().stream()
                .filter(other -> other.kind().equals(failure.kind()))
                .filter(other -> other.episode() == episode)
                .filter(other -> other.at().isAfter(at.minus(window)))
                .count();
    if (alike >= threshold && due < episode) {
      due = episode;
    }
  }
}
