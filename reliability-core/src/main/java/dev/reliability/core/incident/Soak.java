package dev.reliability.core.incident;

import dev.reliability.core.gate.GateLine;
import dev.reliability.core.store.DocValues;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether something has not happened for long enough while somebody would have noticed (requirement
 * S4). Immutable.
 *
 * <p>The detector has to prove again and again that it can fire. Two proofs that are further apart
 * than {@link #gap} do not hang together: between them it may have been dead, and the time begins
 * anew. Without proofs no number of days without an occurrence says anything.
 *
 * @param name what must not happen
 * @param window for how long it must not have happened
 * @param gap how far apart the proofs of the detector may be
 * @param occurrences how often it happened in all
 * @param last when it happened last, wall time; null if it never did
 * @param liveSince since when the detector has been proven without a gap; null if it is not
 * @param proven when it was proven last; null if it never was, or failed to since
 */
public record Soak(
    String name,
    Duration window,
    Duration gap,
    long occurrences,
    @Nullable Instant last,
    @Nullable Instant liveSince,
    @Nullable Instant proven) {

  /** Nothing is known yet. */
  static Soak none(String name, Duration window, Duration gap) {
    return new Soak(name, window, gap, 0, null, null, null);
  }

  /** The same under other bounds: what was set anew counts from now on. */
  Soak within(Duration newWindow, Duration newGap) {
    return new Soak(name, newWindow, newGap, occurrences, last, liveSince, proven);
  }

  /** It happened. */
  Soak occurred(Instant at) {
    Instant latest = last != null && last.isAfter(at) ? last : at;
    return new Soak(name, window, gap, occurrences + 1, latest, liveSince, proven);
  }

  /** The detector showed that it can fire, or that it cannot. */
  Soak tested(boolean ok, Instant at) {
    if (!ok) {
      return new Soak(name, window, gap, occurrences, last, null, null);
    }
    boolean joins =
        liveSince != null
            && proven != null
            && !at.isBefore(proven)
            && Duration.between(proven, at).compareTo(gap) <= 0;
    return new Soak(name, window, gap, occurrences, last, joins ? liveSince : at, at);
  }

  /**
   * Whether it has not happened within the window.
   *
   * @param since the window begins no earlier
   * @param before how many occurrences count no more, since they were before that
   */
  public GateLine judge(Instant now, Instant since, long before) {
    String line = "soak " + name;
    if (last != null && occurrences > before && last.isAfter(now.minus(window))) {
      return GateLine.fail(line, "it happened, last at " + last + ", " + occurrences + " in all");
    }
    if (liveSince == null || proven == null) {
      return GateLine.inconclusive(line, "its detector is not proven to be alive");
    }
    if (proven.isAfter(now)) {
      return GateLine.inconclusive(line, "its detector's proof is dated " + proven);
    }
    if (Duration.between(proven, now).compareTo(gap) > 0) {
      return GateLine.inconclusive(line, "its detector was last proven to be alive at " + proven);
    }
    Instant from = liveSince.isAfter(since) ? liveSince : since;
    Duration quiet = Duration.between(from, now);
    if (quiet.compareTo(window) < 0) {
      return GateLine.inconclusive(
          line, "watched for " + quiet + " of " + window + ", from " + from);
    }
    return GateLine.pass(line, "did not happen in " + window + ", watched from " + from);
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("window", window.toString());
    values.put("gap", gap.toString());
    values.put("occurrences", Long.toString(occurrences));
    put(values, "last", last);
    put(values, "live_since", liveSince);
    put(values, "proven", proven);
    return values;
  }

  private static void put(Map<String, String> values, String key, @Nullable Instant at) {
    values.put(key, at == null ? "" : at.toString());
  }

  static Soak read(String document, Map<String, String> values) {
    return DocValues.read(document, "soak", values, Soak::parse);
  }

  private static Soak parse(Map<String, String> values) {
    return new Soak(
        DocValues.text(values, "name"),
        Duration.parse(DocValues.text(values, "window")),
        Duration.parse(DocValues.text(values, "gap")),
        DocValues.number(values, "occurrences"),
        at(values, "last"),
        at(values, "live_since"),
        at(values, "proven"));
  }

  private static @Nullable Instant at(Map<String, String> values, String key) {
    String value = DocValues.text(values, key);
    return value.isEmpty() ? null : Instant.parse(value);
  }
}
