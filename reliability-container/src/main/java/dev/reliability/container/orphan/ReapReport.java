package dev.reliability.container.orphan;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one look for orphans came to. Immutable.
 *
 * @param settled what was found, and what was done about each
 * @param unreadable ledgers that could not be read or written, and why: they are left as they are
 * @param unanswered kinds of which nobody can tell what is left, and why
 */
public record ReapReport(List<Settled> settled, List<String> unreadable, List<String> unanswered) {

  /** Copies the lists. */
  public ReapReport {
    settled = List.copyOf(settled);
    unreadable = List.copyOf(unreadable);
    unanswered = List.copyOf(unanswered);
  }

  /** What was found. */
  public List<Orphan> found() {
    return settled.stream().map(Settled::orphan).toList();
  }

  /** What is still there and belongs to nobody. */
  public List<Orphan> left() {
    return settled.stream()
        .filter(one -> one.action() == Action.REPORTED || one.action() == Action.ERROR)
        .map(Settled::orphan)
        .toList();
  }

  /**
   * An orphan and what was done about it.
   *
   * @param orphan what was found
   * @param action what was done
   * @param detail more in words, if there is more to say
   */
  public record Settled(Orphan orphan, Action action, @Nullable String detail) {}

  /** What may be done. */
  public enum Action {
    /** Nothing, as policy says. */
    REPORTED,
    /** It was stopped, and nothing of it is known to be left. */
    STOPPED,
    /** It belongs to this incarnation now. */
    ADOPTED,
    /** What policy says could not be done, or not wholly. */
    ERROR;

    /** The spelling that leaves the process, such as {@code stopped}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
