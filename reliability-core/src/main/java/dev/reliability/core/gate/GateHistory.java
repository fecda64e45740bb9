package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.store.StoreException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The passes of one gate since it last failed (requirements G7, H4). Immutable: a judgement gives a
 * new history, and {@link #passes} counts without changing anything.
 *
 * <p>How far apart two passes are is measured on a clock of the history's own, which each judgement
 * moves on: by the monotonic clock if the one before was made by the same incarnation, so that
 * setting the wall clock brings no pass nearer; else by the wall clock, which is all that there is,
 * and never backwards. A machine that sleeps may stop the monotonic clock: then the passes are
 * taken to be nearer than they were.
 *
 * <p>A failure forgets all passes, and so does a pass under another configuration, which is then
 * the first. A judgement that could not say anything neither counts nor forgets.
 */
public final class GateHistory {
  /** How many judgements are recognised when they are recorded again. */
  public static final int MOST_KNOWN = 64;

  private static final int MOST_PASSES = 64;

  private final String gate;
  private final ImmutableList<Pass> passes;
  private final ImmutableList<String> known;
  private final String configHash; // of the passes
  private final long clock; // of its own, in nanoseconds
  private final @Nullable Judged last;

  /**
   * A pass.
   *
   * @param id the judgement's
   * @param at when, wall time
   * @param clock when, on the history's own clock, in nanoseconds
   */
  public record Pass(String id, Instant at, long clock) {}

  /**
   * The last judgement.
   *
   * @param verdict what it came to
   * @param at when, wall time
   * @param epoch the incarnation that judged
   * @param nanos when, on that incarnation's monotonic clock
   * @param configHash the configuration under which it was made
   * @param why what was not well; empty if everything was
   */
  public record Judged(
      GateVerdict verdict, Instant at, String epoch, long nanos, String configHash, String why) {}

  private GateHistory(
      String gate,
      List<Pass> passes,
      String configHash,
      List<String> known,
      long clock,
      @Nullable Judged last) {
    this.gate = gate;
    this.passes = ImmutableList.copyOf(passes);
    this.configHash = configHash;
    this.known = ImmutableList.copyOf(known);
    this.clock = clock;
    this.last = last;
  }

  /** The history of a gate that was never judged. */
  static GateHistory none(String gate) {
    return new GateHistory(gate, List.of(), "", List.of(), 0, null);
  }

  /** The last judgement; null if there was none. */
  public @Nullable Judged last() {
    return last;
  }

  /** Whether a judgement was recorded here, as long as it is remembered. */
  boolean knows(String id) {
    return known.contains(id);
  }

  /** The history after a judgement; this one if it was recorded before. */
  GateHistory with(GateReport report) {
    if (knows(report.id())) {
      return this;
    }
    long nanos = report.nanos();
    long moved = 0;
    if (last != null && last.epoch().equals(report.epoch())) {
      moved = Math.max(0, nanos - last.nanos());
      nanos = Math.max(nanos, last.nanos()); // another thread's judgement was recorded first
    } else if (last != null) {
      moved = Math.max(0, Durations.saturatedNanos(Duration.between(last.at(), report.at())));
    }
    long now = Durations.saturatedAdd(clock, moved);
    List<Pass> next = new ArrayList<>();
    boolean sameConfig = report.configHash().equals(configHash);
    if (report.verdict() == GateVerdict.INCONCLUSIVE || (report.isPass() && sameConfig)) {
      next.addAll(passes);
    }
    if (report.isPass()) {
      next.add(new Pass(report.id(), report.at(), now));
    }
    thin(next);
    List<String> ids = new ArrayList<>(known);
    ids.add(report.id());
    return new GateHistory(
        gate,
        next,
        report.isPass() ? report.configHash() : configHash,
        ids.subList(Math.max(0, ids.size() - MOST_KNOWN), ids.size()),
        now,
        new Judged(
            report.verdict(),
            report.at(),
            report.epoch(),
            nanos,
            report.configHash(),
            why(report)));
  }

  /**
   * Counts passes that are each at least {@code spacing} after the one before.
   *
   * @param wanted how many are wanted
   * @param after passes that are not after this do not count; null if all do
   * @throws IllegalArgumentException if {@code wanted} is less than 1 or {@code spacing} negative
   */
  public PassCount passes(int wanted, Duration spacing, @Nullable Instant after) {
    if (wanted < 1) {
      throw new IllegalArgumentException("passes: expected at least 1, got " + wanted);
    }
    if (spacing.isNegative()) {
      throw new IllegalArgumentException(
          "spacing: expected a duration that is not negative, got " + spacing);
    }
    long apart = Durations.saturatedNanos(spacing);
    List<Pass> counted = new ArrayList<>();
    for (Pass pass : passes) {
      boolean counts = after == null || pass.at().isAfter(after);
      if (counts
          && (counted.isEmpty() || pass.clock() - counted.get(counted.size() - 1).clock() >= apart)
          && counted.size() < wanted) {
        counted.add(pass);
      }
    }
    return new PassCount(
        gate,
        wanted,
        spacing,
        passes.isEmpty() ? "" : configHash,
        counted,
        words(counted, wanted, spacing, after));
  }

  private String words(List<Pass> counted, int wanted, Duration spacing, @Nullable Instant after) {
    if (last == null) {
      return "never judged";
    }
    String times = counted.stream().map(pass -> pass.at().toString()).toList().toString();
    if (counted.size() >= wanted) {
      return "passed at " + times + ", nothing failed in between";
    }
    StringBuilder words = new StringBuilder();
    words.append(counted.size()).append(" of ").append(wanted).append(" passes");
    if (wanted > 1) {
      words.append(" that are ").append(spacing).append(" apart");
    }
    if (!counted.isEmpty()) {
      words.append(": ").append(times);
    }
    if (last.verdict() != GateVerdict.GO) {
      words.append("; last judged ").append(last.at()).append(", ").append(last.why());
    } else if (counted.isEmpty() && after != null) {
      words.append("; none is after ").append(after);
    }
    return words.toString();
  }

  private static String why(GateReport report) {
    return String.join(
        "; ",
        report.lines().stream()
            .filter(line -> line.verdict() != GateVerdict.GO)
            .map(GateLine::text)
            .toList());
  }

  /** Forgets the pass that the count can spare most easily, if there are too many. */
  private static void thin(List<Pass> passes) {
    while (passes.size() > MOST_PASSES) {
      int spare = 1;
      for (int i = 1; i < passes.size() - 1; i++) {
        if (gap(passes, i) < gap(passes, spare)) {
          spare = i;
        }
      }
      passes.remove(spare);
    }
  }

  private static long gap(List<Pass> passes, int i) {
    return passes.get(i + 1).clock() - passes.get(i - 1).clock();
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("gate", gate);
    values.put("clock", Long.toString(clock));
    values.put("known", String.join("\n", known));
    values.put("passes_config_hash", configHash);
    if (last != null) {
      values.put("verdict", last.verdict().wireName());
      values.put("at", last.at().toString());
      values.put("epoch", last.epoch());
      values.put("nanos", Long.toString(last.nanos()));
      values.put("config_hash", last.configHash());
      values.put("why", last.why());
    }
    for (int i = 0; i < passes.size(); i++) {
      values.put("id" + i, passes.get(i).id());
      values.put("at" + i, passes.get(i).at().toString());
      values.put("clock" + i, Long.toString(passes.get(i).clock()));
    }
    return values;
  }

  static GateHistory read(String document, Map<String, String> values) {
    try {
      List<Pass> passes = new ArrayList<>();
      for (int i = 0; values.containsKey("id" + i); i++) {
        passes.add(
            new Pass(
                text(values, "id" + i),
                Instant.parse(text(values, "at" + i)),
                Long.parseLong(text(values, "clock" + i))));
      }
      String known = text(values, "known");
      return new GateHistory(
          text(values, "gate"),
          passes,
          text(values, "passes_config_hash"),
          known.isEmpty() ? List.of() : List.of(known.split("\n")),
          Long.parseLong(text(values, "clock")),
          new Judged(
              GateVerdict.fromWireName(text(values, "verdict")),
              Instant.parse(text(values, "at")),
              text(values, "epoch"),
              Long.parseLong(text(values, "nanos")),
              text(values, "config_hash"),
              text(values, "why")));
    } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
      throw new StoreException("document " + document + " is no history of a gate: " + e, e);
    }
  }

  private static String text(Map<String, String> values, String key) {
    return Objects.requireNonNull(values.get(key), key);
  }
}
