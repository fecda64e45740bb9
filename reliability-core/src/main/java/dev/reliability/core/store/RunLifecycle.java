package dev.reliability.core.store;

import dev.reliability.core.event.RunState;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Which state may follow which (requirements A1, A6): a pure table.
 *
 * <p>{@code queued -> running | failed | cancelled}; {@code running -> review_requested | done |
 * failed | cancelled}; {@code review_requested -> done | failed}. Terminal states absorb.
 */
public final class RunLifecycle {
  private static final Map<RunState, Set<RunState>> EDGES = new EnumMap<>(RunState.class);

  static {
    EDGES.put(RunState.QUEUED, EnumSet.of(RunState.RUNNING, RunState.FAILED, RunState.CANCELLED));
    EDGES.put(
        RunState.RUNNING,
        EnumSet.of(RunState.REVIEW_REQUESTED, RunState.DONE, RunState.FAILED, RunState.CANCELLED));
    EDGES.put(RunState.REVIEW_REQUESTED, EnumSet.of(RunState.DONE, RunState.FAILED));
    EDGES.put(RunState.DONE, EnumSet.noneOf(RunState.class));
    EDGES.put(RunState.FAILED, EnumSet.noneOf(RunState.class));
    EDGES.put(RunState.CANCELLED, EnumSet.noneOf(RunState.class));
  }

  private RunLifecycle() {}

  /** The answer to a wish to change the state. */
  public sealed interface Step {

    /** Applies the function that fits. */
    default <T> T fold(Function<Allowed, T> allowed, Function<Rejected, T> rejected) {
      return this instanceof Allowed yes ? allowed.apply(yes) : rejected.apply((Rejected) this);
    }
  }

  /**
   * The edge exists.
   *
   * @param from the state left
   * @param to the state reached
   */
  public record Allowed(RunState from, RunState to) implements Step {}

  /**
   * The edge does not exist.
   *
   * @param from the state that stays
   * @param to the state that was asked for
   * @param why in words, naming both and what would have been allowed
   */
  public record Rejected(RunState from, RunState to, String why) implements Step {}

  /** Whether {@code to} may follow {@code from}; a rejection says why. */
  public static Step step(RunState from, RunState to) {
    Set<RunState> allowed = next(from);
    if (allowed.contains(to)) {
      return new Allowed(from, to);
    }
    String why =
        allowed.isEmpty()
            ? from.wireName() + " is terminal, so it cannot become " + to.wireName()
            : from.wireName()
                + " can only become "
                + allowed.stream().map(RunState::wireName).toList()
                + ", not "
                + to.wireName();
    return new Rejected(from, to, why);
  }

  /**
   * The states that may follow {@code from}, in the order of a run's life; empty for a terminal
   * one. Cannot be changed.
   */
  public static Set<RunState> next(RunState from) {
    return Collections.unmodifiableSet(EDGES.getOrDefault(from, Set.of()));
  }

  /** True if nothing may follow. */
  public static boolean isTerminal(RunState state) {
    return next(state).isEmpty();
  }
}
