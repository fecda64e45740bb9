package dev.reliability.jdbc;

/** The statements of {@link PostgresLeases}, as text. */
final class PostgresSql {
  private static final String AT_ITEM = "i.lane = :lane AND i.item = :item";

  /** Nobody touched the item since it was looked at. */
  private static final String UNCHANGED =
      """
      i.token = s.token AND i.state = s.state AND i.until_at IS NOT DISTINCT FROM s.until_at
      """;

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

  /** A trial that ends; 0 is nobody's token. */
  private static final String END_TRIAL = "trial = 'none', trial_token = 0";

  /** The lane of a trial is locked before the item, as claims lock them. */
  private static final String LOCK_OF_TRIAL =
      """
      tried AS MATERIALIZED (
        SELECT l.lane FROM {lanes} l
        WHERE l.lane = :lane AND l.trial_token = :token
          AND EXISTS (SELECT 1 FROM seen s WHERE s.verdict = '%s')
        FOR UPDATE)
      """;

  /** Waits for the claims of a lane that are on their way, and makes new ones wait. */
  static final String AWAIT_CLAIMS =
      "SELECT pg_advisory_xact_lock(hashtextextended('{p}' || :lane, 0))";

  private PostgresSql() {}

  /**
   * A claim. A token is drawn in the write itself, when the row is locked or was not there: so
   * tokens of a key increase, and refusals draw none.
   *
   * @param trial whether the lane is paused, and tried out
   */
  static String claim(boolean trial) {
    String seen = LeaseRules.seen(LeaseRules.CLAIM_VERDICT, "");
    String lock =
        """
        tried AS MATERIALIZED (
          SELECT l.lane FROM {lanes} l, seen t
          WHERE l.lane = :lane AND l.paused = 1 AND t.paused = 1
            AND t.verdict IN ('new', 'again') AND %s
          FOR UPDATE OF l),
        """
            .formatted(LeaseRules.TRYING);
    String mark =
        """
        , marked AS (
          UPDATE {lanes} l SET %s
          FROM (SELECT token FROM again UNION ALL SELECT token FROM first) g, seen s
          WHERE l.lane = :lane)
        """
            .formatted(BEGIN_TRIAL);
    // The snapshot may be older than a pause: what is to be granted looks again, and holds it off.
    String gate =
        trial
            ? "s.verdict = '%1$s' AND EXISTS (SELECT 1 FROM tried)"
            : "CASE WHEN s.verdict = '%1$s' AND s.paused = 0 THEN {open}(:lane) ELSE false END";
    return """
        WITH seen AS MATERIALIZED (%s),
        %s
        again AS (
          UPDATE {items} i SET %s FROM seen s
          WHERE %s AND %s AND %s
          RETURNING i.token, i.attempts, i.payload),
        first AS (
          INSERT INTO {items} (lane, item, state, token, holder, attempts, queue_no, enqueued_at,
            claimed_at, renewed_at, until_at, budget_ns, client, request)
          SELECT :lane, :item, 'leased', n.token, :holder, 1, n.token, n.now,
            n.now, n.now, n.now + :ttl, :budget, :client, :request
          FROM (SELECT s.now AS now, nextval('{token}') AS token FROM seen s
                WHERE %s) n
          ON CONFLICT (lane, item) DO NOTHING
          RETURNING token)
        %s
        SELECT s.*, coalesce(a.token, f.token) AS new_token, coalesce(a.attempts, 1) AS new_attempts,
          a.payload AS new_payload
        FROM seen s LEFT JOIN again a ON true LEFT JOIN first f ON true
        """
        .formatted(
            seen,
            trial ? lock : "",
            GRANT,
            AT_ITEM,
            UNCHANGED,
            gate.formatted("again"),
            gate.formatted("new"),
            trial ? mark : "");
  }

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

  /** A renewal. */
  static final String RENEW =
      """
      WITH seen AS MATERIALIZED (%s),
      held AS (
        UPDATE {items} i SET until_at = s.now + :ttl, renewed_at = s.now FROM seen s
        WHERE %s AND s.verdict = 'held' AND i.token = :token AND i.state = 'leased'
          AND i.until_at > s.now
        RETURNING i.until_at)
      SELECT s.*, h.until_at AS new_until FROM seen s LEFT JOIN held h ON true
      """
          .formatted(LeaseRules.seen(LeaseRules.HELD_VERDICT, ""), AT_ITEM);

  /**
   * Giving back.
   *
   * @param durable whether to wait for the disk. If not, a crash of the server may leave the item
   *     leased until its lease ends, which is safe.
   */
  static String release(boolean durable) {
    String relaxed = durable ? "" : ", set_config('synchronous_commit', 'off', true) AS relaxed";
    return """
        WITH seen AS MATERIALIZED (%s),
        %s,
        given AS (
          UPDATE {items} i SET state = 'queued', queue_no = nextval('{token}') FROM seen s
          WHERE %s AND s.verdict = 'held' AND i.token = :token AND i.state = 'leased'
            AND i.until_at > s.now AND (SELECT count(*) FROM tried) >= 0
          RETURNING i.token),
        ended AS (
          UPDATE {lanes} l SET %s FROM given g WHERE l.lane = :lane AND l.trial_token = g.token)
        SELECT s.*, CASE WHEN g.token IS NULL THEN NULL ELSE s.now END AS new_until
        FROM seen s LEFT JOIN given g ON true
        """
        .formatted(
            LeaseRules.seen(LeaseRules.HELD_VERDICT, relaxed),
            LOCK_OF_TRIAL.formatted("held"),
            AT_ITEM,
            END_TRIAL);
  }

  /** A completion; that of a trial resumes the lane. */
  static final String COMPLETE =
      """
      WITH seen AS MATERIALIZED (%s),
      %s,
      closed AS (
        UPDATE {items} i SET state = 'done', done_at = s.now, result = :result FROM seen s
        WHERE %s AND s.verdict = 'open' AND i.token = :token AND i.state IN ('queued', 'leased')
          AND (SELECT count(*) FROM tried) >= 0
        RETURNING i.token, i.done_at),
      resumed AS (
        UPDATE {lanes} l
        SET paused = 0, episode = l.episode + 1, since_at = c.done_at, %s
        FROM closed c WHERE l.lane = :lane AND l.trial_token = c.token)
      SELECT s.*, c.done_at AS new_done FROM seen s LEFT JOIN closed c ON true
      """
          .formatted(
              LeaseRules.seen(LeaseRules.COMPLETE_VERDICT, ""),
              LOCK_OF_TRIAL.formatted("open"),
              AT_ITEM,
              END_TRIAL);
}
