package dev.reliability.journal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;

/**
 * Durations as decimal milliseconds: a whole number where they are whole, else with as many of six
 * decimals as the nanoseconds need ({@code 1500}, {@code 0.25}, {@code -0.000001}). No nanosecond
 * is ever lost, however long the duration.
 */
final class Millis {
  static final String EXPECTED = "milliseconds with at most 6 decimals and no exponent";

  private static final long LONGEST_SECONDS = Long.MAX_VALUE / 1_000_000_000L - 1;
  private static final BigInteger GIGA = BigInteger.valueOf(1_000_000_000L);
  private static final int SHORT_TEXT = 18;
  private static final int LONGEST_TEXT = 40;

  private Millis() {}

  static void write(LineWriter out, Duration duration) {
    if (duration.toSeconds() > LONGEST_SECONDS || duration.toSeconds() < -LONGEST_SECONDS) {
      out.ascii(nanos(duration).movePointLeft(6).stripTrailingZeros().toPlainString());
      return;
    }
    long nanos = duration.toNanos();
    long fraction = Math.abs(nanos % 1_000_000);
    if (nanos < 0 && nanos > -1_000_000) {
      out.raw('-');
    }
    out.number(nanos / 1_000_000);
    if (fraction != 0) {
      int digits = 6;
      while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
      }
      out.raw('.');
      out.padded((int) fraction, digits);
    }
  }

  private static BigDecimal nanos(Duration duration) {
    return new BigDecimal(
        BigInteger.valueOf(duration.toSeconds())
            .multiply(GIGA)
            .add(BigInteger.valueOf(duration.toNanosPart())));
  }

  /**
   * Reads a JSON number.
   *
   * @throws CodecException with the key {@link ValueCodec#HERE} if it is more than a duration can
   *     hold, or finer
   */
  static Duration parse(String number) {
    if (number.length() <= SHORT_TEXT
        && number.indexOf('.') < 0
        && number.indexOf('e') < 0
        && number.indexOf('E') < 0) {
      return Duration.ofMillis(Long.parseLong(number));
    }
    if (number.length() > LONGEST_TEXT || number.indexOf('e') >= 0 || number.indexOf('E') >= 0) {
      throw new CodecException(ValueCodec.HERE, EXPECTED, CodecException.quoted(number));
    }
    try {
      BigInteger[] parts =
          new BigDecimal(number).movePointRight(6).toBigIntegerExact().divideAndRemainder(GIGA);
      return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
    } catch (ArithmeticException e) {
      throw new CodecException(ValueCodec.HERE, EXPECTED, CodecException.quoted(number), e);
    }
  }
}
