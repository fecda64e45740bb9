package dev.reliability.ops.serve;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows and does. Called by one thread at a time, but for {@link #timeline}, which
 * may be called beside the others; each call may block.
 */
public interface Fleet {

  /**
   * What is known now: section, key, JSON. What changes with each look, such as how long something
   * has taken, has no place here: the page reckons it from the times.
   *
   * @throws RuntimeException if nobody can know; what was known before is shown then, as old
   */
  Map<String, Map<String, String>> look();

  /** All meters, in Prometheus' text format. */
  String metrics();

  /** What happened in the last so long, as a whole page of its own. */
  byte[] timeline(Duration back);

  /**
   * Resumes a lane.
   *
   * @param episode which pause is meant, as it was shown; null for the one that there is
   * @return what came of it, as JSON
   * @throws IllegalArgumentException in words for the operator if it cannot be
   */
  String resume(String lane, @Nullable Long episode, String actor, String reason);
}
