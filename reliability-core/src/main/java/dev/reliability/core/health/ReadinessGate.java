package dev.reliability.core.health;

import dev.reliability.core.store.StoredText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What must hold before something may go ahead (requirements L2 to L4): criteria, each of which was
 * seen to be met not long ago, and signals that do not object. Immutable.
 *
 * <pre>{@code
 * ReadinessGate gate = ReadinessGate.builder("handoff")
 *     .criterion(Criterion.named("cron"))
 *     .criterion(Criterion.builder("backlog").minimumDuration(ofMinutes(45)).build())
 *     .veto(Veto.handoff()).veto(Veto.opsIncident()).build();
 * }</pre>
 *
 * <p>GO takes all of them. A criterion of which nothing was observed yet, or nothing lately, is
 * {@link GateVerdict#INCONCLUSIVE}, never GO; and nothing becomes GO by the mere passing of time. A
 * {@link ReadinessEvaluator} looks and writes down what it saw; a {@link ReadinessView} only reads.
 */
public final class ReadinessGate {
  private final String name;
  private final List<Criterion> criteria;
  private final List<Veto<?>> vetoes;

  private ReadinessGate(Builder builder) {
    name = builder.name;
    criteria = List.copyOf(builder.criteria);
    vetoes = List.copyOf(builder.vetoes);
  }

  /** A builder of a gate without criteria. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** What must be met, in their order. */
  public List<Criterion> criteria() {
    return criteria;
  }

  /** Which signals may keep it shut, in their order. */
  public List<Veto<?>> vetoes() {
    return vetoes;
  }

  /** Collects the parts of a gate. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final List<Criterion> criteria = new ArrayList<>();
    private final List<Veto<?>> vetoes = new ArrayList<>();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** Adds something that must be met. */
    public Builder criterion(Criterion value) {
      criteria.add(Objects.requireNonNull(value, "criterion"));
      return this;
    }

    /** Adds a signal that may keep it shut. */
    public Builder veto(Veto<?> value) {
      vetoes.add(Objects.requireNonNull(value, "veto"));
      return this;
    }

    /**
     * The gate.
     *
     * @throws IllegalArgumentException listing everything that cannot be used: there must be a
     *     criterion, since no signal vouches for anything, and no name may stand for two
     */
    public ReadinessGate build() {
      List<String> problems = new ArrayList<>();
      try {
        StoredText.checkedName("name", name);
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
      if (criteria.isEmpty()) {
        problems.add("criteria: expected at least one, got none");
      }
      Set<String> names = new LinkedHashSet<>();
      criteria.forEach(one -> unique(one.name(), names, problems));
      vetoes.forEach(one -> unique(one.type().name(), names, problems));
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a gate \"" + name + "\" cannot be built: " + String.join("; ", problems));
      }
      return new ReadinessGate(this);
    }

    private static void unique(String one, Set<String> names, List<String> problems) {
      if (!names.add(one)) {
        problems.add("expected each name once, got \"" + one + "\" twice");
      }
    }
  }
}
