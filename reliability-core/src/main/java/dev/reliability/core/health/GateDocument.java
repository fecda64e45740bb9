package dev.reliability.core.health;

import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluator remembers of a gate. Immutable; a document of the state store holds it.
 *
 * @param verdict the last one; null if there was none
 * @param told the last one that was told; null if there was none
 * @param lapses the last stale publication that had objected, by the name of its signal
 */
record GateDocument(
    @Nullable GateVerdict verdict, @Nullable GateVerdict told, Map<String, Lapse> lapses) {
  static final GateDocument EMPTY = new GateDocument(null, null, Map.of());

  /**
   * That an objection became stale.
   *
   * @param publication which one
   * @param known the last observation of each criterion at that time
   */
  record Lapse(String publication, Map<String, String> known) {
    Lapse {
      known = Map.copyOf(known);
    }
  }

  GateDocument {
    lapses = Map.copyOf(lapses);
  }

  @Nullable Map<String, String> lapsed(String signal, String publication) {
    Lapse lapse = lapses.get(signal);
    return lapse != null && lapse.publication().equals(publication) ? lapse.known() : null;
  }

  GateDocument judged(GateVerdict next) {
    return new GateDocument(next, told, lapses);
  }

  GateDocument tellingOf(GateVerdict next) {
    return new GateDocument(verdict, next, lapses);
  }

  /** With an objection that became stale; a GO of before it is none any more. */
  GateDocument with(String signal, Lapse lapse) {
    Map<String, Lapse> next = new LinkedHashMap<>(lapses);
    next.put(signal, lapse);
    return new GateDocument(
        verdict == GateVerdict.GO ? GateVerdict.INCONCLUSIVE : verdict, told, next);
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    if (verdict != null) {
      values.put("verdict", verdict.name());
    }
    if (told != null) {
      values.put("told", told.name());
    }
    int i = 0;
    for (Map.Entry<String, Lapse> lapse : lapses.entrySet()) {
      values.put("lapsed" + i, lapse.getKey());
      values.put("publication" + i, lapse.getValue().publication());
      int k = 0;
      for (Map.Entry<String, String> known : lapse.getValue().known().entrySet()) {
        values.put("criterion" + i + "_" + k, known.getKey());
        values.put("known" + i + "_" + k++, known.getValue());
      }
      i++;
    }
    return values;
  }

  /**
   * Reads a document.
   *
   * @throws StoreException naming it if it is none of a gate
   */
  static GateDocument read(StateStore.Doc doc) {
    Map<String, String> values = doc.values();
    try {
      Map<String, Lapse> lapses = new LinkedHashMap<>();
      for (int i = 0; values.containsKey("lapsed" + i); i++) {
        Map<String, String> known = new LinkedHashMap<>();
        for (int k = 0; values.containsKey("criterion" + i + "_" + k); k++) {
          known.put(
              DocValues.text(values, "criterion" + i + "_" + k),
              DocValues.text(values, "known" + i + "_" + k));
        }
        lapses.put(
            DocValues.text(values, "lapsed" + i),
            new Lapse(DocValues.text(values, "publication" + i), known));
      }
      return new GateDocument(verdict(values, "verdict"), verdict(values, "told"), lapses);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new StoreException("document " + doc.name() + " is none of a gate: " + e, e);
    }
  }

  private static @Nullable GateVerdict verdict(Map<String, String> values, String key) {
    String name = values.get(key);
    return name == null ? null : GateVerdict.valueOf(name);
  }
}
