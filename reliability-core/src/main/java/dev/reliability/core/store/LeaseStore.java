package dev.reliability.core.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who works on what: leases with fencing tokens, and the lanes they belong to. Each method is one
 * atomic step, may block, and may be called by many threads and, unless the implementation says
 * otherwise, by many processes.
 *
 * <p>The rules, which {@code LeaseStoreContract} in the test kit checks:
 *
 * <ul>
 *   <li>Time is the store's own ({@link #clock()}). A lease holds while now is before its end: at
 *       the very instant of its end it is lost.
 *   <li>At most one unexpired lease per key. Tokens strictly increase per key, also over a purge.
 *   <li>A claim consumes an attempt, whatever becomes of it; an expired lease is nobody's, and its
 *       item may be claimed again while attempts are left.
 *   <li>A claim looks in this order at: the lane's pause, done, an unexpired lease, the attempts.
 *       The pause is checked in the same step as the claim (requirement J4).
 *   <li>Renewing and giving back need the current token and an unexpired lease. Completing needs
 *       the current token; that the lease has run out does not matter while nobody else claimed.
 *   <li>A done item stays done until it is purged: <em>how long it is kept is how long a duplicate
 *       is recognised</em>.
 *   <li>Neither a claim nor a completion ever changes a pause, but for the completion of a trial.
 *   <li>A lane is named as {@link StoredText#checkedName} allows, and payload, result, actor and
 *       reason are as {@link StoredText#checkText} allows: every method refuses others with an
 *       {@link IllegalArgumentException} that names them.
 * </ul>
 *
 * <p>What cannot be done because of what the store holds is a value; exceptions mean that the store
 * itself failed, and then nobody knows whether the step was taken: to ask again is safe for all of
 * them.
 */
public interface LeaseStore {

  /**
   * Checks a time that a lease or a trial is to last, for implementations.
   *
   * @throws IllegalArgumentException naming it if it is less than a millisecond
   */
  static Duration checkedTime(String name, Duration time) {
    if (time.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(name + ": expected at least PT0.001S, got " + time);
    }
    return time;
  }

  /**
   * Checks a number of attempts, for implementations.
   *
   * @throws IllegalArgumentException naming it if it is less than 1
   */
  static void checkAttempts(int maxAttempts) {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: expected at least 1, got " + maxAttempts);
    }
  }

  /**
   * Checks who pauses or resumes a lane and why, for implementations.
   *
   * @throws IllegalArgumentException naming the one that can be no text: see {@link
   *     StoredText#checkText}
   */
  static void checkWords(String actor, String reason) {
    StoredText.checkText("actor", Objects.requireNonNull(actor, "actor"));
    StoredText.checkText("reason", Objects.requireNonNull(reason, "reason"));
  }

  /**
   * Which clock the store goes by, in words for people: {@code monotonic clock of this process}.
   */
  String clock();

  /** The time by that clock. */
  Instant now();

  /**
   * Makes an item known without claiming it, behind those that are queued in its lane.
   *
   * @param payload what the host wants back with the lease; at most what the store takes
   * @return false, changing nothing, if the store knows the item already, done or not
   */
  boolean enqueue(ItemKey key, @Nullable String payload);

  /** Claims one item, which need not have been enqueued. */
  Claim claim(ItemKey key, ClaimRequest request);

  /**
   * Claims up to {@code limit} items of a lane that are queued or whose leases ran out, oldest
   * first. Those whose attempts are spent are passed over ({@link #exhausted} shows them). Nothing
   * is claimed in a paused lane, and at most one item in a trial.
   *
   * @throws IllegalArgumentException if {@code limit} is less than 1
   */
  List<Lease> claimQueued(String lane, int limit, ClaimRequest request);

  /**
   * Holds a lease for {@code ttl} from now.
   *
   * @throws IllegalArgumentException if {@code ttl} is less than a millisecond
   */
  Renewal renew(ItemKey key, long token, Duration ttl);

  /** Marks an item as done. */
  Completion complete(ItemKey key, long token, @Nullable String result);

  /**
   * Gives an item back undone: it is queued again, and whoever claims it consumes another attempt.
   */
  Renewal release(ItemKey key, long token);

  /**
   * Pauses a lane. One that is paused stays as it is: neither reason nor time is overwritten.
   *
   * @param episode pauses only if this is the lane's episode; null if it does not matter
   * @return the lane as it is now
   */
  LaneView pauseLane(String lane, @Nullable Long episode, String actor, String reason);

  /**
   * Resumes a lane, in a new episode.
   *
   * <p>Whoever does not know whether an ask was heard asks again, with the episode that he saw
   * paused: a pause of a later episode is then left alone. A trial that is open or under way stays
   * as it is, too, so that asking twice opens one; only if its item was given back in between does
   * the second ask open another.
   *
   * @param episode resumes only if this is the lane's episode; null if it does not matter
   * @param trial null resumes it; else the lane stays paused but for one item, whose completion
   *     resumes it. If nothing came of that item within this time, another may be tried.
   * @return the lane as it is now; unchanged if it was not paused, or is of another episode
   * @throws IllegalArgumentException if {@code trial} is less than a millisecond
   */
  LaneView resumeLane(
      String lane, @Nullable Long episode, String actor, String reason, @Nullable Duration trial);

  /** One lane; fresh if nobody ever paused it. */
  LaneView lane(String lane);

  /** All lanes that were ever paused, by name. */
  List<LaneView> lanes();

  /** One item. */
  Optional<ItemView> find(ItemKey key);

  /**
   * All items in this state, oldest first: by when they were done, else claimed, else enqueued.
   *
   * @param lane of this lane only, unless null
   */
  List<ItemView> items(ItemView.State state, @Nullable String lane, int limit);

  /**
   * Items that nobody gets any more who claims with {@code maxAttempts}: not done, held by nobody,
   * and their attempts are spent. Those enqueued first come first. They stay until a claim allows
   * more attempts.
   *
   * @param lane of this lane only, unless null
   * @throws IllegalArgumentException if {@code maxAttempts} is less than 1
   */
  List<ItemView> exhausted(@Nullable String lane, int maxAttempts, int limit);

  /**
   * Forgets items that were done before {@code before}.
   *
   * @return how many
   */
  int purge(Instant before);
}
