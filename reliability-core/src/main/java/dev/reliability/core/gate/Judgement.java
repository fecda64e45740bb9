package dev.reliability.core.gate;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.reconcile.Reconciliation;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One judgement of worker connectivity, from the prerequisites to its record. */
final class Judgement {
  private static final Duration STORE_LIMIT = Duration.ofMinutes(1);

  private final ConnectivityGate.Settings settings;
  private final GateLedger ledger;
  private final EventBus bus;
  private final ReliabilityRuntime runtime;

  Judgement(ConnectivityGate.Settings settings, GateLedger ledger) {
    this.settings = settings;
    this.ledger = ledger;
    bus = settings.bus();
    runtime = bus.runtime();
  }

  /** The stale records, or why nobody can say. */
  private record Stale(@Nullable Reconciliation found, String trouble) {}

  CompletableFuture<GateReport> begin() {
    return prerequisites()
        .thenCompose(
            lines ->
                probes(lines)
                    .thenCompose(done -> stale())
                    .thenCompose(stale -> store("judge", () -> judge(lines, stale))));
  }

  // ---- prerequisites ----

  private CompletableFuture<List<GateLine>> prerequisites() {
    List<CompletableFuture<List<GateLine>>> parts = new ArrayList<>();
    settings.prerequisites().forEach((what, lines) -> parts.add(prerequisite(what, lines)));
    return all(parts)
        .thenApply(done -> parts.stream().flatMap(part -> part.join().stream()).toList());
  }

  private CompletableFuture<List<GateLine>> prerequisite(
      String what, Supplier<? extends CompletionStage<List<GateLine>>> lines) {
    return Within.limit(
            runtime, Strand.Kind.IO, "gate " + what, settings.prerequisiteLimit(), lines)
        .handle(
            (found, error) -> {
              if (error != null) {
                return List.of(GateLine.inconclusive(what, Within.words(error)));
              }
              return found == null || found.isEmpty() || found.stream().anyMatch(Objects::isNull)
                  ? List.of(GateLine.inconclusive(what, "it said nothing"))
                  : List.copyOf(found);
            });
  }

  // ---- probes ----

  private CompletableFuture<Void> probes(List<GateLine> prerequisites) {
    if (prerequisites.stream().anyMatch(line -> line.verdict() == GateVerdict.NO_GO)) {
      return CompletableFuture.completedFuture(null); // the latest probes are judged as they are
    }
    List<CompletableFuture<Void>> probes = new ArrayList<>();
    settings.probes().forEach((lane, probe) -> probes.add(probe(lane, probe)));
    return all(probes);
  }

  private CompletableFuture<Void> probe(String lane, LaneProbe probe) {
    ProbeRun began = ProbeRun.began(bus.newId(), lane, wall(), bus.epoch(), nanos());
    return store("probe " + lane, () -> write(began, latest -> false)) // if none was made yet
        .thenCompose(
            written ->
                Within.<RunOutcome>limit(
                    runtime,
                    Strand.Kind.DELIVERY,
                    "probe of " + lane,
                    settings.probeLimit(),
                    () -> probe.probe(lane)))
        .handle((outcome, error) -> ended(began, outcome, error))
        .thenCompose(
            ended -> store("probe " + lane, () -> write(ended, latest -> isOlder(latest, ended))))
        .thenApply(done -> null);
  }

  private ProbeRun ended(ProbeRun began, @Nullable RunOutcome outcome, @Nullable Throwable error) {
    if (error != null) {
      return began.notRun(Within.words(error), wall(), nanos());
    }
    return outcome == null
        ? began.notRun("it gave no outcome", wall(), nanos())
        : began.ended(outcome, wall(), nanos());
  }

  private Boolean write(ProbeRun probe, Function<ProbeRun, Boolean> mayReplace) {
    String document = document(probe.lane());
    while (true) {
      Optional<StateStore.Doc> doc = settings.state().read(document);
      if (doc.isPresent() && !mayReplace.apply(ProbeRun.read(document, doc.get().values()))) {
        return false;
      }
      long version = doc.map(StateStore.Doc::version).orElse(StateStore.NEW);
      if (settings.state().write(document, version, probe.spell())) {
        return true;
      }
    }
  }

  /** Of those that several processes make, the one that ended last is the latest. */
  private static boolean isOlder(ProbeRun latest, ProbeRun ended) {
    return latest.endedAt() == null
        || latest.epoch().equals(ended.epoch())
        || !latest.endedAt().isAfter(Objects.requireNonNull(ended.endedAt()));
  }

  private String document(String lane) {
    return DocNaming.document("gate-probe", settings.name(), lane);
  }

  // ---- stale records ----

  private CompletableFuture<Stale> stale() {
    return Within.<Reconciliation>limit(
            runtime,
            Strand.Kind.IO,
            "gate reconcile",
            settings.prerequisiteLimit(),
            () ->
                settings.reconciler().selfTest()
                    ? settings.reconciler().reconcile()
                    : CompletableFuture.failedFuture(
                        new IllegalStateException("the detector failed its self-test")))
        .handle(
            (found, error) ->
                error == null ? new Stale(found, "") : new Stale(null, Within.words(error)));
  }

  // ---- the judgement ----

  private GateReport judge(List<GateLine> prerequisites, Stale stale) {
    Map<String, ProbeRun> probes = new LinkedHashMap<>();
    for (String lane : settings.lanes()) {
      String document = document(lane);
      settings
          .state()
          .read(document)
          .ifPresent(doc -> probes.put(lane, ProbeRun.read(document, doc.values())));
    }
    GateReport report =
        GateReport.of(
            bus,
            settings.name(),
            settings.configHash(),
            ConnectivityRules.judge(
                new ConnectivityRules.Facts(
                    prerequisites,
                    List.copyOf(settings.lanes()),
                    probes,
                    stale.found(),
                    stale.trouble(),
                    settings.othersLive(),
                    wall(),
                    bus.epoch(),
                    nanos(),
                    settings.freshness(),
                    settings.success())));
    ledger.record(report);
    return report;
  }

  // ---- helpers ----

  private <T> CompletableFuture<T> store(String what, Supplier<T> step) {
    return Within.limit(
        runtime,
        Strand.Kind.IO,
        "gate " + what,
        STORE_LIMIT,
        () -> CompletableFuture.completedFuture(step.get()));
  }

  private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> parts) {
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
  }

  private Instant wall() {
    return runtime.time().wall();
  }

  private long nanos() {
    return runtime.time().nanos();
  }
}
