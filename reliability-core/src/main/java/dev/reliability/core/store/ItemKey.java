package dev.reliability.core.store;

import java.util.Objects;

/**
 * Names a piece of work: what is claimed, done once, and never by two at a time.
 *
 * @param lane the stream of work
 * @param item the piece of work in that lane
 */
public record ItemKey(String lane, String item) {

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if one is blank
   */
  public ItemKey {
    if (Objects.requireNonNull(lane, "lane").isBlank()) {
      throw new IllegalArgumentException("lane: expected a name, got \"" + lane + "\"");
    }
    if (Objects.requireNonNull(item, "item").isBlank()) {
      throw new IllegalArgumentException("item: expected a name, got \"" + item + "\"");
    }
  }

  @Override
  public String toString() {
    return lane + "/" + item;
  }
}
