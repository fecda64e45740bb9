package dev.reliability.micrometer;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus sees: all series of a real registry, by name and labels. */
record Exposition(Map<String, Double> series, Map<String, Set<String>> labels) {
  private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  /** A registry with these meters. */
  static PrometheusMeterRegistry registry(MeterBinder... meters) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (MeterBinder each : meters) {
      each.bindTo(registry);
    }
    return registry;
  }

  /**
   * What {@code registry} shows now.
   *
   * @throws AssertionError if a line is none, or a series is there twice
   */
  static Exposition of(PrometheusMeterRegistry registry) {
    Map<String, Double> series = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : registry.scrape().lines().toList()) {
      if (line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new AssertionError("no line of an exposition: " + line);
      }
      Map<String, String> found = labelsOf(matcher.group(2));
      String id = matcher.group(1) + (found.isEmpty() ? "" : new TreeMap<>(found));
      if (series.put(id, Double.valueOf(matcher.group(3))) != null) {
        throw new AssertionError("there twice: " + id);
      }
      Set<String> before = labels.putIfAbsent(matcher.group(1), new TreeSet<>(found.keySet()));
      if (before != null && !before.equals(found.keySet())) {
        throw new AssertionError(
            matcher.group(1) + " has labels " + before + " and " + found.keySet());
      }
    }
    return new Exposition(series, labels);
  }

  private static Map<String, String> labelsOf(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (text != null) {
      Matcher matcher = LABEL.matcher(text);
      int end = 0;
      while (matcher.find() && matcher.start() == end) {
        labels.put(matcher.group(1), matcher.group(2));
        end = matcher.end();
      }
      if (end != text.length()) {
        throw new AssertionError("no labels: " + text);
      }
    }
    return labels;
  }

  /** The value of a series, such as {@code reliability_runs{state=queued}}. */
  double value(String id) {
    Double value = series.get(id);
    if (value == null) {
      throw new AssertionError("no series " + id + ", there are " + series.keySet());
    }
    return value;
  }
}
