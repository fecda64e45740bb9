package dev.reliability.container;

import dev.reliability.core.run.RunContext;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The labels that every worker carries, beside those of its spec: whose it is and what it works on.
 * By them it is found again, also by another process, and told from what belongs to others.
 */
public final class ContainerLabels {
  /** What all names here begin with; a spec may not use it. */
  public static final String PREFIX = "dev.reliability.";

  /**
   * The installation that it belongs to; the same after a restart, and another for everybody else.
   */
  public static final String OWNER = PREFIX + "owner";

  /** The incarnation of the supervisor that started it: {@link RunContext#owner}. */
  public static final String INCARNATION = PREFIX + "incarnation";

  /** The lane of its work. */
  public static final String LANE = PREFIX + "lane";

  /** The item of its work. */
  public static final String ITEM = PREFIX + "item";

  /** The run's id. */
  public static final String RUN = PREFIX + "run";

  /** The attempt to spawn, from 1. */
  public static final String ATTEMPT = PREFIX + "attempt";

  private ContainerLabels() {}

  /** All labels of one attempt of a run, in the order of their names. */
  public static Map<String, String> of(String owner, RunContext context, Map<String, String> own) {
    Map<String, String> labels = new TreeMap<>(own);
    labels.put(OWNER, owner);
    labels.put(INCARNATION, context.owner());
    labels.put(LANE, context.work().lane());
    labels.put(ITEM, context.work().item());
    labels.put(RUN, context.run());
    labels.put(ATTEMPT, Integer.toString(context.attempt()));
    return Collections.unmodifiableMap(labels);
  }

  /** Whether {@code labels} has all of {@code wanted}, names and values compared exactly. */
  public static boolean match(Map<String, String> labels, Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }

  /**
   * Checks a label of a spec.
   *
   * @return the name
   * @throws IllegalArgumentException if the name is empty, begins with {@link #PREFIX}, has an
   *     equals sign or a control character in it, or if the value has a control character in it
   */
  public static String require(String name, String value) {
    if (name.isEmpty()
        || name.startsWith(PREFIX)
        || name.indexOf('=') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "label: expected a name without \"=\" and control characters that does not begin with "
              + PREFIX
              + ", got \""
              + name
              + "\"");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "label " + name + ": expected a value without control characters, got \"" + value + "\"");
    }
    return name;
  }
}
