package dev.reliability.micrometer;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.TimeoutValues;
import dev.reliability.core.run.RunTimeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events for tests. */
final class Samples {
  private static final TimeoutValues TIMEOUTS = RunTimeouts.ofDefaults().values();

  private Samples() {}

  static Event event(String epoch, long second, Subject subject, EventData data) {
    return new Event(
        new EventId(epoch, second),
        Instant.ofEpochSecond(second),
        second,
        "n",
        subject,
        null,
        data);
  }

  static RunEvent.Ended ended(EndReason reason, boolean ok) {
    return new RunEvent.Ended(
        ok ? RunState.DONE : RunState.FAILED,
        reason,
        null,
        1,
        "w",
        TIMEOUTS,
        Duration.ofMillis(5),
        Duration.ofSeconds(7),
        5,
        50,
        ok ? 0 : null,
        null,
        "none",
        "none",
        List.of(),
        0,
        "none",
        null,
        null,
        null,
        Map.of(),
        true);
  }
}
