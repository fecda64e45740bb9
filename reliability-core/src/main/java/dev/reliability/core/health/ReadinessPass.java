package dev.reliability.core.health;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.health.ReadinessFacts.CriterionFact;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at the criteria of a gate: notes what became stale, asks, records, judges. The store is
 * used on a strand of its own, and each probe is called on one.
 */
final class ReadinessPass {
  private static final Logger log = LoggerFactory.getLogger(ReadinessEvaluator.class);

  private final ReadinessEvaluator evaluator;
  private final EventBus bus;
  private final Runnable release;
  private final Strand control;
  private final Strand io;
  private final CompletableFuture<Readiness> result = new CompletableFuture<>();

  // on the control strand
  private final Map<Asked, Probe.Answer> answers = new LinkedHashMap<>();

  /** A probe, and whether a call of it is under way. */
  static final class Asked {
    private final Criterion criterion;
    private final Probe probe;
    private final AtomicBoolean busy = new AtomicBoolean();

    Asked(Criterion criterion, Probe probe) {
      this.criterion = criterion;
      this.probe = probe;
    }
  }

  /**
   * A look that has not begun.
   *
   * @param release called when it is over
   */
  ReadinessPass(ReadinessEvaluator evaluator, Runnable release) {
    this.evaluator = evaluator;
    this.bus = evaluator.bus();
    this.release = release;
    String label = "readiness " + evaluator.gate().name();
    control = bus.runtime().strand(Strand.Kind.CONTROL, label);
    io = bus.runtime().strand(Strand.Kind.IO, label);
  }

  CompletableFuture<Readiness> result() {
    return result;
  }

  void begin() {
    step(
        io,
        () -> {
          evaluator.gate().vetoes().forEach(this::note);
          closeWhatLapsed();
          step(control, this::ask);
        });
  }

  /** Runs a part of it; whatever that throws ends it. */
  private void step(Strand strand, Runnable part) {
    try {
      strand.execute(
          () -> {
            try {
              part.run();
            } catch (RuntimeException | Error e) {
              fail(e);
            }
          });
    } catch (RejectedExecutionException closed) {
      fail(closed);
    }
  }

  private void fail(Throwable why) {
    release.run();
    result.completeExceptionally(why);
  }

  // ---- before anybody is asked ----

  private <T> void note(Veto<T> veto) {
    boolean objected;
    String publication;
    try {
      Reading<T> reading = evaluator.signals().note(veto.type());
      if (!(reading instanceof Reading.Stale<T> stale)) {
        return;
      }
      objected = veto.objects().test(stale.signal().value());
      publication = stale.signal().id();
    } catch (RuntimeException | Error e) {
      log.warn("signal {} could not be noted: {}", veto.type(), e.toString()); // its line says so
      return;
    }
    if (objected) {
      lapse(veto.type().name(), publication);
    }
  }

  /** A GO that became none while nobody evaluated is not one that a failure may keep. */
  private void closeWhatLapsed() {
    GateDocument document = evaluator.reader().gateDocument();
    if (document.verdict() == GateVerdict.GO) {
      GateVerdict now = evaluator.reader().looked(document).verdict();
      update(before -> before.verdict() == GateVerdict.GO ? before.judged(now) : before);
    }
  }

  /** Whoever kept the gate shut has no say any more: from here on all must be observed anew. */
  private void lapse(String signal, String publication) {
    if (evaluator.reader().gateDocument().lapsed(signal, publication) != null) {
      return;
    }
    Map<String, String> known = new LinkedHashMap<>();
    for (CriterionFact fact : evaluator.reader().criteria()) {
      if (fact.seen() == null) {
        return; // nothing can be told from what cannot be read: next time
      }
      known.put(fact.criterion().name(), fact.known());
    }
    GateDocument.Lapse lapse = new GateDocument.Lapse(publication, known);
    update(
        before -> before.lapsed(signal, publication) == null ? before.with(signal, lapse) : before);
  }

  // ---- asking ----

  private void ask() {
    for (Asked asked : evaluator.probes()) {
      if (asked.busy.compareAndSet(false, true)) {
        call(asked);
      } else {
        answered(
            asked, Probe.Answer.unknown("the probe hangs", "an earlier call is still under way"));
      }
    }
    if (evaluator.probes().isEmpty()) {
      finishWith();
    }
  }

  private void call(Asked asked) {
    long timer =
        bus.runtime()
            .scheduler()
            .schedule(
                control,
                evaluator.limitNanos(),
                () ->
                    answered(
                        asked,
                        Probe.Answer.unknown(
                            "the probe hangs",
                            "no answer within " + Duration.ofNanos(evaluator.limitNanos()))));
    bus.runtime()
        .strand(Strand.Kind.DELIVERY, "probe of " + asked.criterion.name())
        .execute(
            () -> {
              try {
                asked
                    .probe
                    .look()
                    .whenComplete((answer, error) -> came(asked, timer, answer, error));
              } catch (Throwable e) {
                came(asked, timer, null, e);
              }
            });
  }

  private void came(
      Asked asked, long timer, Probe.@Nullable Answer answer, @Nullable Throwable error) {
    asked.busy.set(false);
    Scheduler scheduler = bus.runtime().scheduler();
    Probe.Answer said =
        answer == null
            ? Probe.Answer.unknown(
                "the probe failed", error == null ? "it answered null" : String.valueOf(error))
            : answer;
    step(
        control,
        () -> {
          scheduler.cancel(timer);
          answered(asked, said);
        });
  }

  private void answered(Asked asked, Probe.Answer answer) {
    if (answers.putIfAbsent(asked, answer) == null && answers.size() == evaluator.probes().size()) {
      finishWith();
    }
  }

  private void finishWith() {
    Map<Asked, Probe.Answer> all = new LinkedHashMap<>(answers);
    step(io, () -> finish(all));
  }

  // ---- afterwards ----

  private void finish(Map<Asked, Probe.Answer> all) {
    all.forEach(this::record);
    GateDocument document = evaluator.reader().gateDocument();
    Readiness readiness =
        evaluator
            .reader()
            .judged(document, one -> evaluator.streaks().note(one.name(), one.ttl()), true);
    GateVerdict verdict = readiness.verdict();
    document = update(before -> before.judged(verdict));
    if (document.told() != verdict) {
      GateVerdict told = document.told();
      bus.emit(
          Subject.NONE,
          new HealthEvent.Verdict(
              readiness.gate(),
              verdict.wireName(),
              told == null ? null : told.wireName(),
              readiness.reasons()));
      update(before -> before.tellingOf(verdict));
    }
    keep(readiness);
    release.run();
    step(
        bus.runtime().strand(Strand.Kind.DELIVERY, "readiness of " + readiness.gate()),
        () -> result.complete(readiness));
  }

  /** For those who only look: that it cannot be kept changes no verdict. */
  private void keep(Readiness readiness) {
    try {
      ReadinessRecord.keep(evaluator.store(), readiness);
    } catch (RuntimeException e) {
      log.warn("how gate {} stands could not be kept: {}", readiness.gate(), e.toString());
    }
  }

  private void record(Asked asked, Probe.Answer answer) {
    try {
      evaluator
          .streaks()
          .record(
              asked.criterion.name(),
              bus.newId(),
              answer.outcome(),
              answer.value(),
              answer.detail(),
              asked.criterion.spacing());
    } catch (RuntimeException e) {
      log.warn("{} could not be recorded: {}", asked.criterion.name(), e.toString());
    }
  }

  /** Changes what is remembered of the gate; writes nothing if that changes nothing. */
  private GateDocument update(UnaryOperator<GateDocument> change) {
    while (true) {
      Optional<StateStore.Doc> doc = evaluator.reader().read();
      GateDocument before = doc.map(GateDocument::read).orElse(GateDocument.EMPTY);
      GateDocument next = change.apply(before);
      if (next.equals(before)
          || evaluator
              .store()
              .write(
                  evaluator.reader().document(),
                  doc.map(StateStore.Doc::version).orElse(StateStore.NEW),
                  next.spell())) {
        return next;
      }
    }
  }
}
