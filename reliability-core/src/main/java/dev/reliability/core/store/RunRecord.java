package dev.reliability.core.store;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store knows of one run. Immutable; times are wall time of the node that wrote them.
 *
 * @param id the run's id, unique
 * @param lane the stream of work it belongs to
 * @param item the piece of work it attempts
 * @param state the state it is in
 * @param worker the worker's name, once one was confirmed
 * @param reason why it ended, once it has
 * @param detail more in words, if there is more to say
 * @param owner the incarnation that supervises it
 * @param createdAt when it was accepted
 * @param startedAt when its worker was confirmed
 * @param endedAt when it ended
 */
public record RunRecord(
    String id,
    String lane,
    String item,
    RunState state,
    @Nullable String worker,
    @Nullable EndReason reason,
    @Nullable String detail,
    String owner,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {

  /**
   * Checks the names. What no store can keep of {@code worker} and {@code detail}, which others
   * write, is replaced: a run must not fail to be recorded for it.
   *
   * @throws IllegalArgumentException naming the id, the lane, the item or the owner if it can be no
   *     name, or the reason if it can be no text: see {@link StoredText}
   */
  public RunRecord {
    StoredText.checkedName("run", id);
    StoredText.checkedName("lane", lane);
    StoredText.checkedName("item", item);
    StoredText.checkedName("owner", owner);
    StoredText.checkText("reason", reason == null ? null : reason.wireName());
    worker = worker == null ? null : StoredText.cleaned(worker);
    detail = detail == null ? null : StoredText.cleaned(detail);
  }

  /** A new run, queued. */
  public static RunRecord queued(String id, String lane, String item, String owner, Instant now) {
    return new RunRecord(id, lane, item, RunState.QUEUED, null, null, null, owner, now, null, null);
  }

  /** The same run with a confirmed worker. */
  public RunRecord running(String newWorker, Instant now) {
    return new RunRecord(
        id, lane, item, RunState.RUNNING, newWorker, null, null, owner, createdAt, now, null);
  }

  /** The same run, ended. */
  public RunRecord ended(
      RunState newState, EndReason newReason, @Nullable String newDetail, Instant now) {
    return new RunRecord(
        id, lane, item, newState, worker, newReason, newDetail, owner, createdAt, startedAt, now);
  }
}
