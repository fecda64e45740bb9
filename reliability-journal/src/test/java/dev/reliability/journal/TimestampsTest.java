package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampsTest {

  private static String written(Instant time) {
    LineWriter out = new LineWriter(64);
    Timestamps.write(out, time);
    String quoted = new String(out.bytes(), 0, out.size(), StandardCharsets.US_ASCII);
    assertThat(quoted).startsWith("\"").endsWith("\"");
    return quoted.substring(1, quoted.length() - 1);
  }

  private static String written(Duration duration) {
    LineWriter out = new LineWriter(64);
    Millis.write(out, duration);
    return new String(out.bytes(), 0, out.size(), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 2026-01-01T00:00:00.000Z",
    "2026-12-31T23:59:59.999999999Z, 2026-12-31T23:59:59.999Z",
    "1969-12-31T23:59:59.9999Z, 1969-12-31T23:59:59.999Z",
    "2024-02-29T12:34:56.007Z, 2024-02-29T12:34:56.007Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00.000Z",
    "-0001-12-31T23:59:59.5Z, -0001-12-31T23:59:59.500Z",
    "9999-12-31T23:59:59.999Z, 9999-12-31T23:59:59.999Z",
    "+10000-01-01T00:00:00Z, +10000-01-01T00:00:00.000Z",
    "-1000000000-01-01T00:00:00Z, -1000000000-01-01T00:00:00.000Z",
  })
  void aTimeHasThreeDigitsOfMillisecondsAndTheRestIsCutOff(Instant time, String expected) {
    assertThat(written(time)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<Instant> instants() {
    return EventArbitraries.instants();
  }

  @Provide
  Arbitrary<Duration> durations() {
    return EventArbitraries.durations();
  }

  @Property
  void aTimeIsReadBackToTheMillisecond(@ForAll("instants") Instant time) {
    assertThat(Timestamps.parse("ts", written(time)))
        .isEqualTo(time.truncatedTo(ChronoUnit.MILLIS));
  }

  @ParameterizedTest
  @CsvSource({
    "+9999-01-01T00:00:00.000Z",
    "-10000-13-01T00:00:00.000Z",
    "+10000-01-01T00:00:00.00Z",
    "+10000-01-01T00:00:00.000000Z",
    "+99999999999-01-01T00:00:00.000Z",
    "2026-01-01t00:00:00.000Z",
    "2026-01-01T00:00:00.000z",
    "2026-00-01T00:00:00.000Z",
    "2026-04-31T00:00:00.000Z",
    "2026-01-01T00:60:00.000Z",
    "２026-01-01T00:00:00.000Z",
  })
  void anyOtherSpellingOfATimeIsRefused(String text) {
    assertThatThrownBy(() -> Timestamps.parse("ts", text))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith("ts: expected a time in UTC");
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0",
    "PT1.5S, 1500",
    "PT0.000001S, 0.001",
    "PT0.000000001S, 0.000001",
    "PT-0.000000001S, -0.000001",
    "PT-0.0015S, -1.5",
    "PT12M, 720000",
    "PT2562047788015215H30M7.999999999S, 9223372036854775807999.999999",
    "PT-2562047788015215H-30M-8S, -9223372036854775808000",
  })
  void aDurationIsSpelledInMillisecondsWithoutLosingANanosecond(
      Duration duration, String expected) {
    assertThat(written(duration)).isEqualTo(expected);
    assertThat(Millis.parse(expected)).isEqualTo(duration);
  }

  @Property
  void aDurationIsReadBackToTheNanosecond(@ForAll("durations") Duration duration) {
    assertThat(Millis.parse(written(duration))).isEqualTo(duration);
  }

  @Test
  void aDurationThatCannotBeIsRefused() {
    for (String number :
        new String[] {"0.0000001", "9223372036854775808000", "1e3", "1E3", "1".repeat(41)}) {
      assertThatThrownBy(() -> Millis.parse(number)).isInstanceOf(CodecException.class);
    }
  }
}
