package dev.reliability.container;

import dev.reliability.core.reconcile.LiveHandle;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One worker as {@link ContainerRuntime#list} found it. Immutable.
 *
 * @param name its name, for {@link ContainerRuntime#kill} and {@link ContainerRuntime#remove}
 * @param labels all its labels
 * @param state what it was doing
 * @param identity what it is outside this process; null as long as nobody knows
 */
public record ContainerInfo(
    String name, Map<String, String> labels, State state, @Nullable ContainerIdentity identity) {

  /** What a worker may be doing. */
  public enum State {
    /** It is being started, or was made and never ran. */
    STARTING,
    /** It is alive, frozen perhaps. */
    RUNNING,
    /** It has ended, and something of it is left: its container, or its open output. */
    ENDED,
    /** The engine uses a word for it that is not known here. */
    UNKNOWN;

    /** The spelling that leaves the process, such as {@code running}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** As a reconciler sees it; a label that it does not have is empty there. */
  LiveHandle handle() {
    return new LiveHandle(
        name,
        labels.getOrDefault(ContainerLabels.RUN, ""),
        labels.getOrDefault(ContainerLabels.INCARNATION, ""));
  }

  /** Copies {@code labels}, in the order of their names. */
  public ContainerInfo {
    Objects.requireNonNull(name, "name");
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    Objects.requireNonNull(state, "state");
  }
}
