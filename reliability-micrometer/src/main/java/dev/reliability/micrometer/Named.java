package dev.reliability.micrometer;

import dev.reliability.core.store.StoredText;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what has a name that the host gave, such as lanes: those of the first so many names,
 * and one more for all others together. So there is a bound on how many series there are, whatever
 * the names. Thread-safe; a name that is known costs one look-up.
 */
final class Named<M extends MeterBinder> {
  private static final char REPLACEMENT = '\uFFFD';

  private final int max;
  private final Function<String, M> make;
  private final Bindings bindings;
  private final Runnable folded;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, M> byName = new ConcurrentHashMap<>();
  private int names;

  /**
   * Meters by name.
   *
   * @param max how many names have meters of their own
   * @param make makes those of a name
   * @param folded called for each look-up that comes to the others
   */
  Named(int max, Function<String, M> make, Bindings bindings, Runnable folded) {
    this.max = max;
    this.make = make;
    this.bindings = bindings;
    this.folded = folded;
  }

  /** All that there are now. */
  Collection<M> all() {
    return byName.values();
  }

  /** The meters of {@code name}. Call it without a lock: registries may be told. */
  M of(@Nullable String name) {
    M known = name == null ? null : byName.get(name);
    return known == null ? made(label(name)) : known;
  }

  private M made(String name) {
    M meters;
    lock.lock();
    try {
      String under = name;
      meters = byName.get(under);
      if (meters == null && names >= max) {
        under = Tally.OTHER;
        meters = byName.get(under);
      }
      if (!name.equals(under)) {
        folded.run();
      }
      if (meters != null) {
        return meters;
      }
      if (!under.equals(Tally.OTHER)) {
        names++;
      }
      meters = make.apply(under);
      byName.put(under, meters);
    } finally {
      lock.unlock();
    }
    bindings.add(meters);
    return meters;
  }

  /**
   * The name as a label's value: what has no name, or a longer one than any store takes, is one of
   * the others, and what cannot be spelled or would not be seen is replaced, so that no two series
   * look alike.
   */
  private static String label(@Nullable String name) {
    if (name == null || name.isBlank() || name.length() > StoredText.LONGEST_NAME) {
      return Tally.OTHER;
    }
    String clean = StoredText.cleaned(name);
    StringBuilder label = new StringBuilder(clean.length());
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      label.append(Character.isISOControl(c) ? REPLACEMENT : c);
    }
    return label.toString();
  }
}
