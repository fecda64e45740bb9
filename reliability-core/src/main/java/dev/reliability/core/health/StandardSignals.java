package dev.reliability.core.health;

import java.time.Duration;

/** The signals that most hosts have. */
public final class StandardSignals {

  /** What a stored handoff says. */
  public enum Handoff {
    /** It was fine to hand over. By itself no reason to go. */
    GO,
    /** It was not. */
    NO_GO,
    /** Nothing that counts now. */
    NO_OPINION
  }

  /** How an incident of operations stands. */
  public enum OpsState {
    /** None is going on. */
    NORMAL,
    /** Something is not as it should be. */
    WARNING,
    /** Something is broken. */
    CRITICAL,
    /** It was, and nobody said so lately: what is seen now counts. */
    RECOVERING,
    /** Nobody said anything lately. */
    UNKNOWN
  }

  /**
   * The snapshot of a handoff, good for 30 minutes (requirement K1). A stale one has no opinion: a
   * {@code NO_GO} stops to count, and a {@code GO} never did.
   */
  public static final SignalType<Handoff> HANDOFF =
      SignalType.of(
          "handoff",
          Duration.ofMinutes(30),
          SignalCodec.ofEnum(Handoff.class),
          value -> Handoff.NO_OPINION);

  /**
   * The state of an ops incident, good for 45 minutes (requirement K2). A stale {@code CRITICAL} or
   * {@code WARNING} is {@code RECOVERING}; a stale {@code NORMAL} is {@code UNKNOWN}.
   */
  public static final SignalType<OpsState> OPS_INCIDENT =
      SignalType.of(
          "ops-incident",
          Duration.ofMinutes(45),
          SignalCodec.ofEnum(OpsState.class),
          value ->
              value == OpsState.NORMAL || value == OpsState.UNKNOWN
                  ? OpsState.UNKNOWN
                  : OpsState.RECOVERING);

  private StandardSignals() {}
}
