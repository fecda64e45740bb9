package dev.reliability.ops.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.google.common.collect.ImmutableList;
import dev.reliability.ops.analysis.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a verb came to: as lines for people, or as the one document that every verb prints with
 * {@code --json}. The same facts give the same bytes.
 *
 * @param verb which verb
 * @param code how the command ends
 * @param window the time it is about; null if it is about now
 * @param journal what was read of the journal; empty if nothing was
 * @param verdict in a word, such as {@code PASS}; empty if the verb judges nothing
 * @param lines for people
 * @param summary the numbers, by their names; strings, numbers, booleans, instants, durations,
 *     lists and maps
 * @param checks one entry for each thing that was looked at
 * @param next what to do next, in words or commands
 */
record Report(
    String verb,
    ExitCode code,
    @Nullable Window window,
    Map<String, @Nullable Object> journal,
    String verdict,
    List<String> lines,
    Map<String, @Nullable Object> summary,
    List<Map<String, @Nullable Object>> checks,
    List<String> next) {
  private static final String COMMAND = "reliability ";

  /** Control characters, and those that turn the direction of what follows. */
  private static final Pattern HIDDEN =
      Pattern.compile("[\\p{Cc}&&[^\n\t]]|[\\u202A-\\u202E\\u2066-\\u2069]");

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  /** Copies what it is given, in its order. */
  Report {
    lines = ImmutableList.copyOf(lines);
    summary = new LinkedHashMap<>(summary);
    checks = ImmutableList.copyOf(checks);
    next = ImmutableList.copyOf(next);
  }

  /** A report that judges nothing. */
  static Report of(String verb, List<String> lines, Map<String, @Nullable Object> summary) {
    return new Report(verb, ExitCode.OK, null, Map.of(), "", lines, summary, List.of(), List.of());
  }

  /** The same, with one entry for each thing that was looked at. */
  Report checks(List<Map<String, @Nullable Object>> more) {
    return new Report(verb, code, window, journal, verdict, lines, summary, more, next);
  }

  /** The same, with other lines for people. */
  Report lines(List<String> others) {
    return new Report(verb, code, window, journal, verdict, others, summary, checks, next);
  }

  /** The same, with what to do next: in words, or a command that begins with the tool's name. */
  Report next(String... more) {
    return new Report(verb, code, window, journal, verdict, lines, summary, checks, List.of(more));
  }

  /** The same, with what it takes to do so from here in each command of what to do next. */
  Report from(Common common) {
    String where = common.whereabouts();
    List<String> more =
        next.stream().map(line -> line.startsWith(COMMAND) ? line + where : line).toList();
    return new Report(verb, code, window, journal, verdict, lines, summary, checks, more);
  }

  /** The same, with a verdict. */
  Report verdict(ExitCode newCode, String word) {
    return new Report(verb, newCode, window, journal, word, lines, summary, checks, next);
  }

  /** The same, but something went wrong on the way. */
  Report failed(String line) {
    Map<String, @Nullable Object> entries = new LinkedHashMap<>(summary);
    entries.put("failure", line);
    return new Report(verb, code, window, journal, verdict, lines, entries, checks, next)
        .and(ExitCode.FAIL, line);
  }

  /** The same, with one more line and another way to end. */
  Report and(ExitCode newCode, String line) {
    List<String> more = new ArrayList<>(lines);
    more.add(line);
    return new Report(verb, newCode, window, journal, verdict, more, summary, checks, next);
  }

  /** The same, read off a journal. */
  Report of(Window newWindow, JournalFacts facts) {
    List<String> more = new ArrayList<>(lines);
    more.addAll(facts.lines());
    return new Report(verb, code, newWindow, facts.entry(), verdict, more, summary, checks, next);
  }

  /**
   * Prints the lines, and what to do next. What somebody wrote into a reason or a note cannot move
   * the cursor or look like a line of the report: it stands indented, without control characters.
   */
  void print(PrintWriter out) {
    lines.forEach(line -> out.print(shown(line) + "\n"));
    next.forEach(line -> out.print("next: " + shown(line) + "\n"));
  }

  private static String shown(String line) {
    String oneEnding = line.replace("\r\n", "\n").stripTrailing().replace("\n", "\n    ");
    return HIDDEN.matcher(oneEnding).replaceAll("?");
  }

  /**
   * The name of the JSON Schema that the document follows, such as {@code reliability.trace.v1}.
   */
  String schema() {
    return "reliability." + verb.replace(' ', '-') + ".v1";
  }

  /**
   * Writes the document.
   *
   * @throws IOException if it cannot be written there
   */
  void writeJson(Writer to, String tool, Instant now) throws IOException {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("schema", schema());
    document.put("tool", tool);
    document.put("verb", verb);
    document.put("generatedAt", now);
    document.put("window", window == null ? Map.of() : window);
    document.put("journal", journal);
    document.put("verdict", verdict);
    document.put("summary", summary);
    document.put("checks", checks);
    document.put("next", next);
    try (JsonGenerator out = JSON.createGenerator(to).useDefaultPrettyPrinter()) {
      Plain.write(out, document);
    }
    to.write('\n');
    to.flush();
  }
}
