package dev.reliability.testkit.link;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Attempts to connect over a day, as text and as SVG. */
final class ReconnectChart {
  static final int MINUTES = (int) Duration.ofDays(1).toMinutes();
  private static final String BARS = " .:-=+*#%@";
  private static final int WIDTH = 960;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 290;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final List<String> COLOURS =
      List.of("#0a7d33", "#c0392b", "#b9770e", "#6c3483", "#1f618d");

  private ReconnectChart() {}

  /** One line per policy: its numbers, and how many attempts each hour had. */
  static String text(String title, Map<String, int[]> perMinute) {
    StringBuilder out = new StringBuilder(title).append("\n\n");
    out.append(
        String.format(
            Locale.ROOT,
            "%-44s %8s %12s %12s  %s%n",
            "policy",
            "in 24 h",
            "most in 1 min",
            "most in 10",
            "per minute, by the hour"));
    int highest =
        perMinute.values().stream().flatMapToInt(java.util.Arrays::stream).max().orElse(1);
    perMinute.forEach(
        (name, counts) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "%-44s %8d %13d %12d  |%s|%n",
                    name,
                    sum(counts, 0, counts.length),
                    most(counts, 1),
                    most(counts, 10),
                    hours(counts, highest))));
    return out.toString();
  }

  static long sum(int[] counts, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts[i];
    }
    return sum;
  }

  static long most(int[] counts, int minutes) {
    long most = 0;
    for (int i = 0; i + minutes <= counts.length; i++) {
      most = Math.max(most, sum(counts, i, i + minutes));
    }
    return most;
  }

  private static String hours(int[] counts, int highest) {
    StringBuilder bars = new StringBuilder();
    for (int hour = 0; hour < 24; hour++) {
      double average = sum(counts, hour * 60, hour * 60 + 60) / 60.0;
      int level = (int) Math.ceil(average * (BARS.length() - 1) / highest);
      bars.append(BARS.charAt(Math.min(level, BARS.length() - 1)));
    }
    return bars.toString();
  }

  /** A line per policy over the day, the attempts per minute averaged over ten. */
  static String svg(String title, Map<String, int[]> perMinute) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n<title>%s</title>%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n"
                + "<text x=\"%d\" y=\"24\" font-size=\"15\" fill=\"#222222\">%s</text>%n",
            WIDTH,
            HEIGHT,
            title,
            LEFT,
            title));
    for (int value : new int[] {1, 2, 5, 10, 20, 50, 100}) {
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#444444\">%d</text>%n",
              LEFT,
              WIDTH - RIGHT,
              y(value),
              y(value),
              LEFT - 8,
              y(value) + 4,
              value));
    }
    for (int hour = 0; hour <= 24; hour += 4) {
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#444444\">%d h</text>%n",
              x(hour * 60),
              HEIGHT - BOTTOM + 20,
              hour));
    }
    int index = 0;
    for (Map.Entry<String, int[]> entry : perMinute.entrySet()) {
      String colour = COLOURS.get(index % COLOURS.size());
      StringBuilder points = new StringBuilder();
      for (int minute = 0; minute + 10 <= MINUTES; minute += 10) {
        double average = sum(entry.getValue(), minute, minute + 10) / 10.0;
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(minute + 5), y(average)));
      }
      out.append(
          String.format(
              Locale.ROOT,
              "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" points=\"%s\"/>%n"
                  + "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>"
                  + "<text x=\"%d\" y=\"%d\" fill=\"#222222\">%s</text>%n",
              colour,
              index == 0 ? 3 : 2,
              points.toString().trim(),
              WIDTH - RIGHT + 12,
              TOP + 20 + index * 22,
              colour,
              WIDTH - RIGHT + 32,
              TOP + 26 + index * 22,
              entry.getKey()));
      index++;
    }
    return out.append("</svg>\n").toString();
  }

  private static double x(int minute) {
    return LEFT + (double) minute / MINUTES * (WIDTH - LEFT - RIGHT);
  }

  /** Logarithmic from 1 to 100 a minute. */
  private static double y(double perMinute) {
    double share = Math.log10(Math.max(perMinute, 1)) / 2;
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }
}
