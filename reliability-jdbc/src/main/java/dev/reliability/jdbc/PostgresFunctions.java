package dev.reliability.jdbc;

import java.util.List;

/**
 * The functions that take the steps on one item inside PostgreSQL, so that each is one round trip.
 * Each answers with one text: a word, and what belongs to it with blanks in between (see {@link
 * PostgresLeases}); or with null if somebody changed the item meanwhile: then nothing was done, and
 * the caller asks again.
 *
 * <p>Statements in a function each see what was committed before they began. A function is never
 * changed once it was published: a later version makes one of another name.
 */
final class PostgresFunctions {
  private static final String AT_ITEM = "i.lane = p_lane AND i.item = p_item";

  private static final String PAUSED =
      "EXISTS (SELECT 1 FROM {lanes} l WHERE l.lane = p_lane AND l.paused = 1)";

  /**
   * Keeps pauses and other claims of the item out until the claim is over. Whoever is pausing or
   * claiming is not waited for: the caller asks again a little later, and no connection is tied up
   * meanwhile.
   */
  private static final String ALONE =
      """
      pg_try_advisory_xact_lock_shared(hashtextextended('{p}' || p_lane, 0))
        AND pg_try_advisory_xact_lock(hashtextextended('{p}' || p_lane || '/' || p_item, 1))
      """;

  private static final String GRANT =
      """
      state = 'leased', token = nextval('{token}'), holder = p_holder, attempts = i.attempts + 1,
      claimed_at = p_now, renewed_at = p_now, until_at = p_now + p_ttl, budget_ns = p_budget,
      client = p_client, request = p_request
      """;

  private static final String INSERT =
      """
      INSERT INTO {items} (lane, item, state, token, holder, attempts, queue_no, enqueued_at,
          claimed_at, renewed_at, until_at, budget_ns, client, request)
        SELECT p_lane, p_item, 'leased', n.token, p_holder, 1, n.token, p_now,
          p_now, p_now, p_now + p_ttl, p_budget, p_client, p_request
        FROM (SELECT nextval('{token}') AS token) n
      """;

  private static final String TERMS =
      """
      p_lane TEXT, p_item TEXT, p_holder TEXT, p_ttl BIGINT, p_budget BIGINT, p_client BIGINT,
      p_request BIGINT, p_now BIGINT
      """;

  /**
   * Whether a lane is open, looked at anew in the middle of a claim; no pause can be made until the
   * claim is over.
   */
  private static final String OPEN =
      """
      CREATE FUNCTION {open} (p_lane TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('{p}' || p_lane, 0));
        RETURN NOT %s;
      END
      $$
      """
          .formatted(PAUSED);

  /**
   * The claim of an item of a paused lane that is being tried out. The lane is locked first, and
   * then nobody is waited for who may want the lane while he holds the item.
   */
  private static final String TRY =
      """
      CREATE FUNCTION {trial} (%s, p_token BIGINT, p_state TEXT, p_until BIGINT) RETURNS TEXT
      LANGUAGE plpgsql AS $$
      DECLARE
        v_token BIGINT;
        v_granted TEXT;
      BEGIN
        PERFORM 1 FROM {lanes} l, (SELECT p_now AS now) t
          WHERE l.lane = p_lane AND l.paused = 1 AND %s FOR UPDATE OF l;
        IF NOT FOUND THEN
          RETURN NULL;
        END IF;
        IF p_state IS NULL THEN
          %s ON CONFLICT (lane, item) DO NOTHING
            RETURNING token, concat_ws(' ', 'granted 1', p_now, token, attempts)
            INTO v_token, v_granted;
        ELSE
          PERFORM 1 FROM {items} i WHERE %s FOR UPDATE SKIP LOCKED;
          IF NOT FOUND THEN
            RETURN NULL;
          END IF;
          UPDATE {items} i SET %s
            WHERE %s AND i.token = p_token AND i.state = p_state
              AND i.until_at IS NOT DISTINCT FROM p_until
            RETURNING i.token,
              concat_ws(' ', 'granted 1', p_now, i.token, i.attempts, i.payload)
            INTO v_token, v_granted;
        END IF;
        IF v_granted IS NOT NULL THEN
          UPDATE {lanes} l SET trial = 'under_way', trial_token = v_token,
              trial_until = p_now + l.trial_ns
            WHERE l.lane = p_lane;
        END IF;
        RETURN v_granted;
      END
      $$
      """
          .formatted(TERMS, LeaseRules.TRYING, INSERT, AT_ITEM, GRANT, AT_ITEM);

  /**
   * A claim. What happens most comes first: an item that somebody holds, one that can be had, one
   * that nobody knows yet; all in a lane that is open. Everything else is looked at with the whole
   * rule.
   */
  private static final String CLAIM =
      """
      CREATE FUNCTION {claim} (%s, p_max BIGINT) RETURNS TEXT LANGUAGE plpgsql AS $$
      DECLARE
        v_answer TEXT;
        s RECORD;
      BEGIN
        SELECT CASE
            WHEN %s OR (i.client = p_client AND i.request = p_request) THEN 'look'
            WHEN i.state = 'leased' AND i.until_at > p_now
              THEN concat_ws(' ', 'duplicate', i.until_at, i.holder)
            ELSE 'free'
          END
          INTO v_answer FROM {items} i WHERE %s;
        IF NOT FOUND THEN
          IF %s THEN
            %s WHERE NOT %s
              ON CONFLICT (lane, item) DO NOTHING
              RETURNING concat_ws(' ', 'granted 0', p_now, token, attempts) INTO v_answer;
            IF FOUND THEN
              RETURN v_answer;
            END IF;
          END IF;
        ELSIF v_answer = 'free' THEN
          IF %s THEN
            UPDATE {items} i SET %s
              WHERE %s AND i.attempts < p_max AND NOT %s
                AND (i.state = 'queued' OR (i.state = 'leased' AND i.until_at <= p_now))
              RETURNING concat_ws(' ', 'granted 0', p_now, i.token, i.attempts, i.payload)
              INTO v_answer;
            IF FOUND THEN
              RETURN v_answer;
            END IF;
          END IF;
        ELSIF v_answer <> 'look' THEN
          RETURN v_answer;
        END IF;
        %s
        RETURN CASE s.verdict
          WHEN 'mine' THEN s.verdict
          WHEN 'lane_paused' THEN concat_ws(' ', s.verdict, coalesce(s.since_at, 0), s.reason)
          WHEN 'done' THEN concat_ws(' ', s.verdict, s.done_at)
          WHEN 'duplicate' THEN concat_ws(' ', s.verdict, s.until_at, s.holder)
          WHEN 'exhausted' THEN concat_ws(' ', s.verdict, s.attempts)
          WHEN 'strange' THEN concat_ws(' ', s.verdict, s.state)
          ELSE CASE WHEN s.paused = 1 THEN
            {trial} (p_lane, p_item, p_holder, p_ttl, p_budget, p_client, p_request, p_now,
              s.token, s.state, s.until_at) END
        END;
      END
      $$
      """
          .formatted(
              TERMS,
              PAUSED,
              AT_ITEM,
              ALONE,
              INSERT,
              PAUSED,
              ALONE,
              GRANT,
              AT_ITEM,
              PAUSED,
              look(LeaseRules.CLAIM_VERDICT));

  private static final String RENEW =
      """
      CREATE FUNCTION {renew} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_ttl BIGINT,
        p_now BIGINT) RETURNS TEXT LANGUAGE plpgsql AS $$
      DECLARE
        v_answer TEXT;
        s RECORD;
      BEGIN
        UPDATE {items} i SET until_at = p_now + p_ttl, renewed_at = p_now
          WHERE %s AND i.token = p_token AND i.state = 'leased' AND i.until_at > p_now
          RETURNING concat_ws(' ', 'held', i.until_at) INTO v_answer;
        IF FOUND THEN
          RETURN v_answer;
        END IF;
        %s
        RETURN CASE s.verdict WHEN 'held' THEN NULL ELSE concat_ws(' ', s.verdict, s.state) END;
      END
      $$
      """
          .formatted(AT_ITEM, look(LeaseRules.HELD_VERDICT));

  /** Giving back; not durable unless asked for, since a lease that is not given back still ends. */
  private static final String RELEASE =
      """
      CREATE FUNCTION {release} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_durable BIGINT,
        p_now BIGINT) RETURNS TEXT LANGUAGE plpgsql AS $$
      DECLARE
        v_tried BOOLEAN;
        v_setting TEXT;
        s RECORD;
      BEGIN
        UPDATE {items} i SET state = 'queued', queue_no = nextval('{token}')
          WHERE %s AND i.token = p_token AND i.state = 'leased' AND i.until_at > p_now
          RETURNING EXISTS (SELECT 1 FROM {lanes} l
                            WHERE l.lane = p_lane AND l.trial_token = p_token)
          INTO v_tried;
        IF NOT FOUND THEN
          %s
          RETURN CASE s.verdict WHEN 'held' THEN NULL ELSE concat_ws(' ', s.verdict, s.state) END;
        END IF;
        IF p_durable = 0 THEN
          v_setting := set_config('synchronous_commit', 'off', true);
        END IF;
        IF v_tried THEN
          UPDATE {lanes} l SET trial = 'none', trial_token = 0
            WHERE l.lane = p_lane AND l.trial_token = p_token;
        END IF;
        RETURN concat_ws(' ', 'held', p_now);
      END
      $$
      """
          .formatted(AT_ITEM, look(LeaseRules.HELD_VERDICT));

  /** A completion; that of a trial resumes the lane. */
  private static final String COMPLETE =
      """
      CREATE FUNCTION {complete} (p_lane TEXT, p_item TEXT, p_token BIGINT, p_result TEXT,
        p_now BIGINT) RETURNS TEXT LANGUAGE plpgsql AS $$
      DECLARE
        v_tried BOOLEAN;
        s RECORD;
      BEGIN
        UPDATE {items} i SET state = 'done', done_at = p_now, result = p_result
          WHERE %s AND i.token = p_token AND p_token <> 0 AND i.state IN ('queued', 'leased')
          RETURNING EXISTS (SELECT 1 FROM {lanes} l
                            WHERE l.lane = p_lane AND l.trial_token = p_token)
          INTO v_tried;
        IF NOT FOUND THEN
          %s
          RETURN CASE s.verdict
            WHEN 'open' THEN NULL
            WHEN 'duplicate' THEN concat_ws(' ', s.verdict, s.done_at)
            WHEN 'superseded' THEN concat_ws(' ', s.verdict, coalesce(s.token, 0))
            ELSE concat_ws(' ', s.verdict, s.state)
          END;
        END IF;
        IF v_tried THEN
          UPDATE {lanes} l
            SET paused = 0, episode = l.episode + 1, since_at = p_now, trial = 'none',
              trial_token = 0
            WHERE l.lane = p_lane AND l.trial_token = p_token;
        END IF;
        RETURN concat_ws(' ', 'accepted', p_now);
      END
      $$
      """
          .formatted(AT_ITEM, look(LeaseRules.COMPLETE_VERDICT));

  /** What makes them. */
  static final List<String> ALL = List.of(OPEN, TRY, CLAIM, RENEW, RELEASE, COMPLETE);

  private PostgresFunctions() {}

  /** The whole rule, on what is there now. */
  private static String look(String verdict) {
    return LeaseRules.seen(verdict)
            .replaceAll(":([a-z]+)", "p_$1")
            .replace("{now}", "p_now")
            .stripTrailing()
            .replaceFirst("SELECT", "SELECT * INTO s FROM (SELECT")
        + ") AS looked;";
  }
}
