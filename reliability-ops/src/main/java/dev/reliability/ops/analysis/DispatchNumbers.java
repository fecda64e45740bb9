package dev.reliability.ops.analysis;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came in and what became of it (requirement D2). Immutable. Of a window, what came in within
 * it counts, whenever it got its verdict.
 *
 * @param payloads intents: everything that came in
 * @param valid those of them that were judged, and found to be what they should be, whether they
 *     were then accepted or not
 * @param enqueued those that were accepted, by their verdicts
 * @param suppressed those that were rejected, by reason and by their verdicts; in the order of the
 *     reasons
 * @param undecided those that had no verdict when the events ended
 */
public record DispatchNumbers(
    Cited payloads, Cited valid, Cited enqueued, Map<String, Cited> suppressed, Cited undecided) {
  /** The name that operators know {@link #payloads} by. */
  public static final String PAYLOAD_MESSAGES = "dispatch_payload_messages";

  /** The name that operators know {@link #valid} by. */
  public static final String VALID_PAYLOAD_MESSAGES = "valid_dispatch_payload_messages";

  /** The name that operators know {@link #enqueued} by. */
  public static final String ENQUEUED_RUNS = "dispatch_enqueued_runs";

  /** The name that operators know {@link #suppressed} by. */
  public static final String SUPPRESSED_REASONS = "dispatch_suppressed_reasons";

  /** Copies {@code suppressed}. */
  public DispatchNumbers {
    suppressed = Collections.unmodifiableMap(new TreeMap<>(suppressed));
  }

  /** The three single numbers under the names that operators know. */
  public Map<String, Cited> named() {
    Map<String, Cited> named = new LinkedHashMap<>();
    named.put(PAYLOAD_MESSAGES, payloads);
    named.put(VALID_PAYLOAD_MESSAGES, valid);
    named.put(ENQUEUED_RUNS, enqueued);
    return Collections.unmodifiableMap(named);
  }
}
