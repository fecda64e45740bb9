package dev.reliability.core.retry;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in the attempts of one call: the first error and the last ones, however many
 * there were. Immutable.
 *
 * @param first the first; null if nothing went wrong
 * @param last the last ones but for the first, oldest first
 * @param dropped how many between the two were not kept
 */
public record RetryErrors(@Nullable Throwable first, List<Throwable> last, int dropped) {
  /** Nothing went wrong. */
  public static final RetryErrors NONE = new RetryErrors(null, List.of(), 0);

  /** Copies {@code last}. */
  public RetryErrors {
    last = ImmutableList.copyOf(last);
  }

  /** How many there were, those that were dropped included. */
  public int count() {
    return first == null ? 0 : 1 + dropped + last.size();
  }

  /** The newest; null if nothing went wrong. */
  public @Nullable Throwable newest() {
    return last.isEmpty() ? first : last.get(last.size() - 1);
  }

  /** With one more; of those after the first, {@code most} are kept. */
  RetryErrors with(Throwable error, int most) {
    if (first == null) {
      return new RetryErrors(error, last, dropped);
    }
    List<Throwable> next = new ArrayList<>(last);
    next.add(error);
    int over = Math.max(0, next.size() - most);
    return new RetryErrors(first, next.subList(over, next.size()), dropped + over);
  }
}
