package dev.reliability.ops.analysis;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether things were well in a window (requirements D5, F1). Immutable.
 *
 * @param window the time asked for
 * @param level the worst of the lines
 * @param lines what was looked at, always the same in the same order
 */
public record ReliabilityReport(Window window, Level level, List<Line> lines) {

  /** Copies {@code lines}. */
  public ReliabilityReport {
    lines = List.copyOf(lines);
    Objects.requireNonNull(level, "level");
  }

  /** The line of a name, such as {@code recent_dispatch_blocks}. */
  public Optional<Line> line(String name) {
    return lines.stream().filter(line -> line.name().equals(name)).findFirst();
  }

  /** How well. */
  public enum Level {
    /** It is well. */
    PASS,
    /** Somebody should look. */
    WARN,
    /** It is not well. */
    FAIL
  }

  /**
   * One thing that was looked at.
   *
   * @param name what
   * @param level how well it is
   * @param why in words, also if it is well
   * @param events the number that it was judged by, with its events
   */
  public record Line(String name, Level level, String why, Cited events) {

    /** {@code PASS name: why} and so on, on one line. */
    public String text() {
      return (level + " " + name + ": " + why).replace("\r", "\\r").replace("\n", "\\n");
    }
  }
}
