package dev.reliability.testkit.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.gate.GateLedger;
import dev.reliability.core.gate.GateLine;
import dev.reliability.core.gate.GateReport;
import dev.reliability.core.gate.PassCount;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Invariant 18: a gate opens if and only if two passes are at least 30 minutes apart with no
 * failure in between; one nanosecond less does not do. Through restarts and steps of the wall
 * clock.
 */
class GateHistoryProperties {
  private static final Duration SPACING = Duration.ofMinutes(30);
  private static final String GATE = "worker-connectivity";

  /** Something that happens. */
  sealed interface Op {
    record Judge(GateVerdict verdict, String config) implements Op {}

    record Advance(Duration by) implements Op {}

    record StepWall(Duration by) implements Op {}

    record Suspend(Duration by) implements Op {}

    record Restart() implements Op {}
  }

  /** One judgement as somebody would write it down who forgets nothing. */
  private record Seen(GateVerdict verdict, String config, int incarnation, long nanos, Instant at) {
    long until(Seen later) {
      return incarnation == later.incarnation
          ? later.nanos - nanos
          : Math.max(0, Duration.between(at, later.at).toNanos());
    }
  }

  /** A gate in a world of its own, beside everything that was ever judged. */
  private static final class Play {
    private final World world = World.create(18);
    private final InMemoryStateStore state = new InMemoryStateStore();
    private final List<Seen> all = new ArrayList<>();
    private EventBus bus = EventBus.builder(world).build();
    private int incarnation;

    void play(Op op) {
      if (op instanceof Op.Judge judge) {
        GateReport report =
            GateReport.of(
                bus,
                GATE,
                judge.config(),
                List.of(new GateLine("line", judge.verdict(), "why", List.of())));
        new GateLedger(state, bus).record(report);
        new GateLedger(state, bus).record(report); // a second time, which changes nothing
        all.add(
            new Seen(
                judge.verdict(),
                judge.config(),
                incarnation,
                world.time().nanos(),
                world.time().wall()));
      } else if (op instanceof Op.Advance advance) {
        world.advance(advance.by());
      } else if (op instanceof Op.StepWall step) {
        world.stepWall(step.by());
      } else if (op instanceof Op.Suspend suspend) {
        world.suspend(suspend.by());
      } else {
        world.advance(Duration.ofSeconds(1)); // an incarnation's name has its second in it
        bus = EventBus.builder(world).build();
        incarnation++;
      }
    }

    /** Looks at every two passes and at everything between them and since. */
    boolean modelIsOpen() {
      for (int i = 0; i < all.size(); i++) {
        for (int j = i + 1; j < all.size(); j++) {
          if (isPass(i) && isPass(j) && nothingSpoils(i) && apart(i, j) >= SPACING.toNanos()) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean isPass(int i) {
      return all.get(i).verdict() == GateVerdict.GO;
    }

    private boolean nothingSpoils(int from) {
      return all.subList(from, all.size()).stream()
          .noneMatch(
              seen ->
                  seen.verdict() == GateVerdict.NO_GO
                      || (seen.verdict() == GateVerdict.GO
                          && !seen.config().equals(all.get(from).config())));
    }

    private long apart(int i, int j) {
      long apart = 0;
      for (int k = i; k < j; k++) {
        apart += all.get(k).until(all.get(k + 1));
      }
      return apart;
    }

    PassCount passes(Duration spacing) {
      return new GateLedger(state, bus).history(GATE).passes(2, spacing);
    }
  }

  @Provide
  Arbitrary<List<Op>> histories() {
    Arbitrary<Duration> spans =
        Arbitraries.of(
            Duration.ofNanos(1),
            Duration.ofMinutes(15).minusNanos(1),
            Duration.ofMinutes(15),
            SPACING.minusNanos(1),
            SPACING,
            Duration.ofHours(3));
    Arbitrary<Duration> steps =
        Arbitraries.of(
            Duration.ofMinutes(-40), Duration.ofHours(-9), SPACING, Duration.ofHours(30));
    Arbitrary<Op> judge =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    Tuple.of(7, Arbitraries.just(GateVerdict.GO)),
                    Tuple.of(1, Arbitraries.just(GateVerdict.NO_GO)),
                    Tuple.of(1, Arbitraries.just(GateVerdict.INCONCLUSIVE))),
                Arbitraries.frequencyOf(
                    Tuple.of(7, Arbitraries.just("a")), Tuple.of(1, Arbitraries.just("b"))))
            .as(Op.Judge::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, judge),
            Tuple.of(4, spans.map(Op.Advance::new)),
            Tuple.of(1, steps.map(Op.StepWall::new)),
            Tuple.of(1, spans.map(Op.Suspend::new)),
            Tuple.of(1, Arbitraries.create(Op.Restart::new)))
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 1000)
  void invariant18AGateOpensExactlyWhenTheModelDoes(@ForAll("histories") List<Op> history) {
    Play play = new Play();
    for (Op op : history) {
      play.play(op);
      assertThat(play.passes(SPACING).isEnough()).as("after %s", op).isEqualTo(play.modelIsOpen());
    }
  }

  @Example
  void oneNanosecondLessDoesNotDo() {
    Play play = new Play();
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    play.play(new Op.Advance(SPACING.minusNanos(1)));
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    assertThat(play.passes(SPACING))
        .satisfies(
            count -> {
              assertThat(count.isEnough()).isFalse();
              assertThat(count.why())
                  .isEqualTo("1 of 2 passes that are PT30M apart: [2026-01-01T00:00:00Z]");
            });
    play.play(new Op.Advance(Duration.ofNanos(1)));
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    assertThat(play.passes(SPACING).isEnough()).isTrue();
  }

  @Example
  void aWallClockThatJumpsBringsNoPassNearerWithinAnIncarnation() {
    Play play = new Play();
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    play.play(new Op.StepWall(Duration.ofDays(1)));
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    assertThat(play.passes(SPACING).isEnough()).isFalse();
  }

  /** Two threads judge at once, and the first is the second to record it. */
  @Example
  void aJudgementThatIsRecordedLateBringsNoPassesFurtherApart() {
    Play play = new Play();
    for (int minute : List.of(0, 29, 5, 29)) {
      new GateLedger(play.state, play.bus)
          .record(
              new GateReport(
                  "judgement " + play.bus.newId(),
                  GATE,
                  GateVerdict.GO,
                  play.world.time().wall(),
                  "node",
                  "epoch",
                  Duration.ofMinutes(minute).toNanos(),
                  "",
                  List.of()));
    }
    assertThat(play.passes(SPACING).isEnough()).isFalse();
    assertThat(play.passes(SPACING.minusMinutes(1)).isEnough()).isTrue();
  }

  /** Each sees the other from afar, and the wall clock is wherever it likes to be. */
  @Example
  void incarnationsThatTakeTurnsBringNoPassesFurtherApart() {
    Play play = new Play();
    EventBus one = play.bus;
    play.world.advance(Duration.ofSeconds(1));
    EventBus two = EventBus.builder(play.world).build();
    for (int i = 0; i < 50; i++) {
      play.bus = i % 2 == 0 ? one : two;
      play.play(new Op.StepWall(Duration.ofMinutes(i % 2 == 0 ? -10 : 10)));
      play.play(new Op.Judge(GateVerdict.GO, "a"));
      play.play(new Op.Advance(Duration.ofSeconds(1)));
    }
    assertThat(play.passes(SPACING).isEnough()).isFalse();
    assertThat(play.passes(Duration.ofSeconds(40)).isEnough()).isTrue();
    play.play(new Op.Advance(SPACING));
    play.play(new Op.Judge(GateVerdict.GO, "a"));
    assertThat(play.passes(SPACING).isEnough()).isTrue();
  }

  @Example
  void theWallClocksOfTwoNodesAreNotCompared() {
    Play play = new Play();
    GateLedger ledger = new GateLedger(play.state, play.bus);
    Instant at = play.world.time().wall();
    ledger.record(pass("1", "a", at, 0));
    ledger.record(pass("2", "b", at.plus(Duration.ofHours(1)), 0));
    ledger.record(pass("3", "a", at, 2_000_000_000));
    assertThat(play.passes(SPACING).isEnough()).isFalse();
    ledger.record(pass("4", "a", at, SPACING.toNanos()));
    assertThat(play.passes(SPACING).isEnough()).isTrue();
  }

  /** Also when so many others were recorded since that it is not recognised any more. */
  @Example
  void oneJudgementIsOnePassHoweverOftenItIsRecorded() {
    Play play = new Play();
    GateLedger ledger = new GateLedger(play.state, play.bus);
    Instant at = play.world.time().wall();
    ledger.record(pass("first", "a", at, 0));
    for (int i = 1; i <= 70; i++) {
      ledger.record(
          new GateReport(
              "n" + i,
              GATE,
              GateVerdict.INCONCLUSIVE,
              at,
              "a",
              "a",
              i * 60_000_000_000L,
              "",
              List.of()));
    }
    ledger.record(pass("first", "a", at, 0));
    assertThat(play.passes(SPACING).isEnough()).isFalse();
  }

  private static GateReport pass(String id, String node, Instant at, long nanos) {
    return new GateReport(id, GATE, GateVerdict.GO, at, node, node, nanos, "", List.of());
  }

  @Example
  void manyPassesAreThinnedAndStillCount() {
    Play play = new Play();
    for (int i = 0; i < 500; i++) {
      play.play(new Op.Judge(GateVerdict.GO, "a"));
      play.play(new Op.Advance(Duration.ofMinutes(1)));
    }
    assertThat(play.passes(Duration.ofHours(8)))
        .satisfies(count -> assertThat(count.isEnough()).isTrue());
    assertThat(play.state.read("gate/" + GATE).orElseThrow().values()).hasSizeLessThan(350);
  }
}
