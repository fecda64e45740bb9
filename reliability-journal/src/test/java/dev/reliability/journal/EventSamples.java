package dev.reliability.journal;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Fixed events for tests. */
final class EventSamples {
  static final String EPOCH = "20260101T000000Z-0a1b2c3d";
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final EventData QUEUED = new RunEvent.Queued();

  private EventSamples() {}

  /** The event with that number of the usual incarnation, a second after the one before it. */
  static Event event(long seq) {
    return event(EPOCH, seq, START.plusSeconds(seq));
  }

  static Event event(String epoch, long seq, Instant time) {
    return event(epoch, seq, time, new RunEvent.Starting((int) seq));
  }

  static Event event(String epoch, long seq, Instant time, EventData data) {
    return new Event(
        new EventId(epoch, seq),
        time,
        seq * 1_000_000,
        "worker-1",
        Subject.ofRun("andy-developer", "issue-" + seq, "r-" + seq),
        null,
        data);
  }

  /** An event that may be dropped under load. */
  static Event sample(long seq) {
    return event(EPOCH, seq, START.plusSeconds(seq), new RunEvent.Progress(2, seq));
  }

  /** An event of about {@code size} bytes that may not be dropped under load. */
  static Event big(long seq, int size) {
    return event(
        EPOCH,
        seq,
        START.plusSeconds(seq),
        new RunEvent.StartFailed(1, "f", "x".repeat(size), null));
  }

  /**
   * An event of {@code type} with made-up values that depend on nothing but the names of its
   * components.
   */
  static Event of(Class<? extends EventData> type) {
    return new Event(
        new EventId(EPOCH, 7),
        START.plusMillis(250),
        250_000_000,
        "worker-1",
        new Subject("andy-developer", "issue-42", "r-1", 3, "operator"),
        new EventId(EPOCH, 6),
        (EventData) record(type));
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    try {
      return type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(Arrays.stream(components).map(EventSamples::value).toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object value(RecordComponent component) {
    Class<?> type = component.getType();
    int number = component.getName().length();
    if (type == String.class) {
      return "a " + component.getName();
    } else if (type == int.class || type == Integer.class) {
      return number;
    } else if (type == long.class || type == Long.class) {
      return (long) number;
    } else if (type == boolean.class || type == Boolean.class) {
      return true;
    } else if (type == Duration.class) {
      return Duration.ofMillis(1500L * number);
    } else if (type == Instant.class) {
      return START.plusNanos(number);
    } else if (type == EndReason.class) {
      return EndReason.NO_OUTPUT_TIMEOUT;
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type == List.class) {
      return List.of("one", "two");
    } else if (type == Map.class) {
      return Map.of("key", "value");
    }
    return record(type);
  }
}
