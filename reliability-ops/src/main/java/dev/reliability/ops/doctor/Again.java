package dev.reliability.ops.doctor;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What went wrong in the field, and whether it can happen again. */
public enum Again {
  /** A worker that was done, or hung, stayed for six hours. */
  HANGING_WORKER(
      "a worker that is done, or hangs, stays for hours", Safeguard.RUN_DEADLINE, Safeguard.ALERTS),
  /** Something that was needed was missing, and work waited for eight hours. */
  MISSING_DEPENDENCY(
      "work waits for hours for something that is missing",
      Safeguard.CHECKS_AT_START,
      Safeguard.CHECKS_WHILE_RUNNING,
      Safeguard.BOUNDED_RETRIES,
      Safeguard.START_DEADLINE,
      Safeguard.ESCALATION,
      Safeguard.ALERTS),
  /** Twenty reviews were posted in forty minutes. */
  REPEATED_EFFECT("the same is posted again and again", Safeguard.EFFECT_BUDGET),
  /** Two workers claimed the same task. */
  DUPLICATE_WORK("two work on the same item", Safeguard.CLAIMS, Safeguard.STORES),
  /** The same failure came again and again, and nobody was told. */
  FAILURE_LOOP("a lane fails the same way without end", Safeguard.LANE_BREAKER),
  /** Records said running, and nothing ran. */
  STALE_RECORD("a record says running and nothing runs", Safeguard.RECONCILER, Safeguard.ORPHANS),
  /** Nobody could say what had happened. */
  SILENCE("nobody can say what happened", Safeguard.JOURNAL, Safeguard.DISK);

  private final String words;
  private final ImmutableList<Safeguard> safeguards;

  Again(String words, Safeguard... safeguards) {
    this.words = words;
    this.safeguards = ImmutableList.copyOf(safeguards);
  }

  /** What happened, in words. */
  public String words() {
    return words;
  }

  /** What keeps it from happening again. */
  public List<Safeguard> safeguards() {
    return safeguards;
  }

  /**
   * Whether it can: no if all that keep it from happening are on, yes if one is off, else maybe.
   *
   * @param standings those that are asked for; one that is not among them counts as unknown
   */
  public Answer answer(Map<Safeguard, Standing> standings) {
    List<String> off = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (Safeguard one : safeguards) {
      Standing standing = standings.get(one);
      if (standing == null || standing.state() == Standing.State.UNKNOWN) {
        unknown.add(one.wireName());
      } else if (standing.state() == Standing.State.OFF) {
        off.add(one.wireName());
      }
    }
    if (!off.isEmpty()) {
      return new Answer("YES", String.join(", ", off) + " off");
    }
    return unknown.isEmpty()
        ? new Answer("NO", "")
        : new Answer("MAYBE", String.join(", ", unknown) + " unknown");
  }

  /**
   * Whether it can happen again.
   *
   * @param word {@code NO}, {@code MAYBE} or {@code YES}
   * @param because what is missing; empty if nothing is
   */
  public record Answer(String word, String because) {}
}
