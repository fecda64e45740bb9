package dev.reliability.core.run;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.config.Setting;
import dev.reliability.core.event.RunState;
import dev.reliability.core.retry.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunPolicyTest {
  private static final String LANE = "andy-developer";

  private static ReliabilityConfig environment(String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ReliabilityConfig.fromEnvironment(environment);
  }

  @Test
  void everythingHasADefault() {
    RunPolicy policy = RunPolicy.ofDefaults();
    assertThat(policy.timeouts(LANE)).isEqualTo(RunTimeouts.ofDefaults());
    assertThat(policy.maxConcurrent(LANE)).isEqualTo(Integer.MAX_VALUE);
    assertThat(policy.spawnRetry()).isSameAs(RetryPolicy.none());
    assertThat(policy.successState()).isEqualTo(RunState.DONE);
    assertThat(policy.progressSample()).isEqualTo(ofSeconds(10));
    assertThat(policy.storeTimeout()).isEqualTo(ofSeconds(10));
  }

  @Test
  void whatIsSetForAllLanesReplacesTheEnvironmentAndALaneReplacesBoth() {
    RunPolicy policy =
        RunPolicy.builder()
            .lane(LANE, timeouts -> timeouts.withIdle(ofMinutes(3)))
            .idleTimeout(ofMinutes(2))
            .config(
                environment(
                    "IDLE_TIMEOUT", "60000",
                    "IDLE_TIMEOUT__JARVIS", "61000",
                    "CONTAINER_NO_OUTPUT_TIMEOUT__JARVIS", "62000"))
            .build();
    assertThat(policy.timeouts(LANE).idle()).isEqualTo(ofMinutes(3));
    assertThat(policy.timeouts("jarvis").idle()).isEqualTo(ofMinutes(2));
    assertThat(policy.timeouts("jarvis").noOutput()).isEqualTo(ofSeconds(62));
    assertThat(policy.timeouts("another").idle()).isEqualTo(ofMinutes(2));
  }

  @Test
  void theEnvironmentHoldsWhereNothingElseIsSaid() {
    RunPolicy policy =
        RunPolicy.builder()
            .config(environment("IDLE_TIMEOUT", "60000", "IDLE_TIMEOUT__ANDY_DEVELOPER", "900000"))
            .build();
    assertThat(policy.timeouts(LANE).idle()).isEqualTo(ofMinutes(15));
    assertThat(policy.timeouts("another").idle()).isEqualTo(ofMinutes(1));
  }

  @Test
  void aLanesChangesAddUpOnTopOfWhatIsSetForAll() {
    RunPolicy policy =
        RunPolicy.builder()
            .hardTimeout(ofMinutes(40))
            .lane(LANE, timeouts -> timeouts.withNoOutput(ofMinutes(20)))
            .lane(LANE, timeouts -> timeouts.withHard(timeouts.hard().multipliedBy(2)))
            .build();
    assertThat(policy.timeouts(LANE))
        .isEqualTo(RunTimeouts.ofDefaults().withHard(ofMinutes(80)).withNoOutput(ofMinutes(20)));
    assertThat(policy.timeouts("another"))
        .isEqualTo(RunTimeouts.ofDefaults().withHard(ofMinutes(40)));
  }

  @Test
  void eachOptionSetsItsOwnTimeout() {
    RunPolicy policy =
        RunPolicy.builder()
            .noOutputTimeout(ofSeconds(1))
            .idleTimeout(ofSeconds(2))
            .hardTimeout(ofSeconds(3))
            .startDeadline(ofSeconds(4))
            .linger(ofSeconds(5))
            .graces(ofSeconds(6), ofSeconds(7), ofSeconds(8))
            .build();
    RunTimeouts expected =
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
    assertThat(policy.timeouts(LANE)).isEqualTo(expected);
    assertThat(RunPolicy.builder().timeouts(expected).build().timeouts(LANE)).isEqualTo(expected);
  }

  @Test
  void jobsHaveAnHourUnlessSomebodySaysSomethingElse() {
    RunPolicy policy = RunPolicy.builder().jobs(LANE).hardTimeout(ofMinutes(3)).build();
    assertThat(policy.timeouts(LANE).effectiveHard()).isEqualTo(ofHours(1));
    assertThat(policy.timeouts("another").isJob()).isFalse();

    RunPolicy all =
        RunPolicy.builder()
            .jobs()
            .timeouts(RunTimeouts.ofDefaults().withLinger(ofSeconds(1)))
            .config(
                environment(
                    "RELIABILITY_RUN_DEADLINE", "60000",
                    "RELIABILITY_RUN_DEADLINE__ANDY_DEVELOPER", "120000"))
            .lane("slow", timeouts -> timeouts.withRunDeadline(ofHours(5)))
            .build();
    assertThat(all.timeouts("another").runDeadline()).isEqualTo(ofMinutes(1));
    assertThat(all.timeouts(LANE).runDeadline()).isEqualTo(ofMinutes(2));
    assertThat(all.timeouts("slow").runDeadline()).isEqualTo(ofHours(5));
  }

  @Test
  void aLanesOwnLimitReplacesTheOneForAllLanes() {
    RunPolicy policy = RunPolicy.builder().maxConcurrentPerLane(2).maxConcurrent(LANE, 5).build();
    assertThat(policy.maxConcurrent(LANE)).isEqualTo(5);
    assertThat(policy.maxConcurrent("another")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void onlyDoneAndReviewRequestedWillDoAsTheStateOfSuccess(RunState state) {
    RunPolicy.Builder builder = RunPolicy.builder().successState(state);
    if (EnumSet.of(RunState.DONE, RunState.REVIEW_REQUESTED).contains(state)) {
      assertThat(builder.build().successState()).isEqualTo(state);
    } else {
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "a run policy cannot be built: successState: expected done or review_requested, got "
                  + state.wireName());
    }
  }

  @Test
  void everyValueThatCannotBeUsedIsInTheOneError() {
    RunPolicy.Builder builder =
        RunPolicy.builder()
            .idleTimeout(Duration.ZERO)
            .linger(ofSeconds(-1))
            .lane(LANE, timeouts -> timeouts.withHard(ofSeconds(-2)))
            .lane("jarvis", timeouts -> timeouts.withIdle(ofMinutes(1)).withDrain(ofSeconds(-3)))
            .maxConcurrentPerLane(0)
            .maxConcurrent(LANE, -1)
            .successState(RunState.FAILED)
            .progressSample(ofSeconds(-4))
            .storeTimeout(Duration.ZERO);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a run policy cannot be built: "
                + "idleTimeout: expected a positive duration, got PT0S; "
                + "linger: expected a duration that is not negative, got PT-1S; "
                + "lane andy-developer: hardTimeout: expected a positive duration, got PT-2S; "
                + "lane jarvis: drain: expected a duration that is not negative, got PT-3S; "
                + "maxConcurrentPerLane: expected at least 1, got 0; "
                + "lane andy-developer: maxConcurrent: expected at least 1, got -1; "
                + "successState: expected done or review_requested, got failed; "
                + "progressSample: expected a duration that is not negative, got PT-4S; "
                + "storeTimeout: expected a positive duration, got PT0S");
  }

  @Test
  void waitsThatAreNotTimeoutsHaveAnEndToo() {
    Duration forever = ofSeconds(Long.MAX_VALUE);
    assertThatThrownBy(
            () -> RunPolicy.builder().storeTimeout(forever).progressSample(forever).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("storeTimeout: expected at most PT8784H")
        .hasMessageContaining("progressSample: expected at most PT8784H");
  }

  @Test
  void whateverTheEnvironmentAllowsAPolicyCanBeBuiltOfForEveryLane() {
    Map<String, String> environment = new HashMap<>();
    for (Setting setting : Setting.values()) {
      environment.put(setting.name(), Long.toString(setting.most()));
      if (setting.isPerLane()) {
        environment.put(setting.nameFor(LANE), Long.toString(setting.most()));
        environment.put(setting.nameFor("least"), Long.toString(setting.least()));
      }
    }
    RunPolicy policy =
        RunPolicy.builder().config(ReliabilityConfig.fromEnvironment(environment)).build();
    assertThat(policy.timeouts(LANE).problems("")).isEmpty();
    assertThat(policy.timeouts("least").problems("")).isEmpty();
    assertThat(policy.timeouts(LANE).effectiveHard().toNanos())
        .as("no sum of them overflows")
        .isLessThan(Long.MAX_VALUE / 2);
  }

  @Test
  void aBuilderMayBeUsedAgainWithoutChangingWhatItBuilt() {
    RunPolicy.Builder builder = RunPolicy.builder().idleTimeout(ofMinutes(1));
    RunPolicy first = builder.build();
    builder.idleTimeout(ofMinutes(2)).maxConcurrent(LANE, 1).lane(LANE, t -> t.withHard(t.idle()));
    assertThat(first.timeouts(LANE)).isEqualTo(RunTimeouts.ofDefaults().withIdle(ofMinutes(1)));
    assertThat(first.maxConcurrent(LANE)).isEqualTo(Integer.MAX_VALUE);
  }
}
