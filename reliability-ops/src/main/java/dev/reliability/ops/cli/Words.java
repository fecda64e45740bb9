package dev.reliability.ops.cli;

import dev.reliability.core.event.Event;
import dev.reliability.ops.analysis.Cited;
import dev.reliability.ops.analysis.CorrelationReport;
import dev.reliability.ops.analysis.DispatchNumbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How what several analyses say reads. */
final class Words {
  private Words() {}

  /** The numbers under the names that operators know (requirements D2, E3, E7). */
  static Map<String, @Nullable Object> numbers(Map<String, Cited> named, DispatchNumbers dispatch) {
    Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
    named.forEach((name, cited) -> numbers.put(name, cited.count()));
    Map<String, Long> reasons = new TreeMap<>();
    dispatch.suppressed().forEach((reason, cited) -> reasons.put(reason, cited.count()));
    numbers.put(DispatchNumbers.SUPPRESSED_REASONS, reasons);
    return numbers;
  }

  static String suppressed(DispatchNumbers dispatch) {
    StringBuilder line = new StringBuilder(DispatchNumbers.SUPPRESSED_REASONS);
    dispatch
        .suppressed()
        .forEach(
            (reason, cited) -> line.append(' ').append(reason).append('=').append(cited.count()));
    return dispatch.suppressed().isEmpty() ? line + " none" : line.toString();
  }

  static List<String> correlation(CorrelationReport report) {
    List<String> lines = new ArrayList<>();
    String ratio = report.ratio() == null ? "-" : number(report.ratio());
    String lift = report.lift() == null ? "-" : number(report.lift());
    String p = report.pValue() == null ? "-" : String.format(Locale.ROOT, "%.3g", report.pValue());
    lines.add(
        report.a()
            + " with "
            + report.b()
            + " within "
            + report.tolerance()
            + ": "
            + report.matched().count()
            + " of "
            + report.events().count()
            + ", ratio "
            + ratio
            + ", by chance "
            + number(report.chance())
            + ", lift "
            + lift
            + ", p "
            + p);
    lines.add(
        report.verdict().wireName() + (report.doubt() == null ? "" : ": " + report.doubt().why()));
    return lines;
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static String line(Event event) {
    StringBuilder line = new StringBuilder();
    line.append(event.time()).append(' ').append(event.id()).append(' ').append(event.type());
    String lane = event.subject().lane();
    String item = event.subject().item();
    String run = event.subject().run();
    if (lane != null) {
      line.append(' ').append(lane).append(item == null ? "" : "/" + item);
    }
    return line.append(run == null ? "" : " " + run).toString();
  }

  static String cites(List<?> ids) {
    List<?> first = ids.subList(0, Math.min(3, ids.size()));
    return ids.isEmpty()
        ? ""
        : " "
            + first
            + (ids.size() > first.size() ? " and " + (ids.size() - first.size()) + " more" : "");
  }
}
