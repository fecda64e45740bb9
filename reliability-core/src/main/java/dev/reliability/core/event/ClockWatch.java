package dev.reliability.core.event;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Notices that the clocks moved apart, or that this process did not run for a while.
 *
 * <p>Every five seconds it compares how far the two clocks went. Slow drift is followed, not
 * reported: only a difference of more than a second within one look is an event.
 */
final class ClockWatch implements AutoCloseable {
  static final Duration PERIOD = Duration.ofSeconds(5);
  static final Duration THRESHOLD = Duration.ofSeconds(1);

  private final ReliabilityRuntime runtime;
  private final Consumer<EventData> events;
  private final Periodic periodic;
  private Instant lastWall;
  private long lastNanos;

  private ClockWatch(ReliabilityRuntime runtime, Consumer<EventData> events) {
    this.runtime = runtime;
    this.events = events;
    lastWall = runtime.time().wall();
    lastNanos = runtime.time().nanos();
    periodic =
        Periodic.start(
            runtime, runtime.strand(Strand.Kind.MONITOR, "clock watch"), PERIOD, this::look);
  }

  static ClockWatch start(ReliabilityRuntime runtime, Consumer<EventData> events) {
    return new ClockWatch(runtime, events);
  }

  @Override
  public void close() {
    periodic.close();
  }

  private void look() {
    Instant wall = runtime.time().wall();
    long nanos = runtime.time().nanos();
    Duration mono = Duration.ofNanos(nanos - lastNanos);
    Duration apart = Duration.between(lastWall, wall).minus(mono);
    Duration late = mono.minus(PERIOD);
    lastWall = wall;
    lastNanos = nanos;
    if (apart.abs().compareTo(THRESHOLD) > 0) {
      events.accept(new ClockEvent.Jumped(apart));
    }
    if (late.compareTo(THRESHOLD) > 0) {
      events.accept(new ClockEvent.Paused(late));
    }
  }
}
