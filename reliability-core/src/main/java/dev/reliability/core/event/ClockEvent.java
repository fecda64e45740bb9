package dev.reliability.core.event;

import java.time.Duration;

/** What happened to the clocks. */
public sealed interface ClockEvent extends EventData {

  /**
   * The wall clock and the monotonic clock moved apart: somebody set the clock, or the machine was
   * suspended.
   *
   * @param wallMinusMono how much further the wall clock moved than the monotonic one; negative if
   *     it was set back
   */
  @EventType("clock.jumped")
  record Jumped(Duration wallMinusMono) implements ClockEvent {}

  /**
   * Timers came late although both clocks went on: this process was stopped, starved or collecting
   * garbage.
   *
   * @param late by how much
   */
  @EventType("clock.paused")
  record Paused(Duration late) implements ClockEvent {}
}
