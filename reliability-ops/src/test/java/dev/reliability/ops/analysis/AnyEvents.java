package dev.reliability.ops.analysis;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Events of every type with values from small pools, odd ones among them, in whatever order. */
final class AnyEvents {
  private static final List<String> WORDS =
      List.of("", " ", "a", "open", "local", "retry", "duplicate", "n/a", "\n\"{", "policy");

  private final Random random;
  private final List<Class<? extends EventData>> types = new ArrayList<>(EventTypes.all().values());

  AnyEvents(Random random) {
    this.random = random;
    types.add(CustomEvent.class);
    types.add(UnknownEvent.class);
  }

  List<Event> list(int size) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      events.add(event());
    }
    return events;
  }

  private Event event() {
    EventData data =
        random.nextInt(4) == 0
            ? new DispatchEvent.Intent("w", null, -1)
            : (EventData) record(types.get(random.nextInt(types.size())));
    return new Event(id(), time(), random.nextLong(), "n", subject(), any(id()), data);
  }

  private EventId id() {
    return new EventId("e" + random.nextInt(3), random.nextInt(50));
  }

  private Instant time() {
    return switch (random.nextInt(20)) {
      case 0 -> Instant.MIN;
      case 1 -> Instant.MAX;
      default -> Told.at(random.nextInt(-4000, 90_000));
    };
  }

  private Subject subject() {
    return new Subject(
        any("l" + random.nextInt(2)),
        any("i" + random.nextInt(5)),
        any("r" + random.nextInt(5)),
        random.nextInt(3),
        any("who"));
  }

  private <T> T any(T value) {
    return random.nextBoolean() ? value : null;
  }

  private Object record(Class<?> type) {
    if (type == CustomEvent.class) {
      return new CustomEvent("x", Map.of("count", "many"));
    }
    RecordComponent[] parts = type.getRecordComponents();
    try {
      return type.getDeclaredConstructor(
              Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(Arrays.stream(parts).map(this::value).toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + ": " + e.getMessage(), e);
    }
  }

  private Object value(RecordComponent part) {
    boolean nullable =
        Arrays.stream(part.getAnnotatedType().getAnnotations())
            .anyMatch(a -> a.annotationType().getSimpleName().equals("Nullable"));
    return nullable && random.nextBoolean() ? null : value(part.getType());
  }

  private Object value(Class<?> type) {
    if (type == String.class) {
      return WORDS.get(random.nextInt(WORDS.size()));
    } else if (type == int.class || type == Integer.class) {
      return random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-1, 3);
    } else if (type == long.class || type == Long.class) {
      return random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(-1, 3);
    } else if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    } else if (type == Duration.class) {
      return Duration.ofSeconds(random.nextInt(-2, 900));
    } else if (type == Instant.class) {
      return time();
    } else if (type == RunState.class) {
      return RunState.values()[random.nextInt(RunState.values().length)];
    } else if (type == EndReason.class) {
      List<EndReason> known = EndReason.known();
      return random.nextBoolean()
          ? EndReason.NO_OUTPUT_TIMEOUT
          : known.get(random.nextInt(known.size()));
    } else if (type == List.class) {
      return List.of("running_without_container", "");
    } else if (type == Map.class) {
      return Map.of("chat_jid", "");
    } else if (type.isRecord()) {
      return record(type);
    }
    throw new LinkageError("no values for " + type);
  }
}
