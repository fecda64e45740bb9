package dev.reliability.ops.cli;

import dev.reliability.ops.analysis.Window;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which time a report is about: {@code [since, until)}. */
final class WindowOptions {
  private static final Duration DEFAULT = Duration.ofHours(24);

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Values.Time.class,
      description = "The first moment; 24 hours before the end by default.")
  @Nullable Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = Values.Time.class,
      description = "The first moment after it; now by default.")
  @Nullable Instant until;

  @Option(names = "--window-minutes", paramLabel = "N", description = "The last N minutes.")
  @Nullable Integer minutes;

  @Option(names = "--window-hours", paramLabel = "N", description = "The last N hours.")
  @Nullable Integer hours;

  /**
   * The window.
   *
   * @throws CommandException if two of its beginnings are given, or it ends before it begins
   */
  Window window(Instant now) {
    return window(now, DEFAULT);
  }

  /** The same, of that length if none is given. */
  Window window(Instant now, Duration otherwise) {
    int given = (since == null ? 0 : 1) + (minutes == null ? 0 : 1) + (hours == null ? 0 : 1);
    if (given > 1) {
      throw CommandException.usage(
          "expected one of --since, --window-minutes and --window-hours, got " + given);
    }
    Instant end = until == null ? now : until;
    if (since != null) {
      try {
        return new Window(since, end);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(String.valueOf(e.getMessage()));
      }
    }
    Integer asked = minutes == null ? hours : minutes;
    if (asked != null && asked < 1) {
      throw CommandException.usage("the window: expected at least 1, got " + asked);
    }
    return Window.before(
        end,
        minutes != null
            ? Duration.ofMinutes(minutes)
            : hours != null ? Duration.ofHours(hours) : otherwise);
  }
}
