package dev.reliability.ops.serve;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown: sections of entries, each entry as JSON. Immutable.
 *
 * @param version counts the boards of one server that differ
 * @param sections section, key, JSON
 */
record Board(long version, Map<String, Map<String, String>> sections) {
  private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();
  static final Board EMPTY = new Board(0, Map.of());

  /** The whole of it, as a document. */
  String whole() {
    StringBuilder json = start(version, true);
    String separator = "";
    for (Map.Entry<String, Map<String, String>> section : new TreeMap<>(sections).entrySet()) {
      json.append(separator);
      string(json, section.getKey());
      json.append(":{");
      String between = "";
      for (Map.Entry<String, String> entry : section.getValue().entrySet()) {
        json.append(between);
        string(json, entry.getKey());
        json.append(':').append(entry.getValue());
        between = ",";
      }
      json.append('}');
      separator = ",";
    }
    return json.append("}}").toString();
  }

  /** The next one with these sections; this one if nothing is different. */
  Board next(Map<String, Map<String, String>> now) {
    return now.equals(sections) ? this : new Board(version + 1, now);
  }

  /**
   * What is different in {@code next}, as a document in which null stands for an entry that is
   * gone.
   */
  String changesTo(Board next) {
    StringBuilder json = start(next.version, false);
    Map<String, @Nullable Map<String, String>> all = new TreeMap<>(sections);
    all.putAll(next.sections);
    String separator = "";
    for (String section : all.keySet()) {
      Map<String, String> before = sections.getOrDefault(section, Map.of());
      Map<String, String> after = next.sections.getOrDefault(section, Map.of());
      String entries = changes(before, after);
      if (!entries.isEmpty()) {
        json.append(separator);
        string(json, section);
        json.append(":{").append(entries).append('}');
        separator = ",";
      }
    }
    return json.append("}}").toString();
  }

  private static String changes(Map<String, String> before, Map<String, String> after) {
    StringBuilder json = new StringBuilder();
    after.forEach(
        (key, value) -> {
          if (!value.equals(before.get(key))) {
            json.append(json.length() == 0 ? "" : ",");
            string(json, key);
            json.append(':').append(value);
          }
        });
    for (String key : before.keySet()) {
      if (!after.containsKey(key)) {
        json.append(json.length() == 0 ? "" : ",");
        string(json, key);
        json.append(":null");
      }
    }
    return json.toString();
  }

  private static StringBuilder start(long version, boolean isWhole) {
    return new StringBuilder("{\"version\":")
        .append(version)
        .append(",\"whole\":")
        .append(isWhole)
        .append(",\"sections\":{");
  }

  private static void string(StringBuilder json, String text) {
    json.append(quoted(text));
  }

  /** As a string of JSON. */
  static String quoted(String text) {
    return '"' + String.valueOf(ENCODER.quoteAsString(text)) + '"';
  }
}
