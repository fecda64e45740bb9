package dev.reliability.core.config;

import dev.reliability.core.config.ConfigException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings as the environment gives them, checked all at once (requirement B5). Immutable and
 * thread-safe.
 *
 * <p>Names and defaults are those of {@link Setting}. Settings that a lane may have for itself are
 * looked up under {@code NAME__LANE} first (requirement B4). An empty value counts as not set.
 */
public final class ReliabilityConfig {
  private static final Pattern LANE = Pattern.compile("[A-Z0-9_]+");

  private final Map<Setting, Long> values;
  private final Map<String, Long> laneValues;

  private ReliabilityConfig(Map<Setting, Long> values, Map<String, Long> laneValues) {
    this.values = values;
    this.laneValues = laneValues;
  }

  /** All defaults. */
  public static ReliabilityConfig ofDefaults() {
    return fromEnvironment(Map.of());
  }

  /**
   * Reads the settings from {@code environment}, usually {@code System.getenv()}. Other names are
   * left alone.
   *
   * @throws ConfigException listing every value that cannot be used, with its name and what was
   *     expected
   */
  public static ReliabilityConfig fromEnvironment(Map<String, String> environment) {
    List<Problem> problems = new ArrayList<>();
    Map<Setting, Long> values = new EnumMap<>(Setting.class);
    Map<String, Long> laneValues = new TreeMap<>();
    Map<String, String> sorted =
        new TreeMap<>(environment); // so that the same mistakes give the same message
    for (Setting setting : Setting.values()) {
      String text = sorted.getOrDefault(setting.name(), "").strip();
      values.put(
          setting,
          text.isEmpty() ? setting.defaultValue() : read(setting, setting.name(), text, problems));
      String prefix = setting.name() + Setting.LANE_SEPARATOR;
      sorted.forEach(
          (name, value) -> {
            if (name.startsWith(prefix) && !value.isBlank()) {
              String wrong = wrongName(setting, name.substring(prefix.length()));
              if (wrong == null) {
                laneValues.put(name, read(setting, name, value.strip(), problems));
              } else {
                problems.add(new Problem(name, value, wrong));
              }
            }
          });
    }
    checkReconnectDelays(values, problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new ReliabilityConfig(
        Collections.unmodifiableMap(values), Collections.unmodifiableMap(laneValues));
  }

  /** The value for all lanes that have none of their own. */
  public long value(Setting setting) {
    return values.getOrDefault(setting, setting.defaultValue());
  }

  /** The value for one lane. */
  public long value(Setting setting, String lane) {
    Long own = setting.isPerLane() ? laneValues.get(setting.nameFor(lane)) : null;
    return own != null ? own : value(setting);
  }

  /** {@link #value(Setting)} as a duration in milliseconds. */
  public Duration duration(Setting setting) {
    return Duration.ofMillis(value(setting));
  }

  /** {@link #value(Setting, String)} as a duration in milliseconds. */
  public Duration duration(Setting setting, String lane) {
    return Duration.ofMillis(value(setting, lane));
  }

  /** What was expected instead of this end of a name, or null if it is one that a lane can have. */
  private static @Nullable String wrongName(Setting setting, String lane) {
    if (!setting.isPerLane()) {
      return "no lane in the name (" + setting + " is the same for all lanes)";
    }
    return LANE.matcher(lane).matches()
        ? null
        : "a lane in A-Z, 0-9 and _ after " + setting + Setting.LANE_SEPARATOR;
  }

  private static void checkReconnectDelays(Map<Setting, Long> values, List<Problem> problems) {
    Setting base = Setting.WA_RECONNECT_BASE_DELAY_MS;
    Setting max = Setting.WA_RECONNECT_MAX_DELAY_MS;
    long least = values.getOrDefault(base, 0L);
    long most = values.getOrDefault(max, 0L);
    boolean told =
        problems.stream()
            .map(Problem::name)
            .anyMatch(name -> name.equals(base.name()) || name.equals(max.name()));
    if (most < least && !told) {
      problems.add(
          new Problem(max.name(), Long.toString(most), "at least " + base + ", which is " + least));
    }
  }

  private static long read(Setting setting, String name, String text, List<Problem> problems) {
    try {
      long value = Long.parseLong(text);
      if (value >= setting.least() && value <= setting.most()) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below, like a number that is out of bounds
    }
    String unit = setting.isDuration() ? " of milliseconds" : "";
    problems.add(
        new Problem(
            name,
            text,
            "a whole number"
                + unit
                + ", at least "
                + setting.least()
                + " and at most "
                + setting.most()));
    return setting.defaultValue();
  }
}
