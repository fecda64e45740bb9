package dev.reliability.jdbc;

/** The statements of {@link PostgresLeases}, as text. */
final class PostgresSql {
  private static final String GRANT =
      """
      state = 'leased', token = nextval('{token}'), holder = :holder, attempts = i.attempts + 1,
      claimed_at = s.now, renewed_at = s.now, until_at = s.now + :ttl, budget_ns = :budget,
      client = :client, request = :request
      """;

  private static final String BEGIN_TRIAL =
      """
      trial = 'under_way', trial_token = g.token, trial_until = s.now + l.trial_ns
      """;

  /** Waits for the claims of a lane that are on their way, and makes new ones wait. */
  static final String AWAIT_CLAIMS =
      "SELECT pg_advisory_xact_lock(hashtextextended('{p}' || :lane, 0))";

  private PostgresSql() {}

  static final String CLAIM =
      """
      SELECT {claim} (:lane, :item, :holder, :ttl, :budget, :client, :request, {now}, :max)
      """;

  static final String RENEW = "SELECT {renew} (:lane, :item, :token, :ttl, {now})";

  static final String RELEASE = "SELECT {release} (:lane, :item, :token, :durable, {now})";

  static final String COMPLETE = "SELECT {complete} (:lane, :item, :token, :result, {now})";

  /**
   * A claim of many. Scalar sub-queries and an array, not joins: so that whatever the statistics
   * say, the queue is read in its order and only as far as needed.
   */
  static String claimQueued(boolean trial) {
    String lock =
        """
        tried AS MATERIALIZED (
          SELECT l.lane FROM {lanes} l, gate t
          WHERE l.lane = :lane AND l.paused = 1 AND %s
          FOR UPDATE OF l),
        """
            .formatted(LeaseRules.TRYING);
    String mark =
        """
        , marked AS (
          UPDATE {lanes} l SET %s FROM taken g, gate s WHERE l.lane = :lane)
        """
            .formatted(BEGIN_TRIAL);
    return """
        WITH gate AS MATERIALIZED (
          SELECT t.now AS now, coalesce(l.paused, 0) AS paused,
            CASE WHEN coalesce(l.paused, 0) = 0 THEN {open}(:lane) ELSE false END AS open,
            CASE WHEN l.paused = 1 AND %s THEN 1 ELSE 0 END AS trying
          FROM (SELECT {now} AS now) t LEFT JOIN {lanes} l ON l.lane = :lane),
        %s
        picked AS MATERIALIZED (
          SELECT i.item FROM {items} i
          WHERE %s AND %s
          ORDER BY i.queue_no LIMIT :limit
          FOR UPDATE SKIP LOCKED),
        taken AS (
          UPDATE {items} i SET %s FROM gate s
          WHERE i.lane = :lane AND i.item = ANY (ARRAY(SELECT p.item FROM picked p))
          RETURNING i.item, i.token, i.attempts, i.payload, i.queue_no)
        %s
        SELECT g.now, g.trying, k.item, k.token, k.attempts, k.payload
        FROM gate g LEFT JOIN taken k ON true
        ORDER BY k.queue_no
        """
        .formatted(
            LeaseRules.TRYING,
            trial ? lock : "",
            trial ? "EXISTS (SELECT 1 FROM tried)" : "(SELECT g.open FROM gate g)",
            LeaseRules.CLAIMABLE.formatted("(SELECT g.now FROM gate g)"),
            GRANT,
            trial ? mark : "");
  }
}
