package dev.reliability.core.run;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.event.TimeoutValues;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTimeoutsTest {
  private static final RunTimeouts DEFAULTS = RunTimeouts.ofDefaults();

  @Test
  void theDefaultsAreTheOnesThatOperatorsKnow() {
    assertThat(DEFAULTS)
        .isEqualTo(
            new RunTimeouts(
                ofMinutes(12),
                ofMinutes(5),
                ofMinutes(30),
                ofMinutes(10),
                ofSeconds(30),
                ofSeconds(10),
                ofSeconds(10),
                ofSeconds(10),
                ofMillis(500)));
    assertThat(DEFAULTS.problems("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // configured, idle, in force: minutes, minutes, seconds
    "30, 5, 1800",
    "30, 29, 1800",
    "30, 30, 1830",
    "5, 5, 330",
    "60, 5, 3600",
    "1, 90, 5430"
  })
  void theHardTimeoutInForceLeavesRoomForIdleAndTheGracesOfStopping(
      long hard, long idle, long inForce) {
    RunTimeouts timeouts = DEFAULTS.withHard(ofMinutes(hard)).withIdle(ofMinutes(idle));
    assertThat(timeouts.effectiveHard()).isEqualTo(ofSeconds(inForce));
    assertThat(timeouts.hard()).isEqualTo(ofMinutes(hard));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void theHardTimeoutInForceIsTheGreaterOfWhatWasConfiguredAndIdlePlusGraces(
      @ForAll @LongRange(min = 1, max = 100_000) long hard,
      @ForAll @LongRange(min = 1, max = 100_000) long idle,
      @ForAll @LongRange(min = 0, max = 20_000) long input,
      @ForAll @LongRange(min = 0, max = 20_000) long terminate,
      @ForAll @LongRange(min = 1, max = 20_000) long kill) {
    RunTimeouts timeouts =
        DEFAULTS
            .withHard(ofMillis(hard))
            .withIdle(ofMillis(idle))
            .withGraces(ofMillis(input), ofMillis(terminate), ofMillis(kill));
    assertThat(timeouts.effectiveHard().toMillis())
        .isEqualTo(Math.max(hard, idle + input + terminate + kill));
  }

  @Test
  void theEndEventShowsWhatWasConfiguredAndWhatWasInForce() {
    assertThat(DEFAULTS.withHard(ofMinutes(1)).values())
        .isEqualTo(
            new TimeoutValues(
                ofMinutes(12),
                ofMinutes(5),
                ofMinutes(1),
                ofSeconds(330),
                ofMinutes(10),
                ofSeconds(30),
                null));
    RunTimeouts job = DEFAULTS.withRunDeadline(ofMinutes(61));
    assertThat(job.values())
        .isEqualTo(
            new TimeoutValues(
                ofMinutes(12),
                ofMinutes(5),
                ofMinutes(30),
                ofMinutes(61),
                ofMinutes(10),
                ofSeconds(30),
                ofMinutes(61)));
  }

  @Test
  void aChangeToAJobLeavesItAJob() {
    Duration d = ofSeconds(77);
    RunTimeouts job = DEFAULTS.withRunDeadline(ofMinutes(61));
    assertThat(DEFAULTS.isJob()).isFalse();
    assertThat(
            List.of(
                job.withNoOutput(d),
                job.withIdle(d),
                job.withHard(d),
                job.withStartDeadline(d),
                job.withLinger(d),
                job.withGraces(d, d, d),
                job.withDrain(d)))
        .allSatisfy(changed -> assertThat(changed.runDeadline()).isEqualTo(ofMinutes(61)));
    assertThat(job.withRunDeadline(Duration.ZERO).problems("lane a: "))
        .containsExactly("lane a: runDeadline: expected a positive duration, got PT0S");
  }

  @Test
  void eachChangeChangesItsOwnTimeoutOnly() {
    Duration d = ofSeconds(77);
    assertThat(DEFAULTS.withNoOutput(d)).isEqualTo(changed(0, d));
    assertThat(DEFAULTS.withIdle(d)).isEqualTo(changed(1, d));
    assertThat(DEFAULTS.withHard(d)).isEqualTo(changed(2, d));
    assertThat(DEFAULTS.withStartDeadline(d)).isEqualTo(changed(3, d));
    assertThat(DEFAULTS.withLinger(d)).isEqualTo(changed(4, d));
    assertThat(DEFAULTS.withGraces(d, DEFAULTS.terminateGrace(), DEFAULTS.killGrace()))
        .isEqualTo(changed(5, d));
    assertThat(DEFAULTS.withGraces(DEFAULTS.inputGrace(), d, DEFAULTS.killGrace()))
        .isEqualTo(changed(6, d));
    assertThat(DEFAULTS.withGraces(DEFAULTS.inputGrace(), DEFAULTS.terminateGrace(), d))
        .isEqualTo(changed(7, d));
    assertThat(DEFAULTS.withDrain(d)).isEqualTo(changed(8, d));
  }

  private static RunTimeouts changed(int which, Duration to) {
    Duration[] all = {
      DEFAULTS.noOutput(),
      DEFAULTS.idle(),
      DEFAULTS.hard(),
      DEFAULTS.startDeadline(),
      DEFAULTS.linger(),
      DEFAULTS.inputGrace(),
      DEFAULTS.terminateGrace(),
      DEFAULTS.killGrace(),
      DEFAULTS.drain()
    };
    all[which] = to;
    return new RunTimeouts(all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8]);
  }

  @Test
  void theEnvironmentSetsEachTimeoutForAllLanesAndForOne() {
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(
            Map.of(
                "CONTAINER_NO_OUTPUT_TIMEOUT", "1000",
                "IDLE_TIMEOUT", "2000",
                "CONTAINER_TIMEOUT", "3000",
                "RELIABILITY_START_DEADLINE", "4000",
                "RELIABILITY_LINGER", "5000",
                "RELIABILITY_INPUT_GRACE", "6000",
                "RELIABILITY_TERMINATE_GRACE", "7000",
                "RELIABILITY_KILL_GRACE", "8000",
                "IDLE_TIMEOUT__ANDY_DEVELOPER", "2500"));
    RunTimeouts forAll =
        new RunTimeouts(
            ofSeconds(1),
            ofSeconds(2),
            ofSeconds(3),
            ofSeconds(4),
            ofSeconds(5),
            ofSeconds(6),
            ofSeconds(7),
            ofSeconds(8),
            ofMillis(500));
    assertThat(RunTimeouts.from(config, null)).isEqualTo(forAll);
    assertThat(RunTimeouts.from(config, "another")).isEqualTo(forAll);
    assertThat(RunTimeouts.from(config, "andy-developer"))
        .isEqualTo(forAll.withIdle(ofMillis(2500)));
  }

  @Test
  void everyTimeoutThatCannotBeUsedIsToldWithItsValue() {
    Duration bad = ofSeconds(-1);
    assertThat(new RunTimeouts(bad, bad, bad, bad, bad, bad, bad, bad, bad).problems("here: "))
        .containsExactly(
            "here: noOutputTimeout: expected a positive duration, got PT-1S",
            "here: idleTimeout: expected a positive duration, got PT-1S",
            "here: hardTimeout: expected a positive duration, got PT-1S",
            "here: startDeadline: expected a positive duration, got PT-1S",
            "here: killGrace: expected a positive duration, got PT-1S",
            "here: linger: expected a duration that is not negative, got PT-1S",
            "here: inputGrace: expected a duration that is not negative, got PT-1S",
            "here: terminateGrace: expected a duration that is not negative, got PT-1S",
            "here: drain: expected a duration that is not negative, got PT-1S");
  }

  @Test
  void zeroWillDoForLingerDrainAndTheGracesBeforeTheKillOnly() {
    Duration zero = Duration.ZERO;
    assertThat(new RunTimeouts(zero, zero, zero, zero, zero, zero, zero, zero, zero).problems(""))
        .containsExactly(
            "noOutputTimeout: expected a positive duration, got PT0S",
            "idleTimeout: expected a positive duration, got PT0S",
            "hardTimeout: expected a positive duration, got PT0S",
            "startDeadline: expected a positive duration, got PT0S",
            "killGrace: expected a positive duration, got PT0S");
  }

  @Test
  void nothingMayBeWaitedForLongerThanAYear() {
    Duration year = Duration.ofDays(366);
    Duration more = year.plusNanos(1);
    assertThat(new RunTimeouts(year, year, year, year, year, year, year, year, year).problems(""))
        .isEmpty();
    assertThat(new RunTimeouts(more, more, more, more, more, more, more, more, more).problems(""))
        .hasSize(9)
        .contains(
            "linger: expected at most PT8784H (nothing waits without an end), got "
                + "PT8784H0.000000001S");
  }
}
