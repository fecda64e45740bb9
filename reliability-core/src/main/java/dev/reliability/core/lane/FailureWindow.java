package dev.reliability.core.lane;

import dev.reliability.core.store.DocValues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The failures of one lane within the window, oldest first, and the last episode that was tripped.
 * Those of other episodes stay for as long: they count no more, but are recognised when they are
 * told again. Immutable; {@link FingerprintBreaker} decides on it, and a document of the state
 * store holds it.
 *
 * @param failures at most {@link #MOST}; beyond that the oldest are forgotten
 * @param tripped the last episode in which the lane was to be paused, -1 if none
 * @param remediated the last episode whose remediation was carried out, -1 if none
 */
record FailureWindow(List<Failure> failures, long tripped, String trippedBy, long remediated) {
  /** How many failures of a lane are kept. */
  static final int MOST = 200;

  static final FailureWindow EMPTY = new FailureWindow(List.of(), -1, "", -1);

  /**
   * One failure.
   *
   * @param id counts once
   * @param fingerprint with its version
   * @param episode of the lane when it happened
   */
  record Failure(String id, String fingerprint, long episode, Instant at) {}

  FailureWindow {
    failures = List.copyOf(failures);
  }

  FailureWindow with(Failure failure, Duration window) {
    List<Failure> next = new ArrayList<>();
    for (Failure old : failures) {
      if (counts(old, failure.at(), window)) {
        next.add(old); // of whichever episode: one that comes late must not erase this one's
      }
    }
    next.add(failure);
    return new FailureWindow(
        next.subList(Math.max(0, next.size() - MOST), next.size()), tripped, trippedBy, remediated);
  }

  FailureWindow tripped(long episode, String by) {
    return new FailureWindow(failures, episode, by, remediated);
  }

  FailureWindow remediated(long episode) {
    return new FailureWindow(failures, tripped, trippedBy, Math.max(remediated, episode));
  }

  boolean knows(String id) {
    return failures.stream().anyMatch(failure -> failure.id().equals(id));
  }

  int count(String fingerprint, long episode, Instant now, Duration window) {
    return (int)
        failures.stream()
            .filter(f -> f.fingerprint().equals(fingerprint) && f.episode() == episode)
            .filter(f -> counts(f, now, window))
            .count();
  }

  /** A failure that is exactly as old as the window is long counts no more. */
  private static boolean counts(Failure failure, Instant now, Duration window) {
    return failure.at().isAfter(now.minus(window));
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("tripped", Long.toString(tripped));
    values.put("tripped_by", trippedBy);
    values.put("remediated", Long.toString(remediated));
    for (int i = 0; i < failures.size(); i++) {
      Failure failure = failures.get(i);
      values.put("id" + i, failure.id());
      values.put("fingerprint" + i, failure.fingerprint());
      values.put("episode" + i, Long.toString(failure.episode()));
      values.put("at" + i, failure.at().toString());
    }
    return values;
  }

  static FailureWindow read(String document, Map<String, String> values) {
    return DocValues.read(document, "window of failures", values, FailureWindow::parse);
  }

  private static FailureWindow parse(Map<String, String> values) {
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; values.containsKey("id" + i); i++) {
      failures.add(
          new Failure(
              DocValues.text(values, "id" + i),
              DocValues.text(values, "fingerprint" + i),
              DocValues.number(values, "episode" + i),
              DocValues.time(values, "at" + i)));
    }
    return new FailureWindow(
        failures,
        DocValues.number(values, "tripped"),
        DocValues.text(values, "tripped_by"),
        DocValues.number(values, "remediated"));
  }
}
