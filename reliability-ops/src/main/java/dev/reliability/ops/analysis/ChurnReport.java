package dev.reliability.ops.analysis;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often a link closes, against how often it did before (requirement C8). Immutable.
 *
 * @param now the window asked for
 * @param baseline the window that it is held against
 * @param link the link asked for; null for all
 * @param perHour closes per hour of the window
 * @param baselinePerHour closes per hour of the baseline
 * @param ratio the first of them by the second; null if the baseline had none
 * @param verdict what it came to
 * @param why the same in words
 */
public record ChurnReport(
    Side now,
    Side baseline,
    @Nullable String link,
    double perHour,
    double baselinePerHour,
    @Nullable Double ratio,
    Verdict verdict,
    String why) {

  /** Checks that there is a verdict. */
  public ChurnReport {
    Objects.requireNonNull(verdict, "verdict");
  }

  /**
   * What one of the windows had.
   *
   * @param window which
   * @param closes closes, without those that somebody on this side asked for
   * @param reconnects connections that were tried, without the first of a process
   * @param cooldowns how often the link was left alone for a while
   * @param mostInTenMinutes how many connections of one link were tried within ten minutes at most:
   *     what the reconnects are bounded by
   * @param watched whether anything shows that closes would have been seen
   */
  public record Side(
      Window window,
      Cited closes,
      Cited reconnects,
      Cited cooldowns,
      int mostInTenMinutes,
      boolean watched) {}

  /** What it came to. */
  public enum Verdict {
    /** It closes less often than before. */
    REDUCED,
    /** It closes as often as before, or more. */
    NOT_REDUCED,
    /** Nobody can say. */
    INCONCLUSIVE;

    /** The spelling that leaves the process, such as {@code not_reduced}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
