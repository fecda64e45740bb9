package dev.reliability.core.event;

import java.time.Instant;

/** What was put into service. Who did it is in the envelope's {@link Subject}. */
public sealed interface DeployEvent extends EventData {

  /**
   * Another version, or another configuration, is in service (requirements A5, S1): what is counted
   * is counted before it and since. Nothing that happened before is rewritten.
   *
   * @param version what it is called
   * @param at since when it is in service, wall time; not later than the event
   * @param configHash the configuration, in hexadecimal digits; empty if nobody said so
   * @param change what was changed, and why
   */
  @EventType("deploy.marked")
  record Marked(String version, Instant at, String configHash, ChangeRecord change)
      implements DeployEvent {}
}
