package dev.reliability.core.health;

import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What must hold for a gate to open, and how much it takes to say that it does not (requirements L2
 * to L4). Immutable.
 */
public final class Criterion {
  private final String name;
  private final int failureThreshold;
  private final int successThreshold;
  private final Duration minimumDuration;
  private final Duration spacing;
  private final Duration ttl;
  private final int flappingChanges;
  private final Duration flappingWindow;

  private Criterion(Builder builder) {
    name = builder.name;
    failureThreshold = builder.failureThreshold;
    successThreshold = builder.successThreshold;
    minimumDuration = builder.minimumDuration;
    spacing = builder.spacing;
    ttl = builder.ttl;
    flappingChanges = builder.flappingChanges;
    flappingWindow = builder.flappingWindow;
  }

  /** A criterion with all defaults. */
  public static Criterion named(String name) {
    return builder(name).build();
  }

  /** A builder with all defaults. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Its name, by which its streak is kept: gates in one store that name it share that streak. */
  public String name() {
    return name;
  }

  /** How many failures in a row it takes. */
  public int failureThreshold() {
    return failureThreshold;
  }

  /** How many successes in a row it takes. */
  public int successThreshold() {
    return successThreshold;
  }

  /** How long failures in a row must have lasted, besides. */
  public Duration minimumDuration() {
    return minimumDuration;
  }

  /** How far apart observations must be to count. */
  public Duration spacing() {
    return spacing;
  }

  /** How old the last observation may be. */
  public Duration ttl() {
    return ttl;
  }

  /** From how many changes within the window on it is flapping. */
  public int flappingChanges() {
    return flappingChanges;
  }

  /** Within which time changes count as flapping. */
  public Duration flappingWindow() {
    return flappingWindow;
  }

  /** What it takes to fail, in words. */
  String threshold() {
    return failureThreshold
        + " failures in a row"
        + (minimumDuration.isZero() ? "" : " that last " + minimumDuration);
  }

  /** Collects the settings of a criterion. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private int failureThreshold = 2;
    private int successThreshold = 1;
    private Duration minimumDuration = Duration.ZERO;
    private Duration spacing = Duration.ofSeconds(30);
    private Duration ttl = Duration.ofMinutes(15);
    private int flappingChanges = 4;
    private Duration flappingWindow = Duration.ofHours(1);

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** How many failures in a row it takes to say NO_GO; 2 by default. */
    public Builder failureThreshold(int value) {
      failureThreshold = value;
      return this;
    }

    /** How many successes in a row it takes to say GO; 1 by default. */
    public Builder successThreshold(int value) {
      successThreshold = value;
      return this;
    }

    /**
     * How long failures in a row must have lasted, from the first to the last, to say NO_GO; zero
     * by default. Time in which the machine slept does not count.
     */
    public Builder minimumDuration(Duration value) {
      minimumDuration = Objects.requireNonNull(value, "minimumDuration");
      return this;
    }

    /**
     * An observation that comes sooner after the last one that counts does not count; 30 s by
     * default. So of two processes that look at the same time only one counts. Have it at half the
     * time between two looks at most.
     */
    public Builder spacing(Duration value) {
      spacing = Objects.requireNonNull(value, "spacing");
      return this;
    }

    /**
     * How old the last observation that counts may be; 15 min by default. If it is older, nobody
     * can tell.
     */
    public Builder ttl(Duration value) {
      ttl = Objects.requireNonNull(value, "ttl");
      return this;
    }

    /**
     * From how many changes on between met and failed, within which time, it is shown as flapping;
     * 4 in an hour by default. Changes no verdict.
     */
    public Builder flapping(int changes, Duration window) {
      flappingChanges = changes;
      flappingWindow = Objects.requireNonNull(window, "flapping window");
      return this;
    }

    /**
     * The criterion.
     *
     * @throws IllegalArgumentException listing everything that cannot be used
     */
    public Criterion build() {
      List<String> problems = new ArrayList<>();
      try {
        StoredText.checkedName("name", name);
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
      atLeastOne("failureThreshold", failureThreshold, problems);
      atLeastOne("successThreshold", successThreshold, problems);
      notNegative("minimumDuration", minimumDuration, problems);
      notNegative("spacing", spacing, problems);
      positive("ttl", ttl, problems);
      if (ttl.compareTo(spacing) < 0) {
        problems.add("ttl: expected at least the spacing of " + spacing + ", got " + ttl);
      }
      if (flappingChanges < 1 || flappingChanges >= Streak.MOST_PHASES) {
        problems.add(
            "flapping changes: expected 1 to "
                + (Streak.MOST_PHASES - 1)
                + ", got "
                + flappingChanges);
      }
      positive("flapping window", flappingWindow, problems);
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a criterion \"" + name + "\" cannot be built: " + String.join("; ", problems));
      }
      return new Criterion(this);
    }

    private static void atLeastOne(String what, int value, List<String> problems) {
      if (value < 1) {
        problems.add(what + ": expected at least 1, got " + value);
      }
    }

    private static void notNegative(String what, Duration value, List<String> problems) {
      if (value.isNegative()) {
        problems.add(what + ": expected not to be negative, got " + value);
      }
    }

    private static void positive(String what, Duration value, List<String> problems) {
      if (value.isNegative() || value.isZero()) {
        problems.add(what + ": expected a positive duration, got " + value);
      }
    }
  }
}
