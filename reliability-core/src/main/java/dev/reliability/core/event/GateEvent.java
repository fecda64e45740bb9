package dev.reliability.core.event;

import java.util.List;

/** What gates were judged to be. */
public sealed interface GateEvent extends EventData {

  /**
   * A gate was judged (requirement G6). Told once per judgement, after it was recorded.
   *
   * @param gate which gate
   * @param judgement names the judgement
   * @param verdict {@code go}, {@code no_go} or {@code inconclusive}
   * @param configHash the configuration under which it was made
   * @param lines what was judged, as {@code PASS name: why} and so on
   */
  @EventType("gate.judged")
  record Judged(
      String gate, String judgement, String verdict, String configHash, List<String> lines)
      implements GateEvent {

    /** Copies {@code lines}. */
    public Judged {
      lines = List.copyOf(lines);
    }
  }
}
