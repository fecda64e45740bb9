package dev.reliability.core.gate;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoredText;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps what gates were judged to be. A judgement that is recorded twice counts once, and a crash
 * leaves a history as it was before or as it is after.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share a store.
 */
public final class GateLedger {
  private static final String DOCUMENTS = "gate";

  private final StateStore state;
  private final EventBus bus;

  /** Histories in {@code state}; judgements are told on {@code bus}. */
  public GateLedger(StateStore state, EventBus bus) {
    this.state = Objects.requireNonNull(state, "state");
    this.bus = Objects.requireNonNull(bus, "bus");
  }

  /**
   * Records a judgement, then tells it in {@code gate.judged}.
   *
   * @return the gate's history with it
   * @throws dev.reliability.core.store.StoreException if the store fails, or if the history that is
   *     there cannot be read: nothing is written over it
   */
  public GateHistory record(GateReport report) {
    String document = DocNaming.document(DOCUMENTS, report.gate());
    while (true) {
      Optional<StateStore.Doc> doc = state.read(document);
      GateHistory before = read(report.gate(), doc);
      GateHistory after = before.with(report);
      if (after == before) {
        return before;
      }
      long version = doc.map(StateStore.Doc::version).orElse(StateStore.NEW);
      if (state.write(document, version, after.spell())) {
        bus.emit(
            Subject.NONE,
            new GateEvent.Judged(
                report.gate(),
                report.id(),
                report.verdict().wireName(),
                report.configHash(),
                report.lines().stream().map(GateLine::text).toList()));
        return after;
      }
    }
  }

  /** The history of a gate; changes nothing. */
  public GateHistory history(String gate) {
    StoredText.checkedName("gate", gate);
    return read(gate, state.read(DocNaming.document(DOCUMENTS, gate)));
  }

  private static GateHistory read(String gate, Optional<StateStore.Doc> doc) {
    return doc.map(found -> GateHistory.read(found.name(), found.values()))
        .orElseGet(() -> GateHistory.none(gate));
  }
}
