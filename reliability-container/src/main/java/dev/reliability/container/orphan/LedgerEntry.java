package dev.reliability.container.orphan;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that was started, or was about to be. Immutable.
 *
 * @param id its number within its ledger, from 1
 * @param intent what was to be started
 * @param identity who it became, in the words of its kind; empty as long as nobody knows
 */
public record LedgerEntry(long id, Intent intent, Map<String, String> identity) {

  /** Copies {@code identity}, in the order of its names. */
  public LedgerEntry {
    identity = Collections.unmodifiableMap(new TreeMap<>(identity));
  }

  /** The same, once it is known who it became. */
  LedgerEntry became(Map<String, String> newIdentity) {
    return new LedgerEntry(id, intent, newIdentity);
  }
}
