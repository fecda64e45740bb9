package dev.reliability.core.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is stale, against a model that counts by hand, and at the very edges. */
class ReconcileRulesProperties {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final StaleThresholds SLOW =
      new StaleThresholds(Duration.ofMinutes(20), Duration.ofMinutes(6), Duration.ofMinutes(2));

  /** A record, in minutes before now. */
  record Written(int run, int state, int owner, int created, int started, boolean slow) {}

  /** A worker, in minutes before now. */
  record Seen(int run, int owner, int since) {}

  /** Owner 0 is this incarnation, 1 is dead, of 2 nobody knows. */
  private static final Set<String> JUDGED = Set.of("owner-0", "owner-1");

  @Property(tries = 5_000)
  void itFindsExactlyWhatTheModelDoes(
      @ForAll("records") List<Written> records,
      @ForAll("workers") List<Seen> workers,
      @ForAll("runs") Set<Integer> supervised) {
    Map<Integer, Written> byRun = new LinkedHashMap<>();
    records.forEach(one -> byRun.put(one.run(), one));
    List<String> expected = new ArrayList<>();
    for (Written one : byRun.values()) {
      int least = one.state() == 0 ? (one.slow() ? 20 : 10) : (one.slow() ? 6 : 2);
      int age = one.state() == 0 ? one.created() : one.started();
      boolean hasWorker = false;
      for (Seen worker : workers) {
        hasWorker |= worker.run() == one.run();
      }
      if (age >= least && one.owner() != 2 && !hasWorker && !supervised.contains(one.run())) {
        expected.add((one.state() == 0 ? "queued_stale" : "running_without") + " " + one.run());
      }
    }
    for (Seen worker : workers) {
      if (worker.since() >= 2
          && !byRun.containsKey(worker.run())
          && !supervised.contains(worker.run())
          && worker.owner() != 2) {
        expected.add("container_without " + worker.run());
      }
    }
    List<String> found =
        ReconcileRules.findings(facts(byRun, workers, supervised)).stream()
            .map(
                one ->
                    one.reason().wireName().replaceAll("_(before|container|record).*", "")
                        + " "
                        + one.run().substring("run-".length()))
            .toList();
    assertThat(found).containsExactlyElementsOf(expected);
  }

  private static Facts facts(
      Map<Integer, Written> records, List<Seen> workers, Set<Integer> supervised) {
    List<Facts.Sighting> sightings = new ArrayList<>();
    for (Seen worker : workers) {
      sightings.add(
          new Facts.Sighting(
              new LiveHandle(
                  "worker-" + sightings.size(), "run-" + worker.run(), "owner-" + worker.owner()),
              before(worker.since())));
    }
    return new Facts(
        Set.copyOf(supervised.stream().map(run -> "run-" + run).toList()),
        sightings,
        records.values().stream().map(ReconcileRulesProperties::record).toList(),
        JUDGED,
        lane -> lane.equals("slow") ? SLOW : StaleThresholds.ofDefaults(),
        NOW);
  }

  private static RunRecord record(Written one) {
    RunRecord queued =
        RunRecord.queued(
            "run-" + one.run(),
            one.slow() ? "slow" : "lane",
            "item",
            "owner-" + one.owner(),
            before(one.created()));
    return one.state() == 0 ? queued : queued.running("worker", before(one.started()));
  }

  private static Instant before(int minutes) {
    return NOW.minus(Duration.ofMinutes(minutes));
  }

  @Provide
  Arbitrary<List<Written>> records() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 1),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(-3, 25), // clocks of other machines may be ahead
            Arbitraries.integers().between(-3, 8),
            Arbitraries.of(true, false))
        .as(Written::new)
        .list()
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Seen>> workers() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(-1, 4))
        .as(Seen::new)
        .list()
        .ofMaxSize(5);
  }

  @Provide
  Arbitrary<Set<Integer>> runs() {
    return Arbitraries.integers().between(0, 7).set().ofMaxSize(3);
  }

  @Example
  void aRecordIsStaleAtItsThresholdAndNotANanosecondEarlier() {
    Written queued = new Written(1, 0, 1, 10, 0, false);
    Facts at = facts(Map.of(1, queued), List.of(), Set.of());
    assertThat(ReconcileRules.findings(at))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.reason().wireName()).isEqualTo("queued_stale_before_spawn");
              assertThat(found.age()).isEqualTo(Duration.ofMinutes(10));
              assertThat(found.threshold()).isEqualTo(Duration.ofMinutes(10));
              assertThat(found.state()).isEqualTo(RunState.QUEUED);
              assertThat(found.evidence())
                  .contains("queued", "owner-1", "1 open records", "0 live workers");
            });
    Facts before =
        new Facts(
            at.supervised(),
            at.handles(),
            at.open(),
            at.judged(),
            at.thresholds(),
            NOW.minusNanos(1));
    assertThat(ReconcileRules.findings(before)).isEmpty();
  }

  @Example
  void whatHasEndedIsNoFindingWhereverItComesFrom() {
    RunRecord done =
        record(new Written(1, 1, 1, 20, 20, false))
            .ended(RunState.DONE, EndReason.COMPLETED, null, NOW);
    Facts facts =
        new Facts(
            Set.of(), List.of(), List.of(done), JUDGED, lane -> StaleThresholds.ofDefaults(), NOW);
    assertThat(ReconcileRules.findings(facts)).isEmpty();
  }

  // ---- the self-test ----

  @Example
  void theSelfTestPassesWithTheRealRulesWhateverTheThresholds() {
    for (StaleThresholds thresholds :
        List.of(
            StaleThresholds.ofDefaults(),
            new StaleThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO),
            new StaleThresholds(Duration.ofDays(9), Duration.ofDays(9), Duration.ofDays(9)))) {
      SelfTest test = SelfTest.of(ReconcileRules::findings, lane -> thresholds, NOW);
      assertThat(test.problem()).isNull();
      assertThat(test.found()).hasSize(3);
    }
  }

  @Example
  void theSelfTestNoticesRulesThatFindNothingAndRulesThatFindTooMuch() {
    SelfTest dead = SelfTest.of(facts -> List.of(), lane -> SLOW, NOW);
    assertThat(dead.problem()).contains("queued_stale_before_spawn of queued-old", "got []");
    SelfTest greedy =
        SelfTest.of(
            facts ->
                ReconcileRules.findings(
                    new Facts(
                        Set.of(),
                        facts.handles(),
                        facts.open(),
                        facts.judged(),
                        facts.thresholds(),
                        facts.now())),
            lane -> SLOW,
            NOW);
    assertThat(greedy.problem()).contains("running-in-hand");
  }
}
