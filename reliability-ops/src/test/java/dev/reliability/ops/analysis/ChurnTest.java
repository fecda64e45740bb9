package dev.reliability.ops.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.ops.analysis.ChurnReport.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Closes per hour against a baseline. */
class ChurnTest {
  private static final Window BASELINE = new Window(Told.at(0), Told.at(7200));
  private static final Window NOW = new Window(Told.at(7200), Told.at(10_800));

  private final Told told = new Told();

  private ChurnReport report() {
    return Churn.of(NOW, BASELINE).of(told.events);
  }

  @Test
  void fewerClosesPerHourAreLessChurn() {
    for (int i = 0; i < 20; i++) {
      told.close(i * 300);
    }
    Event close = told.close(7200);
    told.close(7300);
    ChurnReport report = report();
    assertThat(report.baselinePerHour()).isEqualTo(10);
    assertThat(report.perHour()).isEqualTo(2);
    assertThat(report.ratio()).isCloseTo(0.2, within(1e-12));
    assertThat(report.verdict()).isEqualTo(Verdict.REDUCED);
    assertThat(report.now().closes().ids()).startsWith(close.id());
    assertThat(report.baseline().closes().count()).isEqualTo(20);
  }

  @Test
  void asManyAreNotReduced() {
    told.close(10);
    told.close(20);
    told.close(7300);
    assertThat(report().ratio()).isEqualTo(1);
    assertThat(report().verdict()).isEqualTo(Verdict.NOT_REDUCED);
  }

  @Test
  void noCloseCountsOnlyIfTheLinkWasWatched() {
    told.close(10);
    assertThat(report().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report().why()).contains(NOW.toString());
    told.ended(7300, Told.run(1), RunState.DONE, EndReason.COMPLETED, Told.OPEN);
    assertThat(report().verdict()).isEqualTo(Verdict.REDUCED);
  }

  @Test
  void againstABaselineWithoutClosesThereIsNoRatio() {
    told.tell(10, Subject.NONE, new LinkEvent.Opened("whatsapp", 1, Duration.ZERO));
    told.tell(7210, Subject.NONE, new LinkEvent.Opened("whatsapp", 1, Duration.ZERO));
    assertThat(report().ratio()).isNull();
    assertThat(report().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    told.close(7300);
    assertThat(report().verdict()).isEqualTo(Verdict.NOT_REDUCED);
  }

  @Test
  void reconnectsAreShownToBeBounded() {
    for (int i = 1; i <= 12; i++) {
      told.tell(7200 + i * 60, Subject.NONE, new LinkEvent.Connecting("whatsapp", i, i));
    }
    told.tell(7201, Subject.NONE, new LinkEvent.Connecting("another", 1, 0));
    Event cooling =
        told.tell(
            7990,
            Subject.NONE,
            new LinkEvent.CoolingDown("whatsapp", Duration.ofMinutes(1), "burst", 15));
    ChurnReport.Side now = report().now();
    assertThat(now.reconnects().count()).isEqualTo(11);
    assertThat(now.mostInTenMinutes()).isEqualTo(11);
    assertThat(now.cooldowns()).isEqualTo(Cited.one(cooling.id()));
  }

  @Test
  void whatWasClosedFromHereIsNoChurnNorIsAnotherLink() {
    told.tell(10, Subject.NONE, new LinkEvent.Closed("whatsapp", 1, "local", "", "", true, 0));
    told.tell(11, Subject.NONE, new LinkEvent.Closed("another", 1, "retry", "", "", true, 1));
    assertThat(report().baseline().closes().count()).isEqualTo(1);
    assertThat(Churn.of(NOW, BASELINE, "whatsapp").of(told.events).baseline().closes())
        .isEqualTo(Cited.NONE);
  }

  @Test
  void emptyWindowsBreakNothing() {
    Window empty = new Window(Told.START, Told.START);
    assertThat(Churn.of(empty, empty).report().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(Churn.of(NOW, BASELINE).reading())
        .isEqualTo(new Window(Told.at(0), Told.at(10_800)));
  }
}
