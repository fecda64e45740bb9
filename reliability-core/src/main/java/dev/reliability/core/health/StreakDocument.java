package dev.reliability.core.health;

import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A streak with what is needed to keep it: the ids of the observations that are in it. Immutable; a
 * document of the state store holds it.
 *
 * @param ids of the last observations, oldest first: at most {@link #MOST_IDS}
 * @param mark how old the last known observation was found to be; null if nobody noted it
 */
record StreakDocument(Streak streak, List<String> ids, @Nullable AgeMark mark) {
  /** How many observations are recognised when they are recorded again. */
  static final int MOST_IDS = 64;

  StreakDocument {
    ids = List.copyOf(ids);
  }

  static StreakDocument none(String criterion) {
    return new StreakDocument(Streak.none(criterion), List.of(), null);
  }

  boolean knows(String id) {
    return ids.contains(id);
  }

  /** With one that came too early to count. */
  StreakDocument noting(Observation observation) {
    return new StreakDocument(streak.noting(observation), idsWith(observation.id()), mark);
  }

  /** With one that counts; {@code gap} and {@code unseen} as in {@link Streak#with}. */
  StreakDocument with(Observation observation, Duration gap, Duration unseen) {
    Streak next = streak.with(observation, gap, unseen);
    boolean news = !Objects.equals(next.known(), streak.known());
    return new StreakDocument(next, idsWith(observation.id()), news ? null : mark);
  }

  StreakDocument with(AgeMark next) {
    return new StreakDocument(streak, ids, next);
  }

  private List<String> idsWith(String id) {
    List<String> next = new ArrayList<>(ids);
    next.add(id);
    return next.subList(Math.max(0, next.size() - MOST_IDS), next.size());
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("criterion", streak.criterion());
    values.put("unknowns", Long.toString(streak.unknowns()));
    for (int i = 0; i < streak.phases().size(); i++) {
      Streak.Phase phase = streak.phases().get(i);
      values.put("ok" + i, Boolean.toString(phase.ok()));
      values.put("count" + i, Long.toString(phase.count()));
      values.put("since" + i, phase.since().toString());
      values.put("until" + i, phase.until().toString());
      values.put("lasted" + i, phase.lasted().toString());
      values.put("unseen" + i, phase.unseen().toString());
    }
    spell(values, "last", streak.last());
    spell(values, "counted", streak.counted());
    spell(values, "known", streak.known());
    for (int i = 0; i < ids.size(); i++) {
      values.put("id" + i, ids.get(i));
    }
    AgeMark.spell(values, mark);
    return values;
  }

  private static void spell(Map<String, String> values, String what, @Nullable Observation one) {
    if (one == null) {
      return;
    }
    values.put(what + "_id", one.id());
    values.put(what + "_outcome", one.outcome().name());
    values.put(what + "_value", one.value());
    if (one.detail() != null) {
      values.put(what + "_detail", one.detail());
    }
    values.put(what + "_at", one.at().toString());
  }

  /**
   * Reads a document.
   *
   * @throws StoreException naming it if it is no streak
   */
  static StreakDocument read(StateStore.Doc doc) {
    Map<String, String> values = doc.values();
    try {
      List<Streak.Phase> phases = new ArrayList<>();
      for (int i = 0; values.containsKey("ok" + i); i++) {
        phases.add(
            new Streak.Phase(
                flag(values, "ok" + i),
                DocValues.number(values, "count" + i),
                DocValues.time(values, "since" + i),
                DocValues.time(values, "until" + i),
                Duration.parse(DocValues.text(values, "lasted" + i)),
                unseen(values, i)));
      }
      List<String> ids = new ArrayList<>();
      for (int i = 0; values.containsKey("id" + i); i++) {
        ids.add(DocValues.text(values, "id" + i));
      }
      Streak streak =
          new Streak(
              DocValues.text(values, "criterion"),
              phases,
              DocValues.number(values, "unknowns"),
              observation(values, "last"),
              observation(values, "counted"),
              observation(values, "known"));
      return new StreakDocument(streak, ids, AgeMark.read(values));
    } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
      throw new StoreException("document " + doc.name() + " is no streak: " + e, e);
    }
  }

  private static @Nullable Observation observation(Map<String, String> values, String what) {
    return values.containsKey(what + "_id")
        ? new Observation(
            DocValues.text(values, what + "_id"),
            Observation.Outcome.valueOf(DocValues.text(values, what + "_outcome")),
            DocValues.text(values, what + "_value"),
            values.get(what + "_detail"),
            DocValues.time(values, what + "_at"))
        : null;
  }

  /** One that was written without it: what the wall clock says. */
  private static Duration unseen(Map<String, String> values, int i) {
    String text = values.get("unseen" + i);
    if (text != null) {
      return Duration.parse(text);
    }
    return i == 0
        ? Duration.ZERO
        : Duration.between(
            DocValues.time(values, "until" + (i - 1)), DocValues.time(values, "since" + i));
  }

  private static boolean flag(Map<String, String> values, String key) {
    String text = DocValues.text(values, key);
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(key + ": expected true or false, got \"" + text + "\"");
    }
    return text.equals("true");
  }
}
