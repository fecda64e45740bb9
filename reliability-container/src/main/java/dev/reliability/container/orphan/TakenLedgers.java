package dev.reliability.container.orphan;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledgers that one look goes through, from taking them to letting them go. */
final class TakenLedgers implements DeadIncarnations {
  private static final Logger log = LoggerFactory.getLogger(OrphanReaper.class);

  private final LedgerDirectory directory;
  private final List<DeadLedger> ledgers;
  private final Map<DeadLedger, List<LedgerEntry>> entries = new LinkedHashMap<>();
  private final Set<String> lookedFor = new HashSet<>(); // kinds; on one thread at a time
  private final Set<LedgerEntry> stillThere = new HashSet<>();

  TakenLedgers(LedgerDirectory directory, List<DeadLedger> ledgers) {
    this.directory = directory;
    this.ledgers = ledgers;
    ledgers.stream()
        .filter(ledger -> ledger.problem() == null)
        .forEach(ledger -> entries.put(ledger, ledger.entries()));
  }

  @Override
  public Map<String, List<LedgerEntry>> entries(String kind) {
    Map<String, List<LedgerEntry>> found = new LinkedHashMap<>();
    entries.forEach(
        (ledger, all) ->
            found.put(
                ledger.incarnation(),
                all.stream().filter(entry -> entry.intent().kind().equals(kind)).toList()));
    return found;
  }

  @Override
  public boolean isDead(String incarnation) {
    return directory.isDead(incarnation);
  }

  @Override
  public InHand inHand(String kind) {
    return directory.inHand(
        kind, entries.keySet().stream().map(DeadLedger::incarnation).collect(Collectors.toSet()));
  }

  /** Of this kind these are still there; the others are gone. */
  void keep(String kind, List<Orphan> orphans) {
    lookedFor.add(kind);
    for (Orphan orphan : orphans) {
      LedgerEntry entry = orphan.entry();
      if (entry != null) {
        stillThere.add(entry);
      }
    }
  }

  /** Writes down what is gone, and lets the ledgers go. Blocks. */
  void close(List<ReapReport.Settled> settled, List<String> unreadable) {
    for (ReapReport.Settled one : settled) {
      LedgerEntry entry = one.orphan().entry();
      if (entry != null
          && (one.action() == ReapReport.Action.STOPPED
              || one.action() == ReapReport.Action.ADOPTED)) {
        stillThere.remove(entry);
      }
    }
    for (DeadLedger ledger : ledgers) {
      for (LedgerEntry entry : entries.getOrDefault(ledger, List.of())) {
        if (lookedFor.contains(entry.intent().kind()) && !stillThere.contains(entry)) {
          ledger.gone(entry);
        }
      }
      try {
        ledger.close();
      } catch (LedgerException e) {
        log.warn("{}", e.getMessage(), e); // what is gone is looked for once more, and not found
        unreadable.add(String.valueOf(e.getMessage()));
      }
    }
  }
}
