package dev.reliability.core.guard;

import dev.reliability.core.event.EffectEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How often a side effect may happen: at most one final review per item, at most n messages per
 * window (requirement P1).
 *
 * <p>A use is written down durably <em>before</em> it is allowed, so after a crash between the two
 * it counts as used: an effect happens at most as often as its budget says, and may happen less
 * often. A use with the same id counts once and is allowed again, for those who can tell their
 * target that they come a second time.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share a store.
 */
public final class EffectBudget {
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final StateStore store;
  private final EventBus bus;
  private final Supplier<Instant> clock;
  private final String effect;
  private final int limit;
  private final @Nullable Duration window;

  private EffectBudget(
      StateStore store,
      EventBus bus,
      Supplier<Instant> clock,
      String effect,
      int limit,
      @Nullable Duration window) {
    this.store = Objects.requireNonNull(store, "store");
    this.bus = Objects.requireNonNull(bus, "bus");
    this.clock = clock;
    this.effect = effect;
    this.limit = limit;
    this.window = window;
    if (effect.isBlank()) {
      throw new IllegalArgumentException("effect: expected a name, got \"" + effect + "\"");
    }
    if (limit < 1) {
      throw new IllegalArgumentException("limit: expected at least 1, got " + limit);
    }
    if (window != null
        && (window.isNegative() || window.isZero() || window.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "window: expected a positive duration of at most " + LONGEST + ", got " + window);
    }
  }

  /** At most {@code limit} in each scope, ever. */
  public static EffectBudget perScope(StateStore store, EventBus bus, String effect, int limit) {
    return new EffectBudget(store, bus, bus.runtime().time()::wall, effect, limit, null);
  }

  /**
   * At most {@code limit} in each scope within any {@code window}, by the wall clock. Only the last
   * {@code limit} ids are remembered, and only within the window: an id that was used before that
   * is a new one.
   */
  public static EffectBudget perWindow(
      StateStore store, EventBus bus, String effect, int limit, Duration window) {
    return new EffectBudget(store, bus, bus.runtime().time()::wall, effect, limit, window);
  }

  /** The answer to a wish to have an effect. */
  public sealed interface Use {

    /** Applies the function that fits. */
    default <T> T fold(Function<Allowed, T> allowed, Function<Suppressed, T> suppressed) {
      return this instanceof Allowed a ? allowed.apply(a) : suppressed.apply((Suppressed) this);
    }

    /** Whether it may happen. */
    default boolean isAllowed() {
      return this instanceof Allowed;
    }
  }

  /**
   * It may happen, once.
   *
   * @param used how many, this one included
   * @param again whether this id was allowed before: then it may have happened already
   * @param token the fencing token to hand to the target, 0 if the use has none
   */
  public record Allowed(int used, boolean again, long token) implements Use {}

  /**
   * It must not happen.
   *
   * @param limit how many there may be, all of them used
   * @param why in words
   */
  public record Suppressed(int limit, String why) implements Use {}

  /**
   * Asks to have the effect once.
   *
   * @param scope what the budget counts for, such as an item
   * @param id names this use: the same id counts once, as long as it is remembered
   */
  public Use use(String scope, String id) {
    return use(scope, id, 0);
  }

  /**
   * Asks to have the effect once, under a lease: a token lower than one that used this scope before
   * is refused, because its holder has been superseded.
   */
  public Use use(String scope, String id, long token) {
    Use use = decideAndWrite(scope, id, token);
    Subject subject = Subject.ofItem(effect, scope).under(token);
    bus.emit(
        subject,
        use.fold(
            allowed -> new EffectEvent.Allowed(effect, scope, allowed.used(), limit),
            no -> new EffectEvent.Suppressed(effect, scope, limit, no.why())));
    return use;
  }

  private Use decideAndWrite(String scope, String id, long token) {
    String document = DocNaming.document("effect", effect, scope);
    while (true) {
      Optional<StateStore.Doc> before = store.read(document);
      Spent spent = Spent.read(before.map(StateStore.Doc::values).orElse(Map.of()));
      Instant now = clock.get();
      Use use = decide(spent, id, token, now, limit, window);
      if (!(use instanceof Allowed allowed) || (allowed.again() && token <= spent.token())) {
        return use;
      }
      Spent next = allowed.again() ? spent.under(token) : spent.with(id, token, now, limit);
      if (store.write(
          document, before.map(StateStore.Doc::version).orElse(StateStore.NEW), next.spell())) {
        return use;
      }
    }
  }

  /** The rule: pure. */
  static Use decide(
      Spent spent, String id, long token, Instant now, int limit, @Nullable Duration window) {
    if (token != 0 && token < spent.token()) {
      return new Suppressed(
          limit, "token " + token + " is superseded by " + spent.token() + ", used here before");
    }
    List<PastUse> counted =
        spent.uses().stream()
            .filter(use -> window == null || use.at().isAfter(now.minus(window)))
            .toList();
    if (counted.stream().anyMatch(use -> use.id().equals(id))) {
      return new Allowed(counted.size(), true, token);
    }
    if (counted.size() >= limit) {
      return new Suppressed(
          limit,
          counted.size()
              + " of "
              + limit
              + " used"
              + (window == null ? "" : " within " + window)
              + ", the last by "
              + counted.get(counted.size() - 1).id());
    }
    return new Allowed(counted.size() + 1, false, token);
  }

  /** One use. */
  record PastUse(String id, Instant at) {}

  /** What was used in one scope, oldest first: at most as many as the limit. */
  record Spent(List<PastUse> uses, long token) {

    static Spent read(Map<String, String> values) {
      List<PastUse> uses = new ArrayList<>();
      for (int i = 0; values.containsKey("id" + i); i++) {
        uses.add(new PastUse(DocValues.text(values, "id" + i), DocValues.time(values, "at" + i)));
      }
      return new Spent(uses, Long.parseLong(values.getOrDefault("token", "0")));
    }

    Spent with(String id, long newToken, Instant now, int limit) {
      List<PastUse> next = new ArrayList<>(uses);
      next.add(new PastUse(id, now));
      return new Spent(
          List.copyOf(next.subList(Math.max(0, next.size() - limit), next.size())),
          Math.max(token, newToken));
    }

    Spent under(long newToken) {
      return new Spent(uses, Math.max(token, newToken));
    }

    Map<String, String> spell() {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("token", Long.toString(token));
      for (int i = 0; i < uses.size(); i++) {
        values.put("id" + i, uses.get(i).id());
        values.put("at" + i, uses.get(i).at().toString());
      }
      return values;
    }
  }
}
