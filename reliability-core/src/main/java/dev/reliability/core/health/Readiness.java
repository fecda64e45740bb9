package dev.reliability.core.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a gate is open, and why. Immutable.
 *
 * @param gate its name
 * @param verdict the worst of all lines
 * @param at when it was judged, by the wall clock
 * @param lines one for each criterion, then one for each signal
 */
public record Readiness(String gate, GateVerdict verdict, Instant at, List<Line> lines) {

  /** Copies {@code lines}. */
  public Readiness {
    lines = List.copyOf(lines);
  }

  /**
   * What one criterion or one signal says.
   *
   * @param name which one
   * @param verdict what it says; a signal that says GO only does not object
   * @param value what was last seen or published; empty if nothing was
   * @param threshold what it takes to say NO_GO, in words
   * @param streak how often in a row, in words; empty for a signal
   * @param age how old the value is; null if there is none
   * @param flapping whether it goes to and fro
   * @param why why it says that, in words
   * @param nextChangeIf what would make it say something else, in words
   */
  public record Line(
      String name,
      GateVerdict verdict,
      String value,
      String threshold,
      String streak,
      @Nullable Duration age,
      boolean flapping,
      String why,
      String nextChangeIf) {}

  /** Why it is not GO: one text for each line that is not; empty if all are. */
  public List<String> reasons() {
    return lines.stream()
        .filter(line -> line.verdict() != GateVerdict.GO)
        .map(line -> line.name() + ": " + line.verdict().wireName() + ": " + line.why())
        .toList();
  }

  /**
   * The line of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Line line(String name) {
    return lines.stream()
        .filter(line -> line.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected one of "
                        + lines.stream().map(Line::name).toList()
                        + ", got \""
                        + name
                        + "\""));
  }
}
