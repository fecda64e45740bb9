package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The passes of one gate since it last failed (requirements G7, H4). Immutable: a judgement gives a
 * new history, and {@link #passes} counts without changing anything.
 *
 * <p>How far apart two passes are is measured on a clock of the history's own, which only
 * judgements move on: by the monotonic clock of an incarnation that judged before, so that setting
 * the wall clock brings no pass nearer; by the wall clock, never backwards, from one incarnation of
 * a node to the next, where it is all that there is; and not at all from one node to another. A
 * machine that sleeps may stop the monotonic clock: then the passes are taken to be nearer than
 * they were.
 *
 * <p>A failure forgets all passes, and so does a pass under another configuration, which is then
 * the first. A judgement that could not say anything neither counts nor forgets, and no more does a
 * pass that is recorded after a later one of its incarnation.
 */
public final class GateHistory {
  /** How many judgements are recognised when they are recorded again. */
  public static final int MOST_KNOWN = 64;

  /** How many passes are kept, and so the most that can be asked for. */
  public static final int MOST_PASSES = 64;

  private static final int LONGEST_WHY = 4096;

  private final String gate;
  private final ImmutableList<Pass> passes;
  private final ImmutableList<String> known;
  private final String configHash; // of the passes
  private final GateClock clock;
  private final long judged;
  private final @Nullable Judged last;

  /**
   * A pass.
   *
   * @param id the judgement's
   * @param number the judgement's, from 1 in the history
   * @param at when, wall time
   * @param clock when, on the history's own clock, in nanoseconds
   */
  public record Pass(String id, long number, Instant at, long clock) {
    Pass atMost(long bound) {
      return clock <= bound ? this : new Pass(id, number, at, bound);
    }
  }

  /**
   * The last judgement.
   *
   * @param verdict what it came to
   * @param at when, wall time
   * @param configHash the configuration under which it was made
   * @param why what was not well, its beginning if that is long; empty if everything was
   */
  public record Judged(GateVerdict verdict, Instant at, String configHash, String why) {}

  private GateHistory(
      String gate,
      List<Pass> passes,
      String configHash,
      List<String> known,
      GateClock clock,
      long judged,
      @Nullable Judged last) {
    this.gate = gate;
    this.passes = ImmutableList.copyOf(passes);
    this.configHash = configHash;
    this.known = ImmutableList.copyOf(known);
    this.clock = clock;
    this.judged = judged;
    this.last = last;
  }

  /** The history of a gate that was never judged. */
  static GateHistory none(String gate) {
    return new GateHistory(gate, List.of(), "", List.of(), GateClock.START, 0, null);
  }

  /** The last judgement; null if there was none. */
  public @Nullable Judged last() {
    return last;
  }

  /** How many judgements there were: the number of the last one. */
  public long judged() {
    return judged;
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
    long number = judged + 1;
    boolean isLate = clock.isLate(report);
    long trusted = clock.trusted(report);
    GateClock now = clock.after(report, number);
    List<Pass> next = new ArrayList<>();
    boolean sameConfig = report.configHash().equals(configHash);
    if (report.verdict() == GateVerdict.INCONCLUSIVE
        || (report.isPass() && (sameConfig || isLate))) {
      passes.forEach(pass -> next.add(pass.number() > trusted ? pass.atMost(now.now()) : pass));
    }
    if (report.isPass() && !isLate) {
      next.add(new Pass(report.id(), number, report.at(), now.now()));
    }
    thin(next);
    List<String> ids = new ArrayList<>(known);
    ids.add(report.id());
    return new GateHistory(
        gate,
        next,
        report.isPass() && !isLate ? report.configHash() : configHash,
        ids.subList(Math.max(0, ids.size() - MOST_KNOWN), ids.size()),
        now,
        number,
        new Judged(report.verdict(), report.at(), report.configHash(), why(report)));
  }

  /**
   * Counts passes that are each at least {@code spacing} after the one before.
   *
   * @param wanted how many are wanted, 1 to {@link #MOST_PASSES}
   */
  public PassCount passes(int wanted, Duration spacing) {
    return passes(wanted, spacing, 0);
  }

  /**
   * The same, of those that were judged after something else happened.
   *
   * @param after what {@link #judged} was then
   * @throws IllegalArgumentException if {@code wanted} is out of bounds, or {@code spacing}
   *     negative
   */
  public PassCount passes(int wanted, Duration spacing, long after) {
    if (wanted < 1 || wanted > MOST_PASSES) {
      throw new IllegalArgumentException(
          "passes: expected 1 to " + MOST_PASSES + ", got " + wanted);
    }
    if (spacing.isNegative()) {
      throw new IllegalArgumentException(
          "spacing: expected a duration that is not negative, got " + spacing);
    }
    long apart = Durations.saturatedNanos(spacing);
    List<Pass> counted = new ArrayList<>();
    for (Pass pass : passes) {
      if (pass.number() > after
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

  private String words(List<Pass> counted, int wanted, Duration spacing, long after) {
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
    } else if (counted.isEmpty() && after > 0) {
      words.append("; none since then");
    }
    return words.toString();
  }

  private static String why(GateReport report) {
    String why =
        String.join(
            "; ",
            report.lines().stream()
                .filter(line -> line.verdict() != GateVerdict.GO)
                .map(GateLine::text)
                .toList());
    return StoredText.cleaned(
        why.length() <= LONGEST_WHY ? why : why.substring(0, LONGEST_WHY) + "...");
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
    values.put("clock", Long.toString(clock.now()));
    values.put("judged", Long.toString(judged));
    values.put("known", String.join("\n", known));
    values.put("passes_config_hash", configHash);
    if (last != null) {
      values.put("verdict", last.verdict().wireName());
      values.put("at", last.at().toString());
      values.put("config_hash", last.configHash());
      values.put("why", last.why());
    }
    for (int i = 0; i < passes.size(); i++) {
      Pass pass = passes.get(i);
      values.put("pass" + i + "_id", pass.id());
      values.put("pass" + i + "_number", Long.toString(pass.number()));
      values.put("pass" + i + "_at", pass.at().toString());
      values.put("pass" + i + "_clock", Long.toString(pass.clock()));
    }
    for (int i = 0; i < clock.seen().size(); i++) {
      GateClock.Seen one = clock.seen().get(i);
      values.put("seen" + i + "_epoch", one.epoch());
      values.put("seen" + i + "_node", one.node());
      values.put("seen" + i + "_at", one.at().toString());
      values.put("seen" + i + "_nanos", Long.toString(one.nanos()));
      values.put("seen" + i + "_clock", Long.toString(one.now()));
      values.put("seen" + i + "_number", Long.toString(one.number()));
    }
    return values;
  }

  static GateHistory read(String document, Map<String, String> values) {
    return DocValues.read(document, "history of a gate", values, GateHistory::parse);
  }

  private static GateHistory parse(Map<String, String> values) {
    List<Pass> passes = new ArrayList<>();
    for (int i = 0; values.containsKey("pass" + i + "_id"); i++) {
      passes.add(
          new Pass(
              DocValues.text(values, "pass" + i + "_id"),
              DocValues.number(values, "pass" + i + "_number"),
              DocValues.time(values, "pass" + i + "_at"),
              DocValues.number(values, "pass" + i + "_clock")));
    }
    List<GateClock.Seen> seen = new ArrayList<>();
    for (int i = 0; values.containsKey("seen" + i + "_epoch"); i++) {
      seen.add(
          new GateClock.Seen(
              DocValues.text(values, "seen" + i + "_epoch"),
              DocValues.text(values, "seen" + i + "_node"),
              DocValues.time(values, "seen" + i + "_at"),
              DocValues.number(values, "seen" + i + "_nanos"),
              DocValues.number(values, "seen" + i + "_clock"),
              DocValues.number(values, "seen" + i + "_number")));
    }
    String known = DocValues.text(values, "known");
    return new GateHistory(
        DocValues.text(values, "gate"),
        passes,
        DocValues.text(values, "passes_config_hash"),
        known.isEmpty() ? List.of() : List.of(known.split("\n")),
        new GateClock(DocValues.number(values, "clock"), seen),
        DocValues.number(values, "judged"),
        new Judged(
            GateVerdict.fromWireName(DocValues.text(values, "verdict")),
            DocValues.time(values, "at"),
            DocValues.text(values, "config_hash"),
            DocValues.text(values, "why")));
  }
}
