package dev.reliability.core.run;

import com.google.common.collect.ImmutableMap;
import dev.reliability.core.store.StoredText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work for a run. Immutable; the {@code with} methods return changed copies.
 *
 * @param lane the stream of work: a worker, an assignee, an agent type
 * @param item the piece of work in that lane
 * @param inputFirst the first of the input it works on, such as a message id, if the host says so
 * @param inputLast the last of it
 * @param context the host's own words, kept in the run's end event; copied
 */
public record Work(
    String lane,
    String item,
    @Nullable String inputFirst,
    @Nullable String inputLast,
    Map<String, String> context) {

  /**
   * Copies {@code context}.
   *
   * @throws IllegalArgumentException naming lane or item if it can be no name: see {@link
   *     StoredText#checkedName}
   */
  public Work {
    StoredText.checkedName("lane", lane);
    StoredText.checkedName("item", item);
    context = ImmutableMap.copyOf(context);
  }

  /** Work without further words. */
  public static Work of(String lane, String item) {
    return new Work(lane, item, null, null, Map.of());
  }

  /** The same, with the range of input it works on (requirements B10, B11). */
  public Work withInput(String first, String last) {
    return new Work(lane, item, first, last, context);
  }

  /** The same, with one more word of the host's own, such as {@code chat_jid}. */
  public Work with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(context);
    more.put(key, value);
    return new Work(lane, item, inputFirst, inputLast, more);
  }
}
