package dev.reliability.journal;

import dev.reliability.core.event.EventTypes;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a {@link JournalReader} gives. Lines that are left out because of their time are
 * only read as far as it takes to know that; those of other types are looked at to their end, but
 * no event is made of them. Immutable.
 *
 * <p>Whatever the types, what is malformed, torn or missing is given if it belongs to the time
 * asked for: a line that cannot be read belongs to the time of the line before it, a gap to the
 * times on both its sides.
 *
 * @param since the time of the first events to give, or null for the beginning
 * @param until the time before which the last events to give were, or null for the end
 * @param types the names of the types to give; all if empty
 */
public record JournalFilter(@Nullable Instant since, @Nullable Instant until, Set<String> types) {
  /** Everything. */
  public static final JournalFilter ALL = new JournalFilter(null, null, Set.of());

  /** Copies the types. */
  public JournalFilter {
    types = Set.copyOf(types);
  }

  /** The same, without what was before {@code time}. */
  public JournalFilter since(Instant time) {
    return new JournalFilter(time, until, types);
  }

  /** The same, without what was at {@code time} or later. */
  public JournalFilter until(Instant time) {
    return new JournalFilter(since, time, types);
  }

  /**
   * The same, with events of these types only, such as {@code run.ended}; see {@link
   * EventTypes#nameOf}.
   */
  public JournalFilter types(String... names) {
    return new JournalFilter(since, until, Set.of(names));
  }
}
