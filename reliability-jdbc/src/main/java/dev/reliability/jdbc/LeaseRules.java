package dev.reliability.jdbc;

/**
 * The rules of leases as parts of statements, the same for all databases. {@code t.now} is the
 * time, {@code l} the lane's row and {@code i} the item's, both of which may be absent.
 */
final class LeaseRules {
  /** That a paused lane lets one item through. */
  static final String TRYING =
      """
      (l.trial = 'open' OR (l.trial = 'under_way' AND l.trial_until <= t.now))
      """;

  /** What becomes of a claim. {@code mine}: an earlier ask of the same call was granted. */
  static final String CLAIM_VERDICT =
      """
      CASE
        WHEN i.client = :client AND i.request = :request AND i.state = 'leased'
          AND i.until_at > t.now THEN 'mine'
        WHEN l.paused = 1 AND NOT %s THEN 'lane_paused'
        WHEN i.state IS NULL THEN 'new'
        WHEN i.state = 'done' THEN 'done'
        WHEN i.state = 'leased' AND i.until_at > t.now THEN 'duplicate'
        WHEN i.state NOT IN ('queued', 'leased') THEN 'strange'
        WHEN i.attempts >= :max THEN 'exhausted'
        ELSE 'again'
      END
      """
          .formatted(TRYING);

  /** What becomes of a renewal or a release: {@code held}, or why it is lost. */
  static final String HELD_VERDICT =
      """
      CASE
        WHEN coalesce(i.token, 0) = 0 THEN 'unknown'
        WHEN i.token <> :token THEN 'superseded'
        WHEN i.state = 'done' THEN 'done'
        WHEN i.state = 'queued' THEN 'released'
        WHEN i.state <> 'leased' THEN 'strange'
        WHEN i.until_at <= t.now THEN 'expired'
        ELSE 'held'
      END
      """;

  /** What becomes of a completion. */
  static final String COMPLETE_VERDICT =
      """
      CASE
        WHEN coalesce(i.token, 0) = 0 OR i.token <> :token THEN 'superseded'
        WHEN i.state = 'done' THEN 'duplicate'
        WHEN i.state NOT IN ('queued', 'leased') THEN 'strange'
        ELSE 'open'
      END
      """;

  /** That an item may be handed out from the queue; {@code :now} is the time. */
  static final String CLAIMABLE =
      """
      i.lane = :lane AND i.done_at IS NULL AND i.attempts < :max
        AND (i.state = 'queued' OR (i.state = 'leased' AND i.until_at <= %s))
      """;

  private LeaseRules() {}

  /**
   * Looks at an item and its lane, and says what becomes of what is asked.
   *
   * @param verdict one of the verdicts above
   */
  static String seen(String verdict) {
    return """
        SELECT t.now AS now, coalesce(l.paused, 0) AS paused, l.reason AS reason,
          l.since_at AS since_at, coalesce(l.trial_token, 0) AS trial_token,
          i.state AS state, i.token AS token, i.holder AS holder, i.attempts AS attempts,
          i.until_at AS until_at, i.done_at AS done_at,
          %s AS verdict
        FROM (SELECT {now} AS now) t
        LEFT JOIN {lanes} l ON l.lane = :lane
        LEFT JOIN {items} i ON i.lane = :lane AND i.item = :item
        """
        .formatted(verdict);
  }
}
