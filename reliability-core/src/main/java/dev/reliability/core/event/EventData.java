package dev.reliability.core.event;

/**
 * What happened, without the envelope.
 *
 * <p>All are records whose components are strings, integers, booleans, {@link java.time.Duration},
 * {@link java.time.Instant}, {@link RunState}, {@link EndReason}, enums, other such records, or
 * lists of strings and maps from string to string: so that one codec serves them all. A component
 * may be null where it says so.
 */
public sealed interface EventData
    permits ProcessEvent,
        ClockEvent,
        DispatchEvent,
        ItemEvent,
        RunEvent,
        ReconcileEvent,
        LaneEvent,
        EffectEvent,
        RetryEvent,
        DependencyEvent,
        HealthEvent,
        LinkEvent,
        GateEvent,
        IncidentEvent,
        DeployEvent,
        CustomEvent,
        UnknownEvent {

  /**
   * True for events of which losing some loses no decision: under load they may be dropped, and are
   * then counted.
   */
  default boolean isSample() {
    return false;
  }
}
