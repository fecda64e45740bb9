package dev.reliability.core.health;

import dev.reliability.core.health.ReadinessFacts.CriterionFact;
import dev.reliability.core.health.ReadinessFacts.VetoFact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gate says: a pure function of the facts. Every line is one vote, and the worst of them is
 * the verdict. Nothing turns to GO by the mere passing of time, and to look opens nothing: a GO is
 * earned by an evaluation, with every criterion met. A failure is only tolerated to keep it.
 */
final class ReadinessRules {
  private ReadinessRules() {}

  static Readiness judge(ReadinessFacts facts) {
    List<Readiness.Line> lines = new ArrayList<>();
    facts.criteria().forEach(one -> lines.add(judge(one, facts)));
    facts.vetoes().forEach(one -> lines.add(judge(one, facts)));
    GateVerdict verdict = worst(lines);
    if (verdict == GateVerdict.GO && !facts.evaluated() && !facts.wasOpen()) {
      lines.add(notEvaluated(facts.written()));
      verdict = worst(lines);
    }
    return new Readiness(facts.gate(), verdict, facts.now(), lines);
  }

  private static GateVerdict worst(List<Readiness.Line> lines) {
    return lines.stream()
        .map(Readiness.Line::verdict)
        .reduce(GateVerdict::and)
        .orElse(GateVerdict.INCONCLUSIVE);
  }

  private static Readiness.Line notEvaluated(@Nullable GateVerdict written) {
    return new Readiness.Line(
        "evaluation",
        GateVerdict.INCONCLUSIVE,
        written == null ? "" : written.wireName(),
        "an evaluation that said go",
        "",
        null,
        false,
        written == null
            ? "no evaluator has judged this gate yet"
            : "the last evaluation said " + written.wireName(),
        "an evaluator looks");
  }

  // ---- criteria ----

  private static Readiness.Line judge(CriterionFact fact, ReadinessFacts facts) {
    Criterion rule = fact.criterion();
    Instant now = facts.now();
    FailureStreaks.Seen seen = fact.seen();
    if (seen == null) {
      return line(rule, null, GateVerdict.INCONCLUSIVE, now, fact.problem() + "", "it can be read");
    }
    Streak streak = seen.streak();
    Ages.Age age = seen.age();
    if (age == null) {
      return line(
          rule,
          seen,
          GateVerdict.INCONCLUSIVE,
          now,
          streak.unknowns() == 0
              ? "nothing was observed yet"
              : "it could not be observed yet: " + said(streak),
          successes(rule, rule.successThreshold()));
    }
    if (age.ahead()) {
      return line(
          rule,
          seen,
          GateVerdict.INCONCLUSIVE,
          now,
          "the last observation is dated in the future",
          "a new observation counts");
    }
    if (age.duration().compareTo(rule.ttl()) > 0) {
      return line(
          rule,
          seen,
          GateVerdict.INCONCLUSIVE,
          now,
          "the last observation that counts is older than " + rule.ttl(),
          "a new observation counts");
    }
    return settled(rule, seen, streak, now, facts.wasOpen() || fact.met());
  }

  private static Readiness.Line settled(
      Criterion rule, FailureStreaks.Seen seen, Streak streak, Instant now, boolean tolerated) {
    GateVerdict verdict = settledBy(rule, streak);
    if (verdict == GateVerdict.NO_GO) {
      return line(
          rule,
          seen,
          verdict,
          now,
          streak.failures() == 0
              ? "it failed, and was met too seldom since: " + said(streak)
              : failed(streak) + ": " + said(streak),
          successes(rule, rule.successThreshold() - streak.successes()));
    }
    if (streak.unknowns() >= rule.failureThreshold()) {
      return line(
          rule,
          seen,
          GateVerdict.INCONCLUSIVE,
          now,
          "it could not be observed " + streak.unknowns() + " times in a row: " + said(streak),
          "it can be observed again");
    }
    if (verdict == GateVerdict.INCONCLUSIVE) {
      return line(
          rule,
          seen,
          verdict,
          now,
          "neither enough successes in a row lately nor enough failures",
          successes(rule, rule.successThreshold() - streak.successes()));
    }
    if (!tolerated) {
      return line(
          rule,
          seen,
          GateVerdict.INCONCLUSIVE,
          now,
          "it was not met when it was last observed, and the gate was not open before: "
              + said(streak),
          successes(rule, rule.successThreshold() - streak.successes()));
    }
    return line(
        rule,
        seen,
        verdict,
        now,
        streak.failures() == 0
            ? "it is met"
            : failed(streak) + ", and it takes " + rule.threshold() + ": " + said(streak),
        failures(rule, streak));
  }

  /**
   * The last phase that was long enough to say something. What was seen before a time in which
   * nobody saw anything says nothing any more: one failure is tolerated after a success that was
   * recent then, not after one of yesterday.
   */
  private static GateVerdict settledBy(Criterion rule, Streak streak) {
    for (int i = streak.phases().size() - 1; i >= 0; i--) {
      Streak.Phase phase = streak.phases().get(i);
      if (phase.ok() && phase.count() >= rule.successThreshold()) {
        return GateVerdict.GO;
      }
      if (!phase.ok()
          && phase.count() >= rule.failureThreshold()
          && phase.lasted().compareTo(rule.minimumDuration()) >= 0) {
        return GateVerdict.NO_GO;
      }
      if (i > 0 && phase.unseen().compareTo(rule.ttl()) > 0) {
        return GateVerdict.INCONCLUSIVE;
      }
    }
    return GateVerdict.INCONCLUSIVE;
  }

  private static String failed(Streak streak) {
    Streak.Phase phase = streak.phase();
    return "it failed "
        + streak.failures()
        + " times in a row"
        + (phase == null ? "" : ", over " + phase.lasted());
  }

  private static String said(Streak streak) {
    Observation last = streak.last();
    if (last == null) {
      return "";
    }
    return last.value() + (last.detail() == null ? "" : " (" + last.detail() + ")");
  }

  private static String successes(Criterion rule, long more) {
    return Math.max(1, more) + " more in a row are met, each at least " + rule.spacing() + " apart";
  }

  private static String failures(Criterion rule, Streak streak) {
    long more = Math.max(1, rule.failureThreshold() - streak.failures());
    Streak.Phase phase = streak.phase();
    Duration lasted = phase == null || phase.ok() ? Duration.ZERO : phase.lasted();
    Duration left = rule.minimumDuration().minus(lasted);
    return more
        + " more in a row fail"
        + (left.isNegative() || left.isZero() ? "" : ", over " + left)
        + ", or none counts for "
        + rule.ttl();
  }

  private static Readiness.Line line(
      Criterion rule,
      FailureStreaks.@Nullable Seen seen,
      GateVerdict verdict,
      Instant now,
      String why,
      String nextChangeIf) {
    Streak streak = seen == null ? Streak.none(rule.name()) : seen.streak();
    Ages.Age age = seen == null ? null : seen.age();
    Observation last = streak.last();
    return new Readiness.Line(
        rule.name(),
        verdict,
        last == null ? "" : last.value(),
        rule.threshold(),
        inWords(streak),
        age == null ? null : age.duration(),
        streak.changes(now, rule.flappingWindow()) >= rule.flappingChanges(),
        why,
        nextChangeIf);
  }

  private static String inWords(Streak streak) {
    Streak.Phase phase = streak.phase();
    String known =
        phase == null
            ? "nothing"
            : phase.count()
                + (phase.ok() ? " met" : " failed")
                + " in a row since "
                + phase.since();
    return streak.unknowns() == 0 ? known : known + ", then " + streak.unknowns() + " unknown";
  }

  // ---- signals ----

  private static Readiness.Line judge(VetoFact fact, ReadinessFacts facts) {
    if (fact.problem() != null) {
      return line(fact, GateVerdict.INCONCLUSIVE, fact.problem(), "it can be judged");
    }
    return fact.reading()
        .fold(
            fresh ->
                fact.objects()
                    ? line(
                        fact,
                        GateVerdict.NO_GO,
                        "it objects",
                        "a newer one does not, or it is stale and all criteria passed since")
                    : line(fact, GateVerdict.GO, "it does not object", "a newer one objects"),
            stale -> judgeStale(fact, facts),
            unknown ->
                unknown.why() == Reading.Why.MISSING && !fact.required()
                    ? line(fact, GateVerdict.GO, "there is none", "one is published that objects")
                    : line(
                        fact,
                        GateVerdict.INCONCLUSIVE,
                        unknown.detail(),
                        "a new one is published"));
  }

  /** What is stale has no say; but where it had said no, everything else has to say yes anew. */
  private static Readiness.Line judgeStale(VetoFact fact, ReadinessFacts facts) {
    if (fact.objects()) {
      return line(
          fact, GateVerdict.NO_GO, "it objects, although it is stale", "a newer one does not");
    }
    if (fact.required()) {
      return line(fact, GateVerdict.INCONCLUSIVE, "it is stale", "a new one is published");
    }
    List<String> old = fact.objected() ? notMetSince(fact.lapsed(), facts) : List.of();
    return old.isEmpty()
        ? line(
            fact,
            GateVerdict.GO,
            "it is stale, and has no opinion",
            "one is published that objects")
        : line(
            fact,
            GateVerdict.INCONCLUSIVE,
            "it objected until it became stale, and these were not observed to be met since: "
                + old,
            "each of them is met");
  }

  /** None if the gate was opened since: then one failure is tolerated again. */
  private static List<String> notMetSince(
      @Nullable Map<String, String> lapsed, ReadinessFacts facts) {
    if (lapsed != null && facts.wasOpen()) {
      return List.of();
    }
    return facts.criteria().stream()
        .filter(one -> !one.metSince(lapsed))
        .map(one -> one.criterion().name())
        .toList();
  }

  private static Readiness.Line line(
      VetoFact fact, GateVerdict verdict, String why, String nextChangeIf) {
    return new Readiness.Line(
        fact.name(),
        verdict,
        fact.value(),
        fact.threshold(),
        "",
        fact.reading().age(),
        false,
        why,
        nextChangeIf);
  }
}
