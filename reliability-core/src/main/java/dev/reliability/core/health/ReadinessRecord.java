package dev.reliability.core.health;

import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the last evaluation of a gate came to, line by line, as a document: for whoever does not
 * have the gate itself, such as an operator's page in another process.
 */
final class ReadinessRecord {
  private static final String DOCUMENTS = "readiness-record";
  private static final int MOST_CHARACTERS = 1_000;

  private ReadinessRecord() {}

  /** Keeps it, unless somebody else has kept another one meanwhile. */
  static void keep(StateStore store, Readiness readiness) {
    String name = DocNaming.document(DOCUMENTS, readiness.gate());
    Optional<StateStore.Doc> before = store.read(name);
    store.write(name, before.map(StateStore.Doc::version).orElse(StateStore.NEW), spell(readiness));
  }

  /** Those of all gates, by name. */
  static List<Readiness> all(StateStore store) {
    List<Readiness> all = new ArrayList<>();
    for (String name : store.names(DOCUMENTS + "/")) {
      store.read(name).map(ReadinessRecord::read).ifPresent(all::add);
    }
    return List.copyOf(all);
  }

  private static Map<String, String> spell(Readiness readiness) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("gate", readiness.gate());
    values.put("verdict", readiness.verdict().name());
    values.put("at", readiness.at().toString());
    int i = 0;
    for (Readiness.Line line : readiness.lines()) {
      values.put("name" + i, line.name());
      values.put("verdict" + i, line.verdict().name());
      values.put("value" + i, cut(line.value()));
      values.put("threshold" + i, cut(line.threshold()));
      values.put("streak" + i, cut(line.streak()));
      Duration age = line.age();
      if (age != null) {
        values.put("age" + i, age.toString());
      }
      values.put("flapping" + i, Boolean.toString(line.flapping()));
      values.put("why" + i, cut(line.why()));
      values.put("nextChangeIf" + i, cut(line.nextChangeIf()));
      i++;
    }
    return values;
  }

  private static String cut(String words) {
    return words.length() <= MOST_CHARACTERS ? words : words.substring(0, MOST_CHARACTERS) + "...";
  }

  private static Readiness read(StateStore.Doc doc) {
    Map<String, String> values = doc.values();
    try {
      List<Readiness.Line> lines = new ArrayList<>();
      for (int i = 0; values.containsKey("name" + i); i++) {
        String age = values.get("age" + i);
        lines.add(
            new Readiness.Line(
                DocValues.text(values, "name" + i),
                GateVerdict.valueOf(DocValues.text(values, "verdict" + i)),
                DocValues.text(values, "value" + i),
                DocValues.text(values, "threshold" + i),
                DocValues.text(values, "streak" + i),
                age == null ? null : Duration.parse(age),
                Boolean.parseBoolean(values.get("flapping" + i)),
                DocValues.text(values, "why" + i),
                DocValues.text(values, "nextChangeIf" + i)));
      }
      return new Readiness(
          DocValues.text(values, "gate"),
          GateVerdict.valueOf(DocValues.text(values, "verdict")),
          Instant.parse(DocValues.text(values, "at")),
          lines);
    } catch (RuntimeException e) {
      throw new StoreException("document " + doc.name() + " is none of a gate: " + e, e);
    }
  }
}
