package dev.reliability.testkit.scenario;

import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunTimeouts;
import dev.reliability.testkit.worker.WorkerScript;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One worker, what it does and how its run must end; read from a file such as
 *
 * <pre>
 * timeouts no-output=3000 idle=2000 hard=12000 linger=1000 graces=2000,3000,5000
 *
 * worker works-then-heeds-nothing
 *   ignores input
 *   ignores terminate
 *   marker
 *   stay
 *   expect done idle_cleanup signal=9 stopped-by=killed markers=1
 * </pre>
 *
 * <p>Times are milliseconds. {@code timeouts} (also {@code start} and, for jobs, {@code
 * run-deadline}) hold for the workers after it. A worker does, in this order, what stands in its
 * lines: {@code marker}, {@code markers every TIME} (until its end), {@code noise BYTES}, {@code
 * error TEXT}, {@code result TEXT}, {@code tool starts}, {@code tool ends}, {@code wait TIME},
 * {@code close-output}, {@code stay} (until its end), {@code exit CODE}; behind its last line it
 * exits with 0. It exits with 0 when its input is closed, and by signal 15 when it is asked to end,
 * unless it {@code ignores input} or {@code ignores terminate}. One that {@code cannot start} does
 * nothing. Of the verdict, that is {@code state} and {@code reason} and then {@code exit}, {@code
 * signal}, {@code stopped-by}, {@code markers}, {@code cursor} and {@code result}, what is named is
 * compared. What begins with {@code #} is a comment. Immutable.
 *
 * @param name its name, unique in its file
 * @param canStart false for one that cannot be started
 * @param fake what a fake worker plays
 * @param shell the same for a POSIX shell, also as the first process of a container
 * @param timeouts what the run is held to
 * @param expected the parts of the verdict that are compared, by name
 */
public record Scenario(
    String name,
    boolean canStart,
    WorkerScript fake,
    String shell,
    RunTimeouts timeouts,
    Map<String, String> expected) {
  private static final String FIELD = "field.scenario";

  /** Copies {@code expected}. */
  public Scenario {
    expected = Collections.unmodifiableMap(new LinkedHashMap<>(expected));
  }

  /** What the lines of {@link #shell} mean. */
  public static MarkerRule markers() {
    return ScenarioShell.MARKERS;
  }

  /** How workers went wrong in the field; the file is beside this class. */
  public static List<Scenario> field() {
    try (InputStream in = Scenario.class.getResourceAsStream(FIELD)) {
      if (in == null) {
        throw new IllegalStateException("the test kit lacks its resource " + FIELD);
      }
      return read(FIELD, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the text of a file.
   *
   * @param where what it is called in errors
   * @throws IllegalArgumentException listing each line that cannot be used, and what was expected
   */
  public static List<Scenario> read(String where, String text) {
    return new ScenarioReader(where).read(text);
  }

  /** A policy with these time-outs. */
  public RunPolicy policy() {
    return RunPolicy.builder().timeouts(timeouts).build();
  }

  /** The parts of a run's verdict, by the names they have in a file. */
  public static Map<String, String> verdict(RunReport report) {
    RunEvent.Ended end = report.end();
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("state", end.state().wireName());
    parts.put("reason", end.reason().wireName());
    parts.put("exit", String.valueOf(end.exitCode()));
    parts.put("signal", String.valueOf(end.signal()));
    parts.put("stopped-by", end.stoppedBy());
    parts.put("markers", String.valueOf(end.progressCount()));
    parts.put("cursor", end.cursor());
    parts.put("result", String.valueOf(report.result()));
    return parts;
  }

  @Override
  public String toString() {
    return name;
  }
}
