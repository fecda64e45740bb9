package dev.reliability.core.incident;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.store.DocValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an incident stands, and how it came to that (requirement H3). Immutable.
 *
 * @param id such as {@code inc-7}
 * @param fingerprint what it is recognised by when it happens again
 * @param requirements what it takes to close it
 * @param occurrence the last occurrence that was told of; empty if none was
 * @param occurrences how many were told of
 * @param changes from the first on, which opened it
 */
public record Incident(
    String id,
    String fingerprint,
    ClosureRequirements requirements,
    String occurrence,
    long occurrences,
    List<Change> changes) {

  /** Copies {@code changes}. */
  public Incident {
    changes = ImmutableList.copyOf(changes);
    if (changes.isEmpty()) {
      throw new IllegalArgumentException("changes: expected at least one, got none");
    }
  }

  /** How it stands. */
  public enum Status {
    /** It is not known to be over. */
    OPEN,
    /** It was closed, with evidence. */
    RESOLVED;

    /** The spelling that leaves the process, such as {@code open}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What it is about, in words. */
  public String title() {
    return changes.get(0).text();
  }

  /** How it stands. */
  public Status status() {
    Change last = lastExcept(Change.Kind.FIX_MARKED);
    return last.kind() == Change.Kind.RESOLVED ? Status.RESOLVED : Status.OPEN;
  }

  /** When it was opened, or opened again, last. */
  public Change opened() {
    Change opened = changes.get(0);
    for (Change change : changes) {
      if (change.kind() == Change.Kind.REOPENED || change.kind() == Change.Kind.RECURRED) {
        opened = change;
      }
    }
    return opened;
  }

  /** The last fix since it was opened last; null if there was none. */
  public @Nullable Change fix() {
    Change fix = null;
    for (Change change : changes) {
      switch (change.kind()) {
        case FIX_MARKED -> fix = change;
        case OPENED, REOPENED, RECURRED -> fix = null;
        case RESOLVED -> {}
      }
    }
    return fix;
  }

  /** How it was closed last; null if it is open. */
  public @Nullable Change resolution() {
    return status() == Status.OPEN ? null : lastExcept(Change.Kind.FIX_MARKED);
  }

  private Change lastExcept(Change.Kind kind) {
    Change last = changes.get(0);
    for (Change change : changes) {
      if (change.kind() != kind) {
        last = change;
      }
    }
    return last;
  }

  Incident with(Change change) {
    return new Incident(
        id,
        fingerprint,
        requirements,
        occurrence,
        occurrences,
        ImmutableList.<Change>builder().addAll(changes).add(change).build());
  }

  /** One more occurrence. */
  Incident occurred(String newOccurrence) {
    return new Incident(id, fingerprint, requirements, newOccurrence, occurrences + 1, changes);
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("id", id);
    values.put("status", status().wireName()); // for whoever reads the document; derived
    values.put("fingerprint", fingerprint);
    values.put("occurrence", occurrence);
    values.put("occurrences", Long.toString(occurrences));
    requirements.spell(values);
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      values.put("kind" + i, change.kind().wireName());
      values.put("at" + i, change.at().toString());
      values.put("by" + i, change.by());
      values.put("text" + i, change.text());
      values.put("lines" + i, String.join("\n", change.lines()));
      StringBuilder marks = new StringBuilder();
      change
          .marks()
          .forEach((name, mark) -> marks.append(mark).append(' ').append(name).append('\n'));
      values.put("marks" + i, marks.toString());
    }
    return values;
  }

  static Incident read(String document, Map<String, String> values) {
    return DocValues.read(document, "incident", values, Incident::parse);
  }

  private static Incident parse(Map<String, String> values) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; values.containsKey("kind" + i); i++) {
      String lines = DocValues.text(values, "lines" + i);
      changes.add(
          new Change(
              Change.Kind.fromWireName(DocValues.text(values, "kind" + i)),
              DocValues.time(values, "at" + i),
              DocValues.text(values, "by" + i),
              DocValues.text(values, "text" + i),
              lines.isEmpty() ? List.of() : List.of(lines.split("\n", -1)),
              marks(DocValues.text(values, "marks" + i))));
    }
    return new Incident(
        DocValues.text(values, "id"),
        DocValues.text(values, "fingerprint"),
        ClosureRequirements.read(values),
        DocValues.text(values, "occurrence"),
        DocValues.number(values, "occurrences"),
        changes);
  }

  private static Map<String, Long> marks(String text) {
    Map<String, Long> marks = new LinkedHashMap<>();
    text.lines()
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              marks.put(line.substring(blank + 1), Long.parseLong(line.substring(0, blank)));
            });
    return marks;
  }
}
