package dev.reliability.core.lane;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a lane in which the same thing keeps failing, and has it looked into (requirements J1 to
 * J6).
 *
 * <p>A trip is written down before it is carried out, in steps that each may be repeated: counted
 * and marked, paused, remediated, marked as remediated. What a crash cut short is finished by
 * {@link #recover()}, which belongs into every start.
 *
 * <p>Blocks as long as the stores do. Thread-safe; several processes may share the stores.
 */
public final class LaneGuard {
  private static final Logger log = LoggerFactory.getLogger(LaneGuard.class);
  private static final String DOCUMENTS = "failures";
  private static final String LANE = "lane";

  /** Who pauses a lane when nobody in particular does. */
  public static final String BREAKER = "fingerprint-breaker";

  private final LeaseStore leases;
  private final StateStore state;
  private final EventBus bus;
  private final FingerprintBreaker breaker;
  private final RemediationHook hook;
  private final Map<String, LaneGate> gates = new ConcurrentHashMap<>();

  /** Guards lanes with {@code breaker}, and calls {@code hook} once a lane was paused. */
  public LaneGuard(
      LeaseStore leases,
      StateStore state,
      EventBus bus,
      FingerprintBreaker breaker,
      RemediationHook hook) {
    this.leases = Objects.requireNonNull(leases, "leases");
    this.state = Objects.requireNonNull(state, "state");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.breaker = Objects.requireNonNull(breaker, "breaker");
    this.hook = Objects.requireNonNull(hook, "hook");
  }

  /**
   * Counts a failure, and pauses the lane if it was one too many. The hook is then called on a
   * strand of its own: one that hangs delays nobody.
   *
   * @param id names the failure, such as a run's id: the same one counts once
   * @param reason in words; ids, numbers, paths and times in it do not matter
   * @return the lane as it is now
   * @throws IllegalArgumentException naming the lane if it can be no name: see {@link
   *     StoredText#checkedName}
   */
  public LaneView recordFailure(String lane, @Nullable String item, String id, String reason) {
    StoredText.checkedName("lane", lane);
    FailureFingerprint fingerprint = FailureFingerprint.of(lane, reason);
    String document = DocNaming.document(DOCUMENTS, lane);
    while (true) {
      LaneView view = look(lane);
      Optional<StateStore.Doc> doc = state.read(document);
      FailureWindow before = window(document, doc);
      FingerprintBreaker.Decision decision =
          breaker.decide(before, view.episode(), id, fingerprint, leases.now());
      if (decision.next().equals(before) || write(document, lane, doc, decision.next())) {
        if (!before.knows(id)) {
          bus.emit(
              new Subject(lane, item, null, 0, null),
              new LaneEvent.Failure(
                  id,
                  fingerprint.value(),
                  fingerprint.version(),
                  reason,
                  decision.count(),
                  breaker.threshold()));
        }
        return decision.trips() ? finishTrip(document, lane) : view;
      }
    }
  }

  /**
   * A gate that knows how the lane is now, and is shown it again whenever this guard looks at it.
   * There is one per lane and guard; it is kept as long as the guard.
   *
   * @param maxAge how long the gate believes what it saw; of the gate that is there already, if
   *     there is one, that one's stays
   * @throws IllegalArgumentException if {@code maxAge} is not positive
   */
  public LaneGate gate(String lane, Duration maxAge) {
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("maxAge: expected a positive duration, got " + maxAge);
    }
    StoredText.checkedName("lane", lane);
    LaneGate made = new LaneGate(bus.runtime().time(), maxAge);
    LaneGate known = gates.putIfAbsent(lane, made);
    look(lane);
    return known == null ? made : known;
  }

  /** Looks at a lane, and shows it to its gate. */
  public LaneView look(String lane) {
    return shown(lane, () -> leases.lane(lane));
  }

  private LaneView shown(String lane, Supplier<LaneView> ask) {
    LaneGate gate = gates.get(lane);
    long askedAt = gate == null ? 0 : gate.now();
    LaneView view = ask.get();
    if (gate != null) {
      gate.show(view, askedAt);
    }
    return view;
  }

  /** How many failures of this reason count in the lane now (requirement J6). */
  public int failureCount(String lane, String reason) {
    StoredText.checkedName("lane", lane);
    FailureFingerprint fingerprint = FailureFingerprint.of(lane, reason);
    String document = DocNaming.document(DOCUMENTS, lane);
    return window(document, state.read(document))
        .count(fingerprint.counted(), leases.lane(lane).episode(), leases.now(), breaker.window());
  }

  /** Pauses a lane by hand. One that is paused stays as it is. */
  public LaneView pause(String lane, String actor, String reason) {
    boolean before = leases.lane(lane).paused();
    LaneView after = shown(lane, () -> leases.pauseLane(lane, null, actor, reason));
    if (!before && after.paused()) {
      bus.emit(
          Subject.ofLane(lane).by(actor), new LaneEvent.Paused(after.episode(), textOf(after)));
    }
    return after;
  }

  /**
   * Resumes a lane in a new episode: what failed before counts no more. If the store does not
   * answer, look at the lane before asking again, or ask with the episode.
   */
  public LaneView resume(String lane, String actor, String reason) {
    return resume(lane, null, actor, reason, null);
  }

  /**
   * The same for the pause that somebody saw: asked again after an answer was lost, it does not
   * touch a later pause.
   *
   * @param episode the lane's when it was seen paused; in any other nothing is done
   */
  public LaneView resume(String lane, long episode, String actor, String reason) {
    return resume(lane, episode, actor, reason, null);
  }

  /**
   * Tries a paused lane out with one item: if it is completed the lane is resumed, if it is given
   * back the lane stays paused. A trial that is open or under way stays as it is.
   *
   * @param limit after this time another item may be tried, if nothing came of the first
   */
  public LaneView resumeWithTrial(String lane, String actor, String reason, Duration limit) {
    return resume(lane, null, actor, reason, Objects.requireNonNull(limit, "limit"));
  }

  private LaneView resume(
      String lane, @Nullable Long episode, String actor, String reason, @Nullable Duration trial) {
    LaneView before = leases.lane(lane);
    long seen = episode == null ? before.episode() : episode;
    LaneView after = shown(lane, () -> leases.resumeLane(lane, seen, actor, reason, trial));
    boolean done =
        trial == null
            ? before.paused() && before.episode() == seen && after.episode() > seen
            : before.trial() == LaneView.Trial.NONE && after.trial() != LaneView.Trial.NONE;
    if (done) {
      bus.emit(
          Subject.ofLane(lane).by(actor),
          new LaneEvent.Resumed(after.episode(), reason, trial != null));
    }
    return after;
  }

  /**
   * Finishes every trip that was cut short: pauses what was to be paused, and calls the hook for
   * what nobody was asked to look into.
   *
   * @return how many there were
   * @throws StoreException if one could not be read, after all the others were finished
   */
  public int recover() {
    int unfinished = 0;
    StoreException broken = null;
    for (String document : state.names(DOCUMENTS + "/")) {
      try {
        unfinished += recover(document) ? 1 : 0;
      } catch (StoreException e) {
        log.error("{} cannot be recovered; the other lanes are", document, e);
        broken = e;
      }
    }
    if (broken != null) {
      throw broken;
    }
    return unfinished;
  }

  private boolean recover(String document) {
    Optional<StateStore.Doc> doc = state.read(document);
    String lane = doc.map(d -> d.values().get(LANE)).orElse(null);
    if (doc.isEmpty()) {
      return false;
    }
    FailureWindow window = window(document, doc);
    if (lane == null || window.tripped() <= window.remediated()) {
      return false;
    }
    finishTrip(document, lane);
    return true;
  }

  // ---- a trip, from its mark on: every step may be taken twice ----

  private LaneView finishTrip(String document, String lane) {
    FailureWindow window = window(document, state.read(document));
    long episode = window.tripped();
    LaneView before = leases.lane(lane);
    LaneView after =
        shown(
            lane,
            () ->
                leases.pauseLane(
                    lane,
                    episode,
                    BREAKER,
                    StoredText.cleaned("the same failure again and again: " + window.trippedBy())));
    if (!before.paused() && after.paused()) {
      bus.emit(Subject.ofLane(lane).by(BREAKER), new LaneEvent.Paused(episode, textOf(after)));
    }
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "remediation of " + lane)
        .execute(() -> remediate(document, lane, episode, window.trippedBy()));
    return after;
  }

  private void remediate(String document, String lane, long episode, String fingerprint) {
    try {
      hook.remediate(lane, episode, fingerprint);
      Optional<StateStore.Doc> doc;
      do {
        doc = state.read(document);
      } while (!write(document, lane, doc, window(document, doc).remediated(episode)));
      bus.emit(Subject.ofLane(lane), new LaneEvent.Remediation(episode, true, null));
    } catch (Throwable e) {
      log.warn(
          "lane {}: remediation failed; it is tried again by the next start's recover()", lane, e);
      bus.emit(Subject.ofLane(lane), new LaneEvent.Remediation(episode, false, String.valueOf(e)));
    }
  }

  private boolean write(
      String document, String lane, Optional<StateStore.Doc> before, FailureWindow next) {
    Map<String, String> values = next.spell();
    values.put(LANE, lane);
    return state.write(
        document, before.map(StateStore.Doc::version).orElse(StateStore.NEW), values);
  }

  private static FailureWindow window(String document, Optional<StateStore.Doc> doc) {
    return doc.map(d -> FailureWindow.read(document, d.values())).orElse(FailureWindow.EMPTY);
  }

  private static String textOf(LaneView lane) {
    String reason = lane.reason();
    return reason == null ? "" : reason;
  }
}
