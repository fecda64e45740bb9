package dev.reliability.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Things that were measured beside each other, less being better: the limit (the least code that
 * could do the work), the peers, and ours. Prints each with its ratio to the limit and to the best
 * peer. Not thread-safe.
 */
final class Table {
  private static final String NO_RATIO = "-";

  /** What a line of the table is. */
  enum Role {
    /** The least code that could do the work at all. */
    LIMIT,
    /** Somebody else's. */
    PEER,
    /** The library's. */
    OURS,
    /** Neither compared nor judged. */
    NOTE
  }

  private record Line(Role role, String name, Samples samples, Map<String, String> more) {}

  private final String title;
  private final String unit;
  private final List<Line> lines = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param unit of every value, such as {@code ns}
   */
  Table(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  /** Adds a line. */
  Table add(Role role, String name, Samples samples) {
    return add(role, name, samples, Map.of());
  }

  /** Adds a line with further columns. */
  Table add(Role role, String name, Samples samples, Map<String, String> more) {
    lines.add(new Line(role, name, samples, more));
    return this;
  }

  /** Adds a line that JMH measured, with what it cost besides. */
  Table add(Role role, String name, Jmh.Measured measured) {
    return add(role, name, measured.score(), measured.columns());
  }

  /** The median of a line. */
  double median(String name) {
    return samples(name).median();
  }

  /** What was measured for a line. */
  Samples samples(String name) {
    return lines.stream()
        .filter(line -> line.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("no line " + name + " in " + title))
        .samples();
  }

  /** The median of the best line of a role; NaN if there is none. */
  double best(Role role) {
    return lines.stream()
        .filter(line -> line.role() == role)
        .mapToDouble(line -> line.samples().median())
        .min()
        .orElse(Double.NaN);
  }

  /** A line's median by that of the best limit. */
  double toLimit(String name) {
    return median(name) / best(Role.LIMIT);
  }

  /** A line's median by that of the best peer. */
  double toBestPeer(String name) {
    return median(name) / best(Role.PEER);
  }

  /** A line's median by another's. */
  double ratio(String name, String other) {
    return median(name) / median(other);
  }

  @Override
  public String toString() {
    List<String> heads = new ArrayList<>(List.of("", "", unit, "10 %..90 %"));
    boolean hasLimit = !Double.isNaN(best(Role.LIMIT));
    boolean hasPeer = !Double.isNaN(best(Role.PEER));
    if (hasLimit) {
      heads.add("/ limit");
    }
    if (hasPeer) {
      heads.add("/ best peer");
    }
    Map<String, Integer> extra = new LinkedHashMap<>();
    for (Line line : lines) {
      line.more().keySet().forEach(name -> extra.putIfAbsent(name, extra.size()));
    }
    heads.addAll(extra.keySet());
    List<List<String>> rows = new ArrayList<>(List.of(heads));
    for (Line line : lines) {
      Samples s = line.samples();
      List<String> row = new ArrayList<>();
      row.add(line.role().name().toLowerCase(Locale.ROOT));
      row.add(line.name());
      row.add(number(s.median()));
      row.add(number(s.quantile(0.1)) + ".." + number(s.quantile(0.9)));
      boolean compared = line.role() != Role.NOTE;
      if (hasLimit) {
        row.add(compared ? number(s.median() / best(Role.LIMIT)) : NO_RATIO);
      }
      if (hasPeer) {
        row.add(compared ? number(s.median() / best(Role.PEER)) : NO_RATIO);
      }
      extra.keySet().forEach(name -> row.add(line.more().getOrDefault(name, NO_RATIO)));
      rows.add(row);
    }
    return title + "\n" + align(rows);
  }

  /** Three significant digits, or all digits before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    if (size != 0 && size < 0.00995) {
      digits = 4;
    }
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** Text in columns: the first two to the left, the others to the right. */
  static String align(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String sign = i < 2 ? "-" : "";
        line.append("  ")
            .append(String.format("%" + sign + Math.max(1, widths[i]) + "s", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
