package dev.reliability.core.health;

import dev.reliability.core.health.ReadinessFacts.CriterionFact;
import dev.reliability.core.health.ReadinessFacts.VetoFact;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How a gate stands, for whoever only wants to know: reads streaks and signals, asks nobody, and
 * changes nothing, however often it is called. Blocks as long as the store does. Thread-safe.
 */
public final class ReadinessView {
  private static final String DOCUMENTS = "readiness";

  private final ReadinessGate gate;
  private final StateStore store;
  private final FailureStreaks streaks;
  private final Signals signals;
  private final Supplier<Instant> wall;

  /**
   * A view of {@code gate}.
   *
   * @param store where its evaluator keeps what it remembers
   */
  public ReadinessView(
      ReadinessGate gate, StateStore store, FailureStreaks streaks, Signals signals) {
    this.gate = Objects.requireNonNull(gate, "gate");
    this.store = Objects.requireNonNull(store, "store");
    this.streaks = Objects.requireNonNull(streaks, "streaks");
    this.signals = Objects.requireNonNull(signals, "signals");
    this.wall = signals::now;
  }

  /**
   * How the gate stands now. A streak or a signal that cannot be read is a line that says so. Never
   * GO unless the last evaluation was: to look opens nothing.
   *
   * @throws StoreException naming the document of the gate if that cannot be read
   */
  public Readiness view() {
    return looked(gateDocument());
  }

  /**
   * The verdicts of the last evaluations of all gates in a store, by the name that their documents
   * have. How a gate stands now only a view of it can say: what is here may be long ago. Changes
   * nothing.
   *
   * @throws StoreException naming a document that cannot be read
   */
  public static SortedMap<String, GateVerdict> lastVerdicts(StateStore store) {
    SortedMap<String, GateVerdict> verdicts = new TreeMap<>();
    for (String name : store.names(DOCUMENTS + "/")) {
      store
          .read(name)
          .map(doc -> GateDocument.read(doc).verdict())
          .ifPresent(verdict -> verdicts.put(name.substring(DOCUMENTS.length() + 1), verdict));
    }
    return verdicts;
  }

  /**
   * What the last evaluations of all gates in a store came to, line by line, in the order of their
   * names; each says when that was. Changes nothing.
   *
   * @throws StoreException naming a document that cannot be read
   */
  public static List<Readiness> lastEvaluations(StateStore store) {
    return ReadinessRecord.all(store);
  }

  /** How a streak is looked at. */
  @FunctionalInterface
  interface Look {
    FailureStreaks.Seen at(Criterion criterion);
  }

  private FailureStreaks.Seen look(Criterion criterion) {
    return streaks.look(criterion.name());
  }

  /** As it stands, without an evaluation. Writes nothing. */
  Readiness looked(GateDocument document) {
    return judged(document, this::look, false);
  }

  Readiness judged(GateDocument document, Look look, boolean evaluated) {
    List<CriterionFact> criteria = criteria(look);
    List<VetoFact> vetoes = new ArrayList<>();
    for (Veto<?> veto : gate.vetoes()) {
      vetoes.add(fact(veto, document));
    }
    return ReadinessRules.judge(
        new ReadinessFacts(
            gate.name(), wall.get(), criteria, vetoes, document.verdict(), evaluated));
  }

  private <T> VetoFact fact(Veto<T> veto, GateDocument document) {
    return VetoFact.of(veto, signals.read(veto.type()), document);
  }

  /** Writes nothing. */
  List<CriterionFact> criteria() {
    return criteria(this::look);
  }

  private List<CriterionFact> criteria(Look look) {
    List<CriterionFact> facts = new ArrayList<>();
    for (Criterion criterion : gate.criteria()) {
      try {
        facts.add(new CriterionFact(criterion, look.at(criterion), null));
      } catch (RuntimeException e) {
        facts.add(
            new CriterionFact(
                criterion,
                null,
                "it cannot be read: " + (e instanceof StoreException ? e.getMessage() : e)));
      }
    }
    return facts;
  }

  GateDocument gateDocument() {
    return read().map(GateDocument::read).orElse(GateDocument.EMPTY);
  }

  Optional<StateStore.Doc> read() {
    return store.read(document());
  }

  String document() {
    return DocNaming.document(DOCUMENTS, gate.name());
  }
}
