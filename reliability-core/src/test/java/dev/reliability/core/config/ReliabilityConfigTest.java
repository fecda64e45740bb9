package dev.reliability.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reliability.core.config.ConfigException.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReliabilityConfigTest {
  private static final String LANE = "andy-developer";

  private static ConfigException refused(Map<String, String> environment) {
    ConfigException error =
        catchThrowableOfType(
            ConfigException.class, () -> ReliabilityConfig.fromEnvironment(environment));
    assertThat(error).as("refused").isNotNull();
    return error;
  }

  @ParameterizedTest
  @CsvSource({
    "CONTAINER_NO_OUTPUT_TIMEOUT, 720000",
    "IDLE_TIMEOUT, 300000",
    "CONTAINER_TIMEOUT, 1800000",
    "RELIABILITY_START_DEADLINE, 600000",
    "RELIABILITY_RUN_DEADLINE, 3600000",
    "RELIABILITY_LINGER, 30000",
    "RELIABILITY_INPUT_GRACE, 10000",
    "RELIABILITY_TERMINATE_GRACE, 10000",
    "RELIABILITY_KILL_GRACE, 10000",
    "WA_RECONNECT_BASE_DELAY_MS, 1000",
    "WA_RECONNECT_MAX_DELAY_MS, 30000",
    "WA_RECONNECT_JITTER_MS, 750",
    "WA_RECONNECT_BURST_WINDOW_MS, 600000",
    "WA_RECONNECT_BURST_THRESHOLD, 15",
    "WA_RECONNECT_COOLDOWN_MS, 60000"
  })
  void theNamesAndDefaultsAreThoseThatOperatorsKnow(String name, long value) {
    ReliabilityConfig config = ReliabilityConfig.ofDefaults();
    Setting setting = Setting.valueOf(name);
    assertThat(config.value(setting)).isEqualTo(value);
    assertThat(config.value(setting, LANE)).isEqualTo(value);
    assertThat(config.duration(setting)).isEqualTo(Duration.ofMillis(value));
    assertThat(setting.defaultValue()).isEqualTo(value).isBetween(setting.least(), setting.most());
  }

  @Test
  void noSettingIsLeftOutOfTheListAbove() {
    assertThat(Setting.values()).hasSize(15);
  }

  @ParameterizedTest
  @EnumSource
  void eachSettingIsReadUnderItsOwnName(Setting setting) {
    String text = setting == Setting.WA_RECONNECT_MAX_DELAY_MS ? "23456" : "987";
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(Map.of(setting.name(), " " + text + " "));
    assertThat(config.value(setting)).isEqualTo(Long.parseLong(text));
    for (Setting other : Setting.values()) {
      if (other != setting) {
        assertThat(config.value(other)).isEqualTo(other.defaultValue());
      }
    }
  }

  @Test
  void aLaneHasItsOwnValueAndTheOthersKeepTheirs() {
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(
            Map.of("IDLE_TIMEOUT", "60000", "IDLE_TIMEOUT__ANDY_DEVELOPER", "900000"));
    assertThat(config.value(Setting.IDLE_TIMEOUT, "andy-developer")).isEqualTo(900_000);
    assertThat(config.duration(Setting.IDLE_TIMEOUT, "andy-developer"))
        .isEqualTo(Duration.ofMinutes(15));
    assertThat(config.value(Setting.IDLE_TIMEOUT, "jarvis-worker-1")).isEqualTo(60_000);
    assertThat(config.value(Setting.IDLE_TIMEOUT)).isEqualTo(60_000);
    assertThat(config.value(Setting.CONTAINER_TIMEOUT, "andy-developer")).isEqualTo(1_800_000);
  }

  @ParameterizedTest
  @CsvSource({
    "andy-developer, IDLE_TIMEOUT__ANDY_DEVELOPER",
    "jarvis-worker-1, IDLE_TIMEOUT__JARVIS_WORKER_1",
    "Lane.With/Odd:Signs, IDLE_TIMEOUT__LANE_WITH_ODD_SIGNS",
    "köln, IDLE_TIMEOUT__K_LN"
  })
  void aLanesOwnNameIsInCapitalsWithUnderscoresForEverythingOdd(String lane, String name) {
    assertThat(Setting.IDLE_TIMEOUT.nameFor(lane)).isEqualTo(name);
    assertThat(
            ReliabilityConfig.fromEnvironment(Map.of(name, "7")).value(Setting.IDLE_TIMEOUT, lane))
        .isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void workersSettingsArePerLaneAndTheLinksAreNot(Setting setting) {
    assertThat(setting.isPerLane()).isEqualTo(!setting.name().startsWith("WA_RECONNECT_"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void aBlankValueCountsAsNotSet(String blank) {
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(
            Map.of(
                "IDLE_TIMEOUT", blank,
                "IDLE_TIMEOUT__ANDY_DEVELOPER", blank,
                "IDLE_TIMEOUT__", blank,
                "WA_RECONNECT_JITTER_MS__ANDY", blank));
    assertThat(config.value(Setting.IDLE_TIMEOUT, LANE)).isEqualTo(300_000);
  }

  @Test
  void otherNamesAreLeftAlone() {
    ReliabilityConfig config =
        ReliabilityConfig.fromEnvironment(
            Map.of(
                "PATH", "/bin", "IDLE_TIMEOUT_", "x", "idle_timeout", "x", "MY_IDLE_TIMEOUT", "x"));
    assertThat(config.value(Setting.IDLE_TIMEOUT)).isEqualTo(300_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "0",
        "12m",
        "five",
        "1.5",
        "1e3",
        "0x10",
        "720_000",
        "99999999999999999999",
        "-99999999999999999999",
        "31622400001",
        "9223372036854775807"
      })
  void aValueThatCannotBeUsedIsNamedWithWhatWasExpected(String value) {
    ConfigException error = refused(Map.of("IDLE_TIMEOUT", value));
    assertThat(error.problems())
        .containsExactly(
            new Problem(
                "IDLE_TIMEOUT",
                value,
                "a whole number of milliseconds, at least 1 and at most 31622400000"));
    assertThat(error)
        .hasMessage(
            "1 setting cannot be used; IDLE_TIMEOUT: expected a whole number of milliseconds,"
                + " at least 1 and at most 31622400000, got \""
                + value
                + "\"");
  }

  @Test
  void aCountIsNotCalledMilliseconds() {
    assertThat(refused(Map.of("WA_RECONNECT_BURST_THRESHOLD", "2147483648")).problems())
        .containsExactly(
            new Problem(
                "WA_RECONNECT_BURST_THRESHOLD",
                "2147483648",
                "a whole number, at least 1 and at most 2147483647"));
  }

  @Test
  void gracesLingerAndJitterMayBeZero() {
    for (String name :
        new String[] {
          "RELIABILITY_LINGER",
          "RELIABILITY_INPUT_GRACE",
          "RELIABILITY_TERMINATE_GRACE",
          "WA_RECONNECT_JITTER_MS"
        }) {
      ReliabilityConfig config = ReliabilityConfig.fromEnvironment(Map.of(name, "0"));
      assertThat(config.value(Setting.valueOf(name))).isZero();
    }
  }

  @Test
  void everyBadValueIsInTheOneError() {
    Map<String, String> environment = new HashMap<>();
    environment.put("CONTAINER_NO_OUTPUT_TIMEOUT", "-5");
    environment.put("CONTAINER_TIMEOUT", "30 min");
    environment.put("IDLE_TIMEOUT", "300000");
    environment.put("IDLE_TIMEOUT__", "1000");
    environment.put("IDLE_TIMEOUT__ANDY_DEVELOPER", "99999999999999999999");
    environment.put("IDLE_TIMEOUT__jarvis", "1000");
    environment.put("WA_RECONNECT_BASE_DELAY_MS", "5000");
    environment.put("WA_RECONNECT_MAX_DELAY_MS", "4000");
    environment.put("WA_RECONNECT_COOLDOWN_MS__ANDY", "1000");
    environment.put("WA_RECONNECT_BURST_THRESHOLD", "0");
    environment.put("HOME", "/root");

    ConfigException error = refused(environment);

    assertThat(error.problems())
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            "CONTAINER_NO_OUTPUT_TIMEOUT: expected a whole number of milliseconds, at least 1 and"
                + " at most 31622400000, got \"-5\"",
            "CONTAINER_TIMEOUT: expected a whole number of milliseconds, at least 1 and at most"
                + " 31622400000, got \"30 min\"",
            "IDLE_TIMEOUT__: expected a lane in A-Z, 0-9 and _ after IDLE_TIMEOUT__, got \"1000\"",
            "IDLE_TIMEOUT__ANDY_DEVELOPER: expected a whole number of milliseconds, at least 1 and"
                + " at most 31622400000, got \"99999999999999999999\"",
            "IDLE_TIMEOUT__jarvis: expected a lane in A-Z, 0-9 and _ after IDLE_TIMEOUT__, got"
                + " \"1000\"",
            "WA_RECONNECT_MAX_DELAY_MS: expected at least WA_RECONNECT_BASE_DELAY_MS, which is"
                + " 5000, got \"4000\"",
            "WA_RECONNECT_COOLDOWN_MS__ANDY: expected no lane in the name"
                + " (WA_RECONNECT_COOLDOWN_MS is the same for all lanes), got \"1000\"",
            "WA_RECONNECT_BURST_THRESHOLD: expected a whole number, at least 1 and at most"
                + " 2147483647, got \"0\"");
    assertThat(error).hasMessageStartingWith("8 settings cannot be used; ");
    error.problems().forEach(problem -> assertThat(error).hasMessageContaining(problem.toString()));
  }

  @Test
  void theSameMistakesGiveTheSameMessageWhateverTheirOrder() {
    Map<String, String> oneOrder = new LinkedHashMap<>();
    Map<String, String> another = new LinkedHashMap<>();
    String[] names = {"IDLE_TIMEOUT__B", "IDLE_TIMEOUT__A", "CONTAINER_TIMEOUT", "IDLE_TIMEOUT"};
    for (int i = 0; i < names.length; i++) {
      oneOrder.put(names[i], "x");
      another.put(names[names.length - 1 - i], "x");
    }
    assertThat(refused(oneOrder)).hasMessage(refused(another).getMessage());
  }

  @Test
  void aMaximumBelowTheBaseIsToldOnceEvenIfOnlyOneOfThemIsSet() {
    assertThat(refused(Map.of("WA_RECONNECT_BASE_DELAY_MS", "60000")).problems())
        .containsExactly(
            new Problem(
                "WA_RECONNECT_MAX_DELAY_MS",
                "30000",
                "at least WA_RECONNECT_BASE_DELAY_MS, which is 60000"));
    assertThat(refused(Map.of("WA_RECONNECT_MAX_DELAY_MS", "999")).problems()).hasSize(1);
  }

  @Test
  void aMaximumIsNotComparedWithABaseThatCouldNotBeRead() {
    assertThat(
            refused(Map.of("WA_RECONNECT_BASE_DELAY_MS", "x", "WA_RECONNECT_MAX_DELAY_MS", "999"))
                .problems())
        .extracting(Problem::name)
        .containsExactly("WA_RECONNECT_BASE_DELAY_MS");
  }

  @Test
  void theEnvironmentMayChangeAfterwards() {
    Map<String, String> environment = new HashMap<>(Map.of("IDLE_TIMEOUT", "1000"));
    ReliabilityConfig config = ReliabilityConfig.fromEnvironment(environment);
    environment.put("IDLE_TIMEOUT", "2000");
    assertThat(config.value(Setting.IDLE_TIMEOUT)).isEqualTo(1000);
  }
}
