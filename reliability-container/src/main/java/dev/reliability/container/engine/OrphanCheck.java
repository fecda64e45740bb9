package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.orphan.LedgerEntry;
import dev.reliability.container.orphan.Orphan;

/** What an orphan must be so that it is touched. */
final class OrphanCheck {
  private final String owner;
  private final Fleet fleet;

  OrphanCheck(String owner, Fleet fleet) {
    this.owner = owner;
    this.fleet = fleet;
  }

  /** Whether an entry of a ledger is about this container. */
  static boolean names(LedgerEntry entry, EngineState state) {
    String id = EngineLedger.idOf(entry);
    return entry.intent().cookie().equals(state.name()) && (id == null || id.equals(state.id()));
  }

  /**
   * The same state.
   *
   * @throws IllegalStateException if that is not the orphan, or not one that this owner may touch
   */
  EngineState ours(Orphan orphan, EngineState state) {
    LedgerEntry entry = orphan.entry();
    if (!state.isOf(owner)) {
      throw new IllegalStateException(
          "container "
              + orphan.name()
              + ": expected one of owner \""
              + owner
              + "\", got one of "
              + state.ownerInWords());
    }
    if (fleet.find(state.name()) != null) {
      throw new IllegalStateException("container " + orphan.name() + ": is live here");
    }
    boolean same =
        entry != null
            ? names(entry, state)
            : orphan.incarnation().equals(state.labels().get(ContainerLabels.INCARNATION));
    if (!same) {
      throw new IllegalStateException(
          "container "
              + orphan.name()
              + ": expected the one of "
              + orphan.evidence()
              + ", got "
              + state);
    }
    return state;
  }
}
