package dev.reliability.core.runtime;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodicTest {
  private static final long SECOND = ofSeconds(1).toNanos();

  private final FakeRuntime runtime = new FakeRuntime();
  private final Strand strand = runtime.strand(Strand.Kind.CONTROL, "periodic");
  private final List<Long> ticks = new ArrayList<>();

  private void tick() {
    ticks.add(runtime.time().nanos());
  }

  @Test
  void ticksAtAFixedRateForTheFirstTimeAfterOnePeriod() {
    Periodic.start(runtime, strand, ofSeconds(1), this::tick);
    runtime.advance(SECOND - 1);
    assertThat(ticks).isEmpty();
    runtime.advance(2 * SECOND + 1);
    assertThat(ticks).containsExactly(SECOND, 2 * SECOND, 3 * SECOND);
  }

  @Test
  void goesOnAfterATickThatThrew() {
    Periodic.start(
        runtime,
        strand,
        ofSeconds(1),
        () -> {
          tick();
          throw new IllegalStateException("on purpose");
        });
    runtime.advance(5 * SECOND);
    assertThat(ticks).hasSize(5);
    assertThat(runtime.thrown).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 100, 1_000_000})
  void makesUpForMissedTicksByOneAndKeepsItsPhase(long missed) {
    Periodic.start(runtime, strand, ofSeconds(1), this::tick);
    runtime.pause(missed * SECOND + SECOND / 2);
    runtime.advance(0);
    assertThat(ticks).containsExactly(missed * SECOND + SECOND / 2);
    runtime.advance(2 * SECOND);
    assertThat(ticks)
        .containsExactly(
            missed * SECOND + SECOND / 2, (missed + 1) * SECOND, (missed + 2) * SECOND);
  }

  @Test
  void doesNotTickAfterClose() {
    Periodic periodic = Periodic.start(runtime, strand, ofSeconds(1), this::tick);
    runtime.advance(SECOND);
    periodic.close();
    periodic.close();
    assertThat(runtime.pending()).isZero();
    runtime.advance(10 * SECOND);
    assertThat(ticks).hasSize(1);
  }

  @Test
  void aTickThatWaitsOnTheStrandWhenItIsClosedDoesNotRun() {
    Periodic[] periodic = new Periodic[1];
    runtime.scheduler().schedule(strand, SECOND, () -> periodic[0].close());
    periodic[0] = Periodic.start(runtime, strand, ofSeconds(1), this::tick);
    runtime.advance(10 * SECOND);
    assertThat(ticks).isEmpty();
    assertThat(runtime.pending()).isZero();
  }

  @Test
  void mayBeClosedFromItsOwnTick() {
    Periodic[] periodic = new Periodic[1];
    periodic[0] =
        Periodic.start(
            runtime,
            strand,
            ofSeconds(1),
            () -> {
              tick();
              periodic[0].close();
            });
    runtime.advance(10 * SECOND);
    assertThat(ticks).hasSize(1);
    assertThat(runtime.pending()).isZero();
  }

  @Test
  void endsQuietlyWithTheRuntime() {
    runtime.scheduler().schedule(strand, SECOND, runtime::close);
    Periodic.start(runtime, strand, ofSeconds(1), this::tick);
    runtime.advance(10 * SECOND);
    assertThat(runtime.thrown).isZero();
    assertThat(ticks).isEmpty();
  }

  @Test
  void aPeriodBeyondTheEndOfTheClockNeverTicks() {
    Periodic.start(runtime, strand, Duration.ofSeconds(Long.MAX_VALUE), this::tick);
    runtime.advance(1000 * SECOND);
    assertThat(ticks).isEmpty();
    assertThat(runtime.thrown).isZero();
  }

  @Test
  void refusesAPeriodThatIsNotPositive() {
    for (Duration period : List.of(Duration.ZERO, ofMillis(-1))) {
      assertThatThrownBy(() -> Periodic.start(runtime, strand, period, this::tick))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("period")
          .hasMessageContaining(period.toString());
    }
  }
}
