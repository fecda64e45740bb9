package dev.reliability.core.store;

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
   * @throws IllegalArgumentException naming the one that {@link StoredText#checkedName} refuses
   */
  public ItemKey {
    StoredText.checkedName("lane", lane);
    StoredText.checkedName("item", item);
  }

  @Override
  public String toString() {
    return lane + "/" + item;
  }
}
