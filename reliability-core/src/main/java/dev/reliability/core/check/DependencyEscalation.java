package dev.reliability.core.check;

import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.Streak;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryListener;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes somebody when a dependency keeps failing (requirement N6): more than five failures in a row
 * are critical, which is told once, at the sixth, until the dependency recovers.
 *
 * <p>Counts in {@link FailureStreaks}, so it goes on counting over restarts, and an observation
 * that is recorded again changes nothing. That a dependency became critical is written down before
 * it is told ({@code health.dependency_critical}) and the hook is called; a hook that throws is
 * called again with each further failure, until it returned once. What a crash cut short there is
 * finished by the next failure, or by {@link #recover()}, which belongs into every start. The first
 * success after it is told in {@code health.dependency_recovered}.
 *
 * <p>The name of a dependency is shared by all processes on a store, whatever they mean by it: they
 * count in one streak, and one's success ends another's failures. Name the host in it where each
 * has its own.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share a store.
 */
public final class DependencyEscalation {
  private static final Logger log = LoggerFactory.getLogger(DependencyEscalation.class);
  private static final String DOCUMENTS = "escalation";
  private static final String CRITERION = "dependency:";
  private static final int LONGEST = 1000;

  /** More failures in a row than these are critical, by default. */
  public static final int DEFAULT_THRESHOLD = 5;

  private final FailureStreaks streaks;
  private final StateStore store;
  private final EventBus bus;
  private final int threshold;
  private final EscalationHook hook;

  /** Documents of which this object told that they are critical; and those it is telling of. */
  private final Set<String> announced = ConcurrentHashMap.newKeySet();

  private final Set<String> calling = ConcurrentHashMap.newKeySet();

  /** More than {@link #DEFAULT_THRESHOLD} failures in a row are critical. */
  public DependencyEscalation(StateStore store, EventBus bus, EscalationHook hook) {
    this(store, bus, DEFAULT_THRESHOLD, hook);
  }

  /**
   * An escalation that keeps its state in {@code store}.
   *
   * @param threshold more failures in a row than these are critical
   * @param hook what the host does then
   * @throws IllegalArgumentException if the threshold is negative
   */
  public DependencyEscalation(StateStore store, EventBus bus, int threshold, EscalationHook hook) {
    if (threshold < 0) {
      throw new IllegalArgumentException(
          "threshold: expected not to be negative, got " + threshold);
    }
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.hook = Objects.requireNonNull(hook, "hook");
    this.threshold = threshold;
    streaks = new FailureStreaks(store, bus);
  }

  /**
   * Records whether a dependency was there.
   *
   * @param dependency its name, as {@link StoredText#checkedName} has it; a little shorter than the
   *     longest
   * @param id names the observation: the same one counts once
   * @param why what was wrong, or what was seen; kept and told as it is
   * @return how often it has failed in a row now
   * @throws StoreException if what is stored cannot be read
   */
  public long record(String dependency, String id, boolean ok, String why) {
    String document = document(dependency);
    String kept = StoredText.cleaned(why.length() <= LONGEST ? why : why.substring(0, LONGEST));
    Streak streak =
        streaks.record(CRITERION + dependency, id, ok, ok ? "there" : "not there", kept);
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      EscalationState before =
          doc.map(EscalationState::read).orElseGet(() -> EscalationState.fine(dependency));
      EscalationState after = before.after(streak, threshold);
      if (after.equals(before)) {
        if (after.critical() && !after.told() && streak.failures() > 0) {
          tellCritical(document, after); // the hook threw, or a crash came before it
        }
        return streak.failures();
      } else if (write(document, doc, after)) {
        tell(document, before.failuresBefore(streak), after);
        return streak.failures();
      }
    }
  }

  /**
   * Whether a dependency is critical. Changes nothing.
   *
   * @throws StoreException if what is stored cannot be read
   */
  public boolean isCritical(String dependency) {
    return store.read(document(dependency)).map(EscalationState::read).stream()
        .anyMatch(EscalationState::critical);
  }

  /**
   * Records each attempt of a {@link dev.reliability.core.retry.Retry} as an observation of a
   * dependency, so that six failed attempts in a row are critical, of however many calls.
   *
   * @param masker takes secrets out of the errors
   */
  public RetryListener listener(String dependency, Masker masker) {
    document(dependency); // refuses a name that is none now, not later
    return new RetryListener() {
      @Override
      public void failed(RetryAttempt attempt, Throwable error) {
        record(dependency, attempt.id(), false, masker.head(String.valueOf(error), LONGEST));
      }

      @Override
      public void succeeded(RetryAttempt attempt) {
        record(dependency, attempt.id(), true, "");
      }
    };
  }

  /**
   * Tells again of each critical dependency of which the hook may not have been told, because of a
   * crash or because it threw.
   *
   * @return how many there are
   * @throws StoreException naming the first that cannot be read, after the others were told
   */
  public int recover() {
    int untold = 0;
    StoreException broken = null;
    for (String document : store.names(DOCUMENTS + "/")) {
      try {
        Optional<EscalationState> state = store.read(document).map(EscalationState::read);
        if (state.isPresent() && !state.get().told()) {
          untold++;
          tellCritical(document, state.get());
        }
      } catch (StoreException e) {
        log.error("{} cannot be recovered; the others are", document, e);
        broken = broken == null ? e : broken;
      }
    }
    if (broken != null) {
      throw broken;
    }
    return untold;
  }

  // ---- after the commit ----

  private void tell(String document, int failuresBefore, EscalationState after) {
    String dependency = after.dependency();
    if (after.critical()) {
      tellCritical(document, after);
    } else {
      announced.remove(document);
      bus.emit(Subject.NONE, new DependencyEvent.Recovered(dependency, failuresBefore));
      log.info("dependency {} is there again", dependency);
      onDelivery(dependency, () -> hook.recovered(dependency));
    }
  }

  private void tellCritical(String document, EscalationState state) {
    if (announced.add(document)) {
      bus.emit(
          Subject.NONE,
          new DependencyEvent.Critical(
              state.dependency(), state.failures(), threshold, state.why()));
      log.error(
          "CRITICAL: dependency {} failed {} times in a row: {}",
          state.dependency(),
          state.failures(),
          state.why());
    }
    if (!calling.add(document)) {
      return; // it has not returned yet
    }
    try {
      onDelivery(
          state.dependency(),
          () -> {
            try {
              hook.critical(state.dependency(), state.failures(), state.why());
              markTold(document, state);
            } finally {
              calling.remove(document);
            }
          });
    } catch (RejectedExecutionException closed) {
      calling.remove(document);
      throw closed;
    }
  }

  private void markTold(String document, EscalationState told) {
    while (true) {
      Optional<StateStore.Doc> doc = store.read(document);
      if (doc.isEmpty()
          || !EscalationState.read(doc.get()).equals(told) // it recovered meanwhile
          || write(document, doc, told.whenTold())) {
        return;
      }
    }
  }

  private void onDelivery(String dependency, Runnable call) {
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "escalation of " + dependency)
        .execute(
            () -> {
              try {
                call.run();
              } catch (Throwable e) {
                log.warn("dependency {}: the escalation's hook failed", dependency, e);
              }
            });
  }

  private boolean write(String document, Optional<StateStore.Doc> before, EscalationState next) {
    return store.write(
        document, before.map(StateStore.Doc::version).orElse(StateStore.NEW), next.spell());
  }

  /**
   * Refuses a name under which nothing could be recorded.
   *
   * @throws IllegalArgumentException naming it
   */
  static String document(String dependency) {
    StoredText.checkedName("dependency", CRITERION + dependency);
    return DocNaming.document(DOCUMENTS, StoredText.checkedName("dependency", dependency));
  }
}
