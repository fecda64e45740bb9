package dev.reliability.core.health;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.TimeSource;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts per criterion how often it failed, or was met, in a row, and keeps that in a state store
 * (requirements L1, L5).
 *
 * <p>An observation is one write, and it is told in {@code health.observed} after that; so after a
 * crash at any moment it is in the streak with all that belongs to it, or not at all, and may be
 * recorded again: the last 64 observations of a criterion are recognised by their ids, and change
 * nothing when they come again. An observation that is recorded again is not told again, also if
 * the crash came between the write and the event.
 *
 * <p>To look changes nothing. A document that cannot be read is a {@link StoreException} that names
 * it, never a criterion without failures; it stays so until somebody removes that document.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share a store: they share
 * the streaks of the criteria that they name alike, and need one clock, since only wall clocks tell
 * how far apart observations of two processes are.
 */
public final class FailureStreaks {
  private static final String DOCUMENTS = "streak";
  private static final int LONGEST = 1000;

  private final StateStore store;
  private final EventBus bus;
  private final TimeSource time;
  private final Ages ages;
  private final Map<String, Moments> moments = new ConcurrentHashMap<>(); // by document

  /** When this object recorded an observation, by the monotonic clock. */
  private record Moment(String id, long nanos) {}

  /** The last that counts, and the last of those that was a failure or a success. */
  private record Moments(@Nullable Moment counted, @Nullable Moment known) {
    private static final Moments NONE = new Moments(null, null);
  }

  /** Streaks in {@code store}, told to {@code bus}. */
  public FailureStreaks(StateStore store, EventBus bus) {
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.time = bus.runtime().time();
    this.ages = new Ages(time);
  }

  /**
   * Records an observation that counts however soon it comes after the last.
   *
   * @see #record(String, String, Observation.Outcome, String, String, Duration)
   */
  public Streak record(
      String criterion, String observationId, boolean ok, String value, @Nullable String detail) {
    return record(
        criterion, observationId, Observation.Outcome.of(ok), value, detail, Duration.ZERO);
  }

  /**
   * Records an observation.
   *
   * @param criterion a name as {@link StoredText#checkedName} has it
   * @param observationId names the observation: recorded again, it changes nothing
   * @param value what was seen; of this and of {@code detail} the first 1,000 characters are kept
   * @param detail more in words
   * @param spacing an observation that comes sooner after the last one that counts is kept as the
   *     last one, and does not count. By the monotonic clock if this object recorded that one;
   *     otherwise by the wall clock, where one that went back keeps nothing from counting
   * @return the streak as it is now
   * @throws IllegalArgumentException naming what cannot be recorded
   * @throws StoreException naming the document if it cannot be read; nothing is recorded then
   */
  public Streak record(
      String criterion,
      String observationId,
      Observation.Outcome outcome,
      String value,
      @Nullable String detail,
      Duration spacing) {
    String document = document(criterion);
    StoredText.checkedName("observation", observationId);
    if (spacing.isNegative()) {
      throw new IllegalArgumentException("spacing: expected not to be negative, got " + spacing);
    }
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      StreakDocument before = parsed(criterion, doc);
      if (before.knows(observationId)) {
        return before.streak();
      }
      long nanos = time.nanos();
      Observation observation =
          new Observation(
              observationId,
              outcome,
              kept(value),
              detail == null ? null : kept(detail),
              time.wall());
      Moments mine = moments.getOrDefault(document, Moments.NONE);
      Streak streak = before.streak();
      Duration apart = since(streak.counted(), mine.counted(), observation.at(), nanos);
      Duration lasting = since(streak.known(), mine.known(), observation.at(), nanos);
      boolean counts = apart == null || apart.isNegative() || apart.compareTo(spacing) >= 0;
      Ages.Age age = counts ? age(document, before) : null;
      StreakDocument next =
          counts
              ? before.with(
                  observation,
                  lasting == null || lasting.isNegative() ? Duration.ZERO : lasting,
                  age == null ? Duration.ZERO : age.duration())
              : before.noting(observation);
      if (store.write(
          document, doc.map(StateStore.Doc::version).orElse(StateStore.NEW), next.spell())) {
        if (counts) {
          Moment moment = new Moment(observationId, nanos);
          boolean known = outcome != Observation.Outcome.UNKNOWN;
          moments.put(document, new Moments(moment, known ? moment : mine.known()));
          age(document, next); // from here on by the monotonic clock
        }
        tell(next.streak(), observation, counts);
        return next.streak();
      }
    }
  }

  private void tell(Streak streak, Observation observation, boolean counts) {
    bus.emit(
        Subject.NONE,
        new HealthEvent.Observed(
            streak.criterion(),
            observation.id(),
            observation.outcome().wireName(),
            counts,
            observation.value(),
            observation.detail(),
            streak.failures(),
            streak.successes(),
            streak.unknowns()));
  }

  /** The time since an observation; null if there is none. */
  private static @Nullable Duration since(
      @Nullable Observation observation, @Nullable Moment mine, Instant wall, long nanos) {
    if (observation == null) {
      return null;
    }
    return mine != null && mine.id().equals(observation.id())
        ? Duration.ofNanos(nanos - mine.nanos())
        : Duration.between(observation.at(), wall);
  }

  /**
   * The streak of a criterion; one without anything in it if nothing was recorded yet.
   *
   * @throws StoreException naming the document if it cannot be read
   */
  public Streak streak(String criterion) {
    return parsed(criterion, store.read(document(criterion))).streak();
  }

  /**
   * A streak and how old it is.
   *
   * @param age of the last observation that counts and was a failure or a success; null if there is
   *     none
   */
  record Seen(Streak streak, Ages.@Nullable Age age) {}

  /** As {@link #streak}, with its age. Writes nothing. */
  Seen look(String criterion) {
    String document = document(criterion);
    StreakDocument doc = parsed(criterion, store.read(document));
    return new Seen(doc.streak(), age(document, doc));
  }

  /**
   * As {@link #look}, and notes beside a streak that it is older than {@code ttl}, so that a
   * restart makes it no younger.
   */
  Seen note(String criterion, Duration ttl) {
    String document = document(criterion);
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      StreakDocument before = parsed(criterion, doc);
      Ages.Age age = age(document, before);
      if (age == null
          || !isNews(age, before.mark(), ttl)
          || store.write(
              document,
              doc.orElseThrow().version(),
              before.with(age.asMark(time.wall())).spell())) {
        return new Seen(before.streak(), age);
      }
    }
  }

  private static boolean isNews(Ages.Age age, @Nullable AgeMark mark, Duration ttl) {
    boolean isOld = age.duration().compareTo(ttl) > 0;
    boolean wasOld = mark != null && mark.age().compareTo(ttl) > 0;
    return (isOld && !wasOld) || (age.ahead() && (mark == null || !mark.ahead()));
  }

  private Ages.@Nullable Age age(String document, StreakDocument doc) {
    Observation known = doc.streak().known();
    return known == null
        ? null
        : ages.of(document, known.at() + " " + known.id(), known.at(), doc.mark());
  }

  /**
   * All streaks, by the names of their documents.
   *
   * @throws StoreException naming the first document that cannot be read
   */
  public List<Streak> all() {
    return store.names(DOCUMENTS + "/").stream()
        .flatMap(name -> store.read(name).stream())
        .map(doc -> StreakDocument.read(doc).streak())
        .toList();
  }

  private static String document(String criterion) {
    return DocNaming.document(DOCUMENTS, StoredText.checkedName("criterion", criterion));
  }

  private static StreakDocument parsed(String criterion, Optional<StateStore.Doc> doc) {
    return doc.map(StreakDocument::read).orElseGet(() -> StreakDocument.none(criterion));
  }

  private static String kept(String text) {
    return StoredText.cleaned(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
  }
}
