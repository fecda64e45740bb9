package dev.reliability.ops.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.common.collect.ImmutableList;
import dev.reliability.ops.analysis.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    Map<String, Object> journal,
    String verdict,
    List<String> lines,
    Map<String, Object> summary,
    List<Map<String, Object>> checks,
    List<String> next) {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String SCHEMA = "reliability.report.v1";

  /** Copies what it is given, in its order. */
  Report {
    lines = ImmutableList.copyOf(lines);
    summary = new LinkedHashMap<>(summary);
    checks = ImmutableList.copyOf(checks);
    next = ImmutableList.copyOf(next);
  }

  /** A report that judges nothing. */
  static Report of(String verb, List<String> lines, Map<String, Object> summary) {
    return new Report(verb, ExitCode.OK, null, Map.of(), "", lines, summary, List.of(), List.of());
  }

  /** The same, with one entry for each thing that was looked at. */
  Report checks(List<Map<String, Object>> more) {
    return new Report(verb, code, window, journal, verdict, lines, summary, more, next);
  }

  /** The same, with what to do next. */
  Report next(String... more) {
    return new Report(verb, code, window, journal, verdict, lines, summary, checks, List.of(more));
  }

  /** The same, with a verdict. */
  Report verdict(ExitCode newCode, String word) {
    return new Report(verb, newCode, window, journal, word, lines, summary, checks, next);
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

  /** The lines, and what to do next. */
  String text() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    next.forEach(line -> text.append("next: ").append(line).append('\n'));
    return text.toString();
  }

  /** The document. */
  String json(String tool, Instant now) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", SCHEMA);
    document.put("tool", tool);
    document.put("verb", verb);
    document.put("generatedAt", now.toString());
    document.put("window", window == null ? Map.of() : Plain.of(window));
    document.put("journal", Plain.plain(journal));
    document.put("verdict", verdict);
    document.put("summary", Plain.plain(summary));
    document.put("checks", Plain.plain(checks));
    document.put("next", next);
    try {
      return MAPPER.writeValueAsString(document) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report cannot be written as JSON", e);
    }
  }
}
