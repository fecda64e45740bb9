package dev.reliability.container.orphan;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that a dead incarnation started and that is still there. Immutable.
 *
 * @param kind {@code process}, or an engine's name
 * @param name its name, unique within its kind for as long as it is there
 * @param incarnation the one that started it
 * @param run the run's id
 * @param lane the lane of its work; null if nobody knows
 * @param item the item of its work; null if nobody knows
 * @param entry what the ledger says of it; null if it was found without one, for example by the
 *     labels of a container
 * @param evidence how it was recognised, in words
 */
public record Orphan(
    String kind,
    String name,
    String incarnation,
    String run,
    @Nullable String lane,
    @Nullable String item,
    @Nullable LedgerEntry entry,
    String evidence) {

  /** Checks that nothing is null that must not be. */
  public Orphan {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(incarnation, "incarnation");
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(evidence, "evidence");
  }

  /** What an entry of a ledger turned out to be. */
  public static Orphan of(LedgerEntry entry, String incarnation, String name, String evidence) {
    Intent intent = entry.intent();
    return new Orphan(
        intent.kind(),
        name,
        incarnation,
        intent.run(),
        intent.lane(),
        intent.item(),
        entry,
        evidence);
  }

  /** Two orphans with the same key are the same one, seen at two times. */
  String key() {
    return kind + " " + incarnation + " " + run + " " + (entry == null ? name : entry.id());
  }
}
