package dev.reliability.testkit.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where effects go, as a fleet reaches it over connections that fail. */
interface Outbox {

  /** The effect of working on an item. */
  void send(String item, long token);

  /** A token that is too old. */
  final class Stale extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stale(String item, long token) {
      super(item + ", token " + token);
    }
  }

  /** A target that heeds tokens and knows again what it has done, or fails to. */
  final class Fenced implements Outbox {
    private final boolean fence;
    private final boolean memory;
    private final List<String> violations;
    private final Map<String, Long> highest = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    final Map<String, Integer> effects = new HashMap<>();

    Fenced(boolean fence, boolean memory, List<String> violations) {
      this.fence = fence;
      this.memory = memory;
      this.violations = violations;
    }

    @Override
    public void send(String item, long token) {
      long before = highest.getOrDefault(item, 0L);
      if (fence && token < before) {
        throw new Stale(item, token);
      }
      if (token < before) {
        violations.add("13: " + item + " by token " + token + " after " + before);
      }
      highest.put(item, Math.max(before, token));
      if (!memory || known.add(item)) {
        effects.merge(item, 1, Integer::sum);
      }
    }
  }

  /** A target that does whatever it is told, as often as it is told. */
  final class Plain implements Outbox {
    final Map<String, Integer> effects = new HashMap<>();

    @Override
    public void send(String item, long token) {
      effects.merge(item, 1, Integer::sum);
    }
  }
}
