package dev.reliability.core.gate;

import dev.reliability.core.event.RunState;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest probe of a lane (requirement G3). Immutable.
 *
 * @param id names the probe
 * @param lane the lane
 * @param startedAt when it began, wall time
 * @param epoch the incarnation that made it
 * @param nanos when it ended, or began if it has not ended, on that incarnation's monotonic clock
 * @param run the run's id; empty if it has not ended, or there was none
 * @param state how the run ended; null if it has not ended, or there was none
 * @param why the reason of its end, or why there was none; empty if it has not ended
 * @param endedAt when it ended, wall time; null if it has not
 */
record ProbeRun(
    String id,
    String lane,
    Instant startedAt,
    String epoch,
    long nanos,
    String run,
    @Nullable RunState state,
    String why,
    @Nullable Instant endedAt) {

  static ProbeRun began(String id, String lane, Instant at, String epoch, long nanos) {
    return new ProbeRun(id, lane, at, epoch, nanos, "", null, "", null);
  }

  /** It ended, well or badly. */
  ProbeRun ended(RunOutcome outcome, Instant at, long now) {
    RunReport report = outcome.ended().orElse(null);
    if (report == null) {
      return notRun(words((RunOutcome.Refused) outcome), at, now);
    }
    String detail = report.end().detail();
    String why =
        report.reason().wireName() + (detail == null || detail.isEmpty() ? "" : ": " + detail);
    return new ProbeRun(
        id, lane, startedAt, epoch, now, report.run(), report.state(), StoredText.cleaned(why), at);
  }

  /** There was no run, or nobody knows of it. */
  ProbeRun notRun(String reason, Instant at, long now) {
    return new ProbeRun(id, lane, startedAt, epoch, now, "", null, StoredText.cleaned(reason), at);
  }

  private static String words(RunOutcome.Refused refused) {
    String detail = refused.detail();
    return "refused: "
        + refused.why().name().toLowerCase(Locale.ROOT)
        + (detail == null ? "" : ", " + detail);
  }

  /** How long ago it ended: what both clocks say where both can be asked. */
  Duration age(Instant now, String nowEpoch, long nowNanos) {
    Duration wall = Duration.between(endedAt == null ? startedAt : endedAt, now);
    if (!nowEpoch.equals(epoch)) {
      return wall;
    }
    Duration mono = Duration.ofNanos(Math.max(0, nowNanos - nanos));
    return mono.compareTo(wall) > 0 ? mono : wall;
  }

  /** A row of evidence. */
  String row() {
    return "lane="
        + lane
        + " run="
        + (run.isEmpty() ? "-" : run)
        + " state="
        + (state == null ? "-" : state.wireName())
        + " reason="
        + (why.isEmpty() ? "-" : why)
        + " started="
        + startedAt
        + " ended="
        + (endedAt == null ? "-" : endedAt);
  }

  // ---- as a document ----

  Map<String, String> spell() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("id", id);
    values.put("lane", lane);
    values.put("started_at", startedAt.toString());
    values.put("epoch", epoch);
    values.put("nanos", Long.toString(nanos));
    values.put("run", run);
    values.put("state", state == null ? "" : state.wireName());
    values.put("why", why);
    values.put("ended_at", endedAt == null ? "" : endedAt.toString());
    return values;
  }

  static ProbeRun read(String document, Map<String, String> values) {
    return DocValues.read(document, "probe of a lane", values, ProbeRun::parse);
  }

  private static ProbeRun parse(Map<String, String> values) {
    String state = DocValues.text(values, "state");
    String ended = DocValues.text(values, "ended_at");
    return new ProbeRun(
        DocValues.text(values, "id"),
        DocValues.text(values, "lane"),
        DocValues.time(values, "started_at"),
        DocValues.text(values, "epoch"),
        DocValues.number(values, "nanos"),
        DocValues.text(values, "run"),
        state.isEmpty() ? null : RunState.fromWireName(state),
        DocValues.text(values, "why"),
        ended.isEmpty() ? null : Instant.parse(ended));
  }
}
