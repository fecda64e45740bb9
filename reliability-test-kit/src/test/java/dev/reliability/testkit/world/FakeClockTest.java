package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class FakeClockTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeClock clock = FakeClock.create();
  private final long nanos = clock.nanos();

  @Test
  void standsStillUntilItIsToldToMove() {
    assertThat(clock.wall()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(clock.wall()).isEqualTo(FakeClock.DEFAULT_START);
    assertThat(clock.nanos()).isEqualTo(nanos);
    assertThat(clock.elapsed()).isZero();
  }

  @Test
  void advanceMovesBothClocks() {
    clock.advance(HOUR);
    assertMoved(HOUR, HOUR);
  }

  @Test
  void stepWallMovesTheWallAloneInEitherDirection() {
    clock.stepWall(HOUR);
    assertMoved(HOUR, Duration.ZERO);
    clock.stepWall(HOUR.multipliedBy(-3));
    assertMoved(HOUR.multipliedBy(-2), Duration.ZERO);
  }

  @Test
  void setWallMovesTheWallAlone() {
    clock.advance(HOUR);
    clock.setWall(Instant.EPOCH);
    assertThat(clock.wall()).isEqualTo(Instant.EPOCH);
    assertThat(clock.elapsed()).isEqualTo(HOUR);
  }

  @Test
  void suspendMovesTheWallAlone() {
    clock.suspend(HOUR);
    assertMoved(HOUR, Duration.ZERO);
  }

  @Test
  void aFrozenWallStandsWhileTheMonotonicClockGoesOn() {
    clock.freezeWall();
    clock.advance(HOUR);
    assertMoved(Duration.ZERO, HOUR);
    clock.freezeWall();
    assertMoved(Duration.ZERO, HOUR);
  }

  @Test
  void aFrozenWallCanStillBeStepped() {
    clock.freezeWall();
    clock.stepWall(HOUR);
    clock.suspend(HOUR);
    clock.advance(HOUR);
    assertMoved(HOUR.multipliedBy(2), HOUR);
  }

  @Test
  void aThawedWallGoesOnFromWhereItStood() {
    clock.freezeWall();
    clock.advance(HOUR);
    clock.thawWall();
    assertMoved(Duration.ZERO, HOUR);
    clock.advance(HOUR);
    assertMoved(HOUR, HOUR.multipliedBy(2));
  }

  @Test
  void driftMakesTheWallGainOrLoseFromNowOn() {
    clock.advance(HOUR);
    clock.drift(100);
    clock.advance(Duration.ofSeconds(10));
    assertMoved(HOUR.plusSeconds(10).plusMillis(1), HOUR.plusSeconds(10));
    clock.drift(-500_000);
    clock.advance(Duration.ofSeconds(10));
    assertMoved(HOUR.plusSeconds(15).plusMillis(1), HOUR.plusSeconds(20));
    clock.drift(0);
    clock.advance(HOUR);
    assertMoved(
        HOUR.multipliedBy(2).plusSeconds(15).plusMillis(1), HOUR.multipliedBy(2).plusSeconds(20));
  }

  @Test
  void driftSurvivesAFreeze() {
    clock.freezeWall();
    clock.drift(1_000_000);
    clock.advance(HOUR);
    clock.thawWall();
    clock.advance(HOUR);
    assertMoved(HOUR.multipliedBy(2), HOUR.multipliedBy(2));
  }

  @Test
  void aDriftThatRunsBackwardIsRefused() {
    for (long ppm : List.of(-1_000_000L, 1_000_001L, Long.MIN_VALUE, Long.MAX_VALUE)) {
      assertThatThrownBy(() -> clock.drift(ppm))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Long.toString(ppm));
    }
    assertMoved(Duration.ZERO, Duration.ZERO);
  }

  @Test
  void aNegativeDurationIsRefusedByItsValue() {
    Duration negative = Duration.ofSeconds(-5);
    assertThatThrownBy(() -> clock.advance(negative))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("advance")
        .hasMessageContaining("PT-5S");
    assertThatThrownBy(() -> clock.suspend(negative))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("suspend")
        .hasMessageContaining("PT-5S");
    assertMoved(Duration.ZERO, Duration.ZERO);
  }

  @Test
  void theLongestAdvanceSaturates() {
    clock.advance(Duration.ofSeconds(Long.MAX_VALUE));
    clock.advance(HOUR);
    assertThat(clock.elapsed()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(clock.wall()).isAfter(Instant.parse("2317-01-01T00:00:00Z"));
  }

  @Test
  void readingsStartWhereTheyAreToldTo() {
    FakeClock late = FakeClock.at(Instant.EPOCH, Long.MAX_VALUE);
    late.advance(Duration.ofNanos(2));
    assertThat(late.nanos() - Long.MAX_VALUE).isEqualTo(2);
    assertThat(late.elapsed()).isEqualTo(Duration.ofNanos(2));
  }

  @Property
  void advancingInTwoStepsIsAdvancingOnce(
      @ForAll @LongRange(min = 0, max = 1L << 60) long a,
      @ForAll @LongRange(min = 0, max = 1L << 60) long b,
      @ForAll @LongRange(min = -999_999, max = 1_000_000) long ppm) {
    FakeClock once = FakeClock.create();
    FakeClock twice = FakeClock.create();
    once.drift(ppm);
    twice.drift(ppm);
    once.advance(Duration.ofNanos(a + b));
    twice.advance(Duration.ofNanos(a));
    twice.advance(Duration.ofNanos(b));
    assertThat(twice.nanos()).isEqualTo(once.nanos());
    assertThat(twice.wall()).isEqualTo(once.wall());
  }

  @Property
  void theWallNeverGoesBackByDrift(
      @ForAll @LongRange(min = 0, max = 1L << 60) long a,
      @ForAll @LongRange(min = 0, max = 1_000_000) long b,
      @ForAll @LongRange(min = -999_999, max = 1_000_000) long ppm) {
    FakeClock drifting = FakeClock.create();
    drifting.drift(ppm);
    drifting.advance(Duration.ofNanos(a));
    Instant before = drifting.wall();
    drifting.advance(Duration.ofNanos(b));
    assertThat(drifting.wall()).isAfterOrEqualTo(before);
  }

  private void assertMoved(Duration wall, Duration mono) {
    assertThat(Duration.between(FakeClock.DEFAULT_START, clock.wall())).isEqualTo(wall);
    assertThat(Duration.ofNanos(clock.nanos() - nanos)).isEqualTo(mono);
    assertThat(clock.elapsed()).isEqualTo(mono);
  }
}
