package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.CorrelationReport.Doubt;
import dev.reliability.ops.analysis.CorrelationReport.Match;
import dev.reliability.ops.analysis.CorrelationReport.Verdict;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Runs without output beside closes of the link, and what follows. */
class CorrelationTest {
  private static final int HOUR = 3600;

  private final Told told = new Told();

  private CorrelationReport day() {
    return Correlation.of(Told.DAY).of(told.events);
  }

  @Test
  void whereMostRunsWithoutOutputHaveACloseNearbyTheLinkIsThePrimaryTrigger() {
    for (int i = 0; i < 10; i++) {
      if (i < 8) {
        told.close(i * HOUR + 1000);
      }
      told.noOutput(i * HOUR + 1030, i);
    }
    told.close(20 * HOUR);
    CorrelationReport report = day();
    assertThat(report.verdict()).isEqualTo(Verdict.PRIMARY_TRIGGER);
    assertThat(report.doubt()).isNull();
    assertThat(report.ratio()).isEqualTo(0.8);
    assertThat(report.events().count()).isEqualTo(10);
    assertThat(report.others().count()).isEqualTo(9);
    assertThat(report.matched().count()).isEqualTo(8);
    assertThat(report.before()).isEqualTo(report.matched());
    assertThat(report.after()).isEqualTo(Cited.NONE);
    assertThat(report.coverage()).isCloseTo(9 * 240 / 86_400.0, within(1e-12));
    assertThat(report.lift()).isGreaterThan(25);
    assertThat(report.pValue()).isLessThan(1e-10);
    assertThat(report.bunches()).isEqualTo(10);
    assertThat(report.matches())
        .hasSize(8)
        .startsWith(
            new Match(told.events.get(1).id(), told.events.get(0).id(), Duration.ofSeconds(-30)));
    assertThat(report.matched().ids()).startsWith(told.events.get(1).id());
  }

  @Test
  void whereFewHaveOneTheCauseIsElsewhere() {
    for (int i = 0; i < 10; i++) {
      told.close(i * HOUR + (i < 7 ? 1000 : 3000));
      told.noOutput(i * HOUR + 1030, i);
    }
    CorrelationReport report = day();
    assertThat(report.ratio()).isEqualTo(0.7);
    assertThat(report.verdict()).isEqualTo(Verdict.HANG_DIAGNOSTICS);
    assertThat(report.verdict().next()).contains("prompt", "model", "hook path");
  }

  @Test
  void twoMinutesMatchAndAMillisecondMoreDoesNotOnBothSides() {
    told.close(1000);
    told.noOutput(1120, 1);
    told.close(3000);
    told.noOutput(3120.001, 2);
    told.noOutput(5000, 3);
    told.close(5120);
    told.noOutput(7000, 4);
    told.close(7120.001);
    CorrelationReport report = day();
    assertThat(report.matched().ids())
        .containsExactly(told.events.get(1).id(), told.events.get(4).id());
    assertThat(report.before().ids()).containsExactly(told.events.get(1).id());
    assertThat(report.after().ids()).containsExactly(told.events.get(4).id());
  }

  @Test
  void ofTwoClosesThatAreEquallyNearTheEarlierIsNamed() {
    Event before = told.close(1000);
    told.noOutput(1060, 1);
    Event after = told.close(1120);
    assertThat(day().matches()).extracting(Match::b).containsExactly(before.id());
    told.noOutput(1060.001, 2);
    assertThat(day().matches()).extracting(Match::b).containsExactly(before.id(), after.id());
    assertThat(day().before().count()).as("each has one before").isEqualTo(2);
  }

  @Test
  void onlyTheWindowIsAskedAndClosesJustOutsideItCount() {
    told.close(-30);
    told.noOutput(-10, 1);
    Event first = told.noOutput(0, 2);
    Event last = told.noOutput(86_399.999, 3);
    told.noOutput(86_400, 4);
    told.close(86_430);
    CorrelationReport report = day();
    assertThat(report.events().ids()).containsExactly(first.id(), last.id());
    assertThat(report.matched()).isEqualTo(report.events());
    assertThat(report.coverage())
        .as("clipped to the window")
        .isCloseTo((90 + 90) / 86_400.0, within(1e-9));
  }

  // ---- what nobody can say ----

  @Test
  void withoutEventsNothingFollows() {
    told.close(100);
    CorrelationReport report = day();
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.doubt()).isEqualTo(Doubt.NO_EVENTS);
    assertThat(report.ratio()).isNull();
    assertThat(report.lift()).isNull();
    assertThat(report.pValue()).isNull();
    assertThat(Correlation.of(new Window(Told.START, Told.START)).report().doubt())
        .as("an empty window")
        .isEqualTo(Doubt.NO_EVENTS);
  }

  @Test
  void ofFourEventsNothingFollowsOfFiveItDoes() {
    for (int i = 0; i < 4; i++) {
      told.close(i * HOUR);
      told.noOutput(i * HOUR + 1, i);
    }
    assertThat(day().doubt()).isEqualTo(Doubt.TOO_FEW);
    told.close(5 * HOUR);
    told.noOutput(5 * HOUR + 1, 5);
    assertThat(day().verdict()).isEqualTo(Verdict.PRIMARY_TRIGGER);
    assertThat(Correlation.builder(Told.DAY).minimum(6).build().of(told.events).doubt())
        .isEqualTo(Doubt.TOO_FEW);
  }

  @Test
  void noCloseMeansNothingUnlessSomebodyWatchedTheLink() {
    for (int i = 0; i < 6; i++) {
      told.noOutput(i * HOUR, i);
    }
    CorrelationReport report = day();
    assertThat(report.doubt()).isEqualTo(Doubt.NOT_WATCHED);
    assertThat(report.ratio()).isZero();
    told.ended(HOUR, Told.run(9), RunState.DONE, EndReason.COMPLETED, Told.OPEN);
    assertThat(day().verdict()).isEqualTo(Verdict.HANG_DIAGNOSTICS);
  }

  @Test
  void tenEventsAndFifteenClosesInTenMinutesAreInconclusiveWhereverTheyFall() {
    SplittableRandom random = new SplittableRandom(7);
    Window tenMinutes = new Window(Told.START, Told.START.plusSeconds(600));
    for (int round = 0; round < 2000; round++) {
      told.events.clear();
      for (int i = 0; i < 25; i++) {
        double at = random.nextDouble(599.999);
        if (i < 10) {
          told.noOutput(at, i);
        } else {
          told.close(at);
        }
      }
      assertThat(Correlation.of(tenMinutes).of(told.events).verdict())
          .isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(day().verdict())
          .as("the same, of a day in which nothing else was recorded")
          .isEqualTo(Verdict.INCONCLUSIVE);
    }
  }

  @Test
  void aWindowOfWhichMostWasNotRecordedMakesNoChanceSmaller() {
    for (int i = 0; i < 6; i++) {
      told.close(i * 150);
      told.noOutput(i * 150 + 60, i);
    }
    CorrelationReport report = day();
    assertThat(report.coverage()).isLessThan(0.02);
    assertThat(report.observedCoverage()).isEqualTo(1);
    assertThat(report.chance()).isEqualTo(1);
    assertThat(report.pValue()).isEqualTo(1);
    assertThat(report.doubt()).isEqualTo(Doubt.CHANCE);
  }

  @Test
  void aLowRatioSaysNothingEitherWhereClosesAreEverywhere() {
    for (int i = 0; i < 360; i++) {
      if (i % 60 < 54) {
        told.close(i * 240);
      }
    }
    for (int i = 0; i < 6; i++) {
      told.noOutput(i * 4 * HOUR + (i < 4 ? 10 : 57 * 240), i);
    }
    CorrelationReport report = day();
    assertThat(report.ratio()).isLessThan(0.8);
    assertThat(report.coverage()).isGreaterThan(0.8);
    assertThat(report.doubt()).isEqualTo(Doubt.CHANCE);
  }

  @Test
  void oneBunchThatMatchesIsOneCoincidence() {
    told.noOutput(0, 99);
    told.close(12 * HOUR);
    for (int i = 0; i < 20; i++) {
      told.noOutput(12 * HOUR + i, i);
    }
    told.noOutput(23 * HOUR, 98);
    CorrelationReport report = day();
    assertThat(report.ratio()).isGreaterThan(0.9);
    assertThat(report.pValue()).isLessThan(1e-40);
    assertThat(report.bunches()).isEqualTo(3);
    assertThat(report.doubt()).isEqualTo(Doubt.BUNCHED);
  }

  // ---- kinds ----

  @Test
  void aReconnectCountsAsACloseAndTheFirstConnectionDoesNot() {
    told.tell(0, Subject.NONE, new LinkEvent.Connecting("whatsapp", 1, 0));
    told.tell(9, Subject.NONE, new LinkEvent.Connecting("whatsapp", 2, 1));
    assertThat(day().others().ids()).containsExactly(told.events.get(1).id());
  }

  @Test
  void closesOfAnotherLinkMayBeLeftOut() {
    told.noOutput(10, 1);
    told.tell(11, Subject.NONE, new LinkEvent.Connecting("another", 2, 1));
    Event close = told.close(12);
    told.tell(13, Subject.NONE, new LinkEvent.Opened("whatsapp", 2, Duration.ZERO));
    CorrelationReport report =
        Correlation.builder(Told.DAY).with(EventKind.closesOf("whatsapp")).build().of(told.events);
    assertThat(report.others()).isEqualTo(Cited.one(close.id()));
    assertThat(report.b()).isEqualTo("link_close_or_reconnect of whatsapp");
  }

  @Test
  void anyKindsMayBeAskedFor() {
    Subject jarvis = Subject.ofLane("jarvis-worker-1");
    for (int i = 0; i < 6; i++) {
      told.tell(i * HOUR, jarvis, new LaneEvent.Paused(i, "by hand"));
      told.ended(i * HOUR + 5, jarvis, RunState.FAILED, EndReason.HARD_TIMEOUT, null);
      told.ended(i * HOUR + 6, Told.run(i), RunState.FAILED, EndReason.HARD_TIMEOUT, null);
    }
    CorrelationReport report =
        Correlation.builder(Told.DAY)
            .events(EventKind.ended(EndReason.HARD_TIMEOUT).inLane("jarvis-worker-1"))
            .with(EventKind.type("lane.paused"))
            .tolerance(Duration.ofSeconds(5))
            .build()
            .of(told.events);
    assertThat(report.a()).isEqualTo("hard_timeout in lane jarvis-worker-1");
    assertThat(report.events().count()).isEqualTo(6);
    assertThat(report.matched().count()).isEqualTo(6);
    assertThat(report.verdict()).isEqualTo(Verdict.PRIMARY_TRIGGER);
  }

  @Test
  void aSingleMomentIsCoveredOrNot() {
    told.noOutput(10, 1);
    assertThat(day().observedCoverage()).isZero();
    told.close(10);
    assertThat(day().observedCoverage()).isEqualTo(1);
  }

  @Test
  void whatComesTwiceCountsOnceAndClockJumpsAreCited() {
    Event event = told.noOutput(10, 1);
    Event jump = told.tell(20, Subject.NONE, new ClockEvent.Jumped(Duration.ofHours(-1)));
    told.events.add(event);
    CorrelationReport report = day();
    assertThat(report.events()).isEqualTo(Cited.one(event.id()));
    assertThat(report.clockJumps()).isEqualTo(Cited.one(jump.id()));
  }

  @Test
  void badSettingsAreRefusedAndNamed() {
    Correlation.Builder builder = Correlation.builder(Told.DAY);
    assertThatThrownBy(() -> builder.minimum(0)).hasMessage("minimum: expected at least 1, got 0");
    assertThatThrownBy(() -> builder.tolerance(Duration.ofSeconds(-1)))
        .hasMessage("tolerance: expected zero or more, got PT-1S");
    assertThatThrownBy(() -> builder.threshold(Double.NaN))
        .hasMessage("threshold: expected above 0 to 1, got NaN");
    assertThatThrownBy(() -> builder.significance(1))
        .hasMessage("significance: expected between 0 and 1, got 1.0");
    assertThatThrownBy(() -> new Window(Told.DAY.until(), Told.DAY.since()))
        .hasMessage(
            "until: expected a time that is not before 2026-03-02T00:00:00Z,"
                + " got 2026-03-01T00:00:00Z");
  }
}
