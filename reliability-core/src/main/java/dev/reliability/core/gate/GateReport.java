package dev.reliability.core.gate;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.GateVerdict;
import dev.reliability.core.store.StoredText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What one judgement of a gate came to (requirement G6). Immutable. The same facts give the same
 * lines in the same order.
 *
 * @param id names the judgement: however often it is recorded, it counts once
 * @param gate which gate
 * @param verdict the worst of the lines; without a line nobody can say
 * @param at when, wall time
 * @param node the machine or process that judged
 * @param epoch the incarnation that judged
 * @param nanos when, on the incarnation's monotonic clock
 * @param configHash what it was judged with: see {@link ConfigHash}
 * @param lines everything that was judged
 */
public record GateReport(
    String id,
    String gate,
    GateVerdict verdict,
    Instant at,
    String node,
    String epoch,
    long nanos,
    String configHash,
    List<GateLine> lines) {

  /** Copies {@code lines}. */
  public GateReport {
    StoredText.checkedName("id", id);
    StoredText.checkedName("gate", gate);
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(epoch, "epoch");
    StoredText.checkText("configHash", Objects.requireNonNull(configHash, "configHash"));
    lines = ImmutableList.copyOf(lines);
  }

  /** A judgement as of now. */
  public static GateReport of(EventBus bus, String gate, String configHash, List<GateLine> lines) {
    return new GateReport(
        bus.newId(),
        gate,
        worst(lines),
        bus.runtime().time().wall(),
        bus.runtime().node(),
        bus.epoch(),
        bus.runtime().time().nanos(),
        configHash,
        lines);
  }

  /** Whether everything is well. */
  public boolean isPass() {
    return verdict == GateVerdict.GO;
  }

  /** The exit code of a command that prints this: 0 if everything is well, else 1. */
  public int exitCode() {
    return isPass() ? 0 : 1;
  }

  /** One line for each thing that was judged, its evidence below it, and the verdict. */
  public String text() {
    return GateLine.text(lines) + GateLine.word(verdict) + " gate " + gate + "\n";
  }

  static GateVerdict worst(List<GateLine> lines) {
    return lines.stream()
        .map(GateLine::verdict)
        .reduce(GateVerdict::and)
        .orElse(GateVerdict.INCONCLUSIVE);
  }
}
