package dev.reliability.jdbc;

import java.util.List;

/**
 * The functions that take the steps on one item inside PostgreSQL, so that each is one round trip.
 * What can be granted is written only if nothing changed since it was looked at; else nothing is
 * done, and the caller asks again.
 *
 * <p>Statements in a function each see what was committed before they began. A function is never
 * changed once it was published: a later version makes one of another name.
 */
final class PostgresFunctions {
  private static final String SEEN =
      """
      OUT verdict TEXT, OUT now BIGINT, OUT paused BIGINT, OUT reason TEXT, OUT since_at BIGINT,
      OUT state TEXT, OUT token BIGINT, OUT holder TEXT, OUT attempts BIGINT,
      OUT until_at BIGINT, OUT done_at BIGINT
      """;

  /** Plain look-ups by key, and the rule as an expression: that is quicker than one query. */
  private static final String LOOK_AT_ITEM =
      """
      SELECT i.state, i.token, i.holder, i.attempts, i.until_at, i.done_at, i.client, i.request
          INTO state, token, holder, attempts, until_at, done_at, client, request
          FROM {items} i WHERE i.lane = p_lane AND i.item = p_item;
        now := p_now;
        verdict := %s;
      """;

  private static final String DECLARE =
      """
      DECLARE
        client BIGINT;
        request BIGINT;
      """;

  private static final String AT_ITEM = "i.lane = p_lane AND i.item = p_item";

  /**
   * Whether a lane is open, looked at anew in the middle of a claim; no pause can be made until the
   * claim is over.
   */
  private static final String OPEN =
      """
      CREATE FUNCTION {open} (p_lane TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('{p}' || p_lane, 0));
        RETURN NOT EXISTS (SELECT 1 FROM {lanes} l WHERE l.lane = p_lane AND l.paused = 1);
      END
      $$
      """;

  /**
   * The grant of a claim, given what was seen: token, attempts and payload with blanks in between;
   * null if things have changed. What was seen may be older than a pause, so the write looks at the
   * lane again, under a lock that keeps pauses out; whoever is pausing is not waited for. A lane
   * that is tried out is locked first, and then nobody is waited for who may want the lane while he
   * holds the item.
   */
  private static final String GRANT =
      """
      CREATE FUNCTION {grant} (p_again BOOLEAN, p_trial BOOLEAN, p_token BIGINT, p_state TEXT,
        p_until BIGINT, p_lane TEXT, p_item TEXT, p_holder TEXT, p_ttl BIGINT,
        p_budget BIGINT, p_client BIGINT, p_request BIGINT, p_now BIGINT) RETURNS TEXT
      LANGUAGE plpgsql AS $$
      DECLARE
        v_token BIGINT;
        v_granted TEXT;
      BEGIN
        IF p_trial THEN
          PERFORM 1 FROM {lanes} l, (SELECT p_now AS now) t
            WHERE l.lane = p_lane AND l.paused = 1 AND %s FOR UPDATE OF l;
          IF FOUND AND p_again THEN
            PERFORM 1 FROM {items} i WHERE %s FOR UPDATE SKIP LOCKED;
          END IF;
          IF NOT FOUND THEN
            RETURN NULL;
          END IF;
        ELSIF NOT pg_try_advisory_xact_lock_shared(hashtextextended('{p}' || p_lane, 0)) THEN
          RETURN NULL;
        END IF;
        IF p_again THEN
          UPDATE {items} i SET state = 'leased', token = nextval('{token}'), holder = p_holder,
              attempts = i.attempts + 1, claimed_at = p_now, renewed_at = p_now,
              until_at = p_now + p_ttl, budget_ns = p_budget, client = p_client,
              request = p_request
            WHERE %s AND i.token = p_token AND i.state = p_state
              AND i.until_at IS NOT DISTINCT FROM p_until
              AND (p_trial
                OR NOT EXISTS (SELECT 1 FROM {lanes} l WHERE l.lane = p_lane AND l.paused = 1))
            RETURNING i.token, concat_ws(' ', i.token, i.attempts, i.payload)
            INTO v_token, v_granted;
        ELSE
          v_token := nextval('{token}');
          INSERT INTO {items} (lane, item, state, token, holder, attempts, queue_no, enqueued_at,
              claimed_at, renewed_at, until_at, budget_ns, client, request)
            SELECT p_lane, p_item, 'leased', v_token, p_holder, 1, v_token, p_now,
              p_now, p_now, p_now + p_ttl, p_budget, p_client, p_request
            WHERE p_trial
              OR NOT EXISTS (SELECT 1 FROM {lanes} l WHERE l.lane = p_lane AND l.paused = 1)
            ON CONFLICT (lane, item) DO NOTHING
            RETURNING concat_ws(' ', token, attempts) INTO v_granted;
        END IF;
        IF p_trial AND v_granted IS NOT NULL THEN
          UPDATE {lanes} l SET trial = 'under_way', trial_token = v_token,
              trial_until = p_now + l.trial_ns
            WHERE l.lane = p_lane;
        END IF;
        RETURN v_granted;
      END
      $$
      """
          .formatted(LeaseRules.TRYING, AT_ITEM, AT_ITEM);

  private static final String RENEW =
      """
      CREATE FUNCTION {renew} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_ttl BIGINT,
        p_now BIGINT, %s, OUT new_until BIGINT)
      LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      %s
      BEGIN
        UPDATE {items} i SET until_at = p_now + p_ttl, renewed_at = p_now
          WHERE %s AND i.token = p_token AND i.state = 'leased' AND i.until_at > p_now
          RETURNING i.until_at INTO new_until;
        IF NOT FOUND THEN
          %s
        END IF;
      END
      $$
      """
          .formatted(SEEN, DECLARE, AT_ITEM, look(LeaseRules.HELD_VERDICT));

  /** Giving back; not durable unless asked for, since a lease that is not given back still ends. */
  private static final String RELEASE =
      """
      CREATE FUNCTION {release} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_durable BIGINT,
        p_now BIGINT, %s, OUT new_until BIGINT)
      LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      %s
        v_trial BIGINT;
        v_setting TEXT;
      BEGIN
        UPDATE {items} i SET state = 'queued', queue_no = nextval('{token}')
          WHERE %s AND i.token = p_token AND i.state = 'leased' AND i.until_at > p_now
          RETURNING p_now, (SELECT l.trial_token FROM {lanes} l
                            WHERE l.lane = p_lane AND l.trial_token = p_token)
          INTO new_until, v_trial;
        IF NOT FOUND THEN
          %s
          RETURN;
        END IF;
        IF p_durable = 0 THEN
          v_setting := set_config('synchronous_commit', 'off', true);
        END IF;
        IF v_trial IS NOT NULL THEN
          UPDATE {lanes} l SET trial = 'none', trial_token = 0
            WHERE l.lane = p_lane AND l.trial_token = p_token;
        END IF;
      END
      $$
      """
          .formatted(SEEN, DECLARE, AT_ITEM, look(LeaseRules.HELD_VERDICT));

  /** A completion; that of a trial resumes the lane. */
  private static final String COMPLETE =
      """
      CREATE FUNCTION {complete} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_result TEXT,
        p_now BIGINT, %s, OUT new_done BIGINT)
      LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      %s
        v_trial BIGINT;
      BEGIN
        UPDATE {items} i SET state = 'done', done_at = p_now, result = p_result
          WHERE %s AND i.token = p_token AND p_token <> 0 AND i.state IN ('queued', 'leased')
          RETURNING i.done_at, (SELECT l.trial_token FROM {lanes} l
                                WHERE l.lane = p_lane AND l.trial_token = p_token)
          INTO new_done, v_trial;
        IF NOT FOUND THEN
          %s
          RETURN;
        END IF;
        IF v_trial IS NOT NULL THEN
          UPDATE {lanes} l
            SET paused = 0, episode = l.episode + 1, since_at = p_now, trial = 'none',
              trial_token = 0
            WHERE l.lane = p_lane AND l.trial_token = p_token;
        END IF;
      END
      $$
      """
          .formatted(SEEN, DECLARE, AT_ITEM, look(LeaseRules.COMPLETE_VERDICT));

  /** What makes them. */
  static final List<String> ALL = List.of(OPEN, GRANT, RENEW, RELEASE, COMPLETE);

  private PostgresFunctions() {}

  /** The rules speak of rows and parameters; here both are variables. */
  private static String look(String verdict) {
    return LOOK_AT_ITEM.formatted(
        verdict
            .replaceAll(":([a-z]+)", "p_$1")
            .replace("t.now", "p_now")
            .replaceAll("\\b[il]\\.", ""));
  }
}
