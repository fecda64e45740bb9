package dev.reliability.core.event;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/**
 * A host's own event.
 *
 * @param name the type's name; {@code custom.} is put before it when it leaves the process
 * @param attrs what happened, in insertion order; copied
 */
public record CustomEvent(String name, Map<String, String> attrs) implements EventData {
  /** The prefix that keeps host events apart from the library's. */
  public static final String PREFIX = "custom.";

  /** Copies {@code attrs}. */
  public CustomEvent {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: expected the event's name, got \"" + name + "\"");
    }
    attrs = ImmutableMap.copyOf(attrs);
  }
}
