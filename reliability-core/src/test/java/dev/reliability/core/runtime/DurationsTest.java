package dev.reliability.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class DurationsTest {
  private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

  @Property
  void nanosecondsAreExactAsFarAsTheyFitAndThenStayAtTheEnd(
      @ForAll long seconds, @ForAll @IntRange(max = 999_999_999) int nanos) {
    BigInteger exact =
        BigInteger.valueOf(seconds)
            .multiply(BigInteger.valueOf(1_000_000_000))
            .add(BigInteger.valueOf(nanos));
    BigInteger expected = exact.min(LONGEST).max(LONGEST.negate());
    assertThat(Durations.saturatedNanos(Duration.ofSeconds(seconds, nanos)))
        .isEqualTo(expected.longValueExact());
  }

  @Property
  void nanosecondsThatFitAreExact(@ForAll long nanos) {
    assertThat(Durations.saturatedNanos(Duration.ofNanos(nanos)))
        .isEqualTo(Math.max(nanos, -Long.MAX_VALUE));
  }

  @Property
  void sumsStayAtTheEnd(@ForAll @LongRange(min = 0) long a, @ForAll @LongRange(min = 0) long b) {
    BigInteger exact = BigInteger.valueOf(a).add(BigInteger.valueOf(b));
    assertThat(Durations.saturatedAdd(a, b)).isEqualTo(exact.min(LONGEST).longValueExact());
  }

  @Example
  void theExtremesDoNotOverflow() {
    assertThat(Durations.saturatedNanos(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Durations.saturatedNanos(Duration.ofSeconds(Long.MIN_VALUE)))
        .isEqualTo(-Long.MAX_VALUE);
    assertThat(Durations.saturatedNanos(Duration.ofNanos(Long.MAX_VALUE).minusNanos(1)))
        .isEqualTo(Long.MAX_VALUE - 1);
    assertThat(Durations.saturatedAdd(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(Durations.saturatedAdd(Long.MAX_VALUE - 1, 1)).isEqualTo(Long.MAX_VALUE);
  }
}
