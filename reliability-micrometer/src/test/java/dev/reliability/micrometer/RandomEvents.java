package dev.reliability.micrometer;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Events of every type with names that nobody should give. The same seed gives the same events. */
final class RandomEvents {
  /** What every item and every run here has in its name. */
  static final String NEVER_A_LABEL = "not-to-be-seen";

  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "other",
          "\"",
          "\\",
          "a\nb",
          "a\rb",
          "a\u0000b",
          "a\u0001b",
          "\uD83D",
          "\uDE00",
          "\uFFFD",
          "grün",
          "x=\"1\",y",
          "}",
          "{",
          "#",
          "other:all is well",
          "lane_paused",
          "dependency:",
          "l".repeat(100_000));
  private static final List<Class<? extends EventData>> TYPES =
      List.copyOf(EventTypes.all().values());

  private final Random random;
  private long seq;

  RandomEvents(long seed) {
    random = new Random(seed);
  }

  Event next() {
    EventData data;
    int kind = random.nextInt(30);
    if (kind == 0) {
      data = new CustomEvent("custom" + name(), Map.of());
    } else if (kind == 1) {
      data = new UnknownEvent("unknown" + name(), "{}");
    } else {
      data = (EventData) record(TYPES.get(random.nextInt(TYPES.size())));
    }
    Subject subject =
        new Subject(
            random.nextInt(10) == 0 ? null : name(),
            random.nextInt(10) == 0 ? null : NEVER_A_LABEL + random.nextInt(50),
            random.nextInt(10) == 0 ? null : NEVER_A_LABEL + random.nextInt(50),
            random.nextInt(3),
            null);
    return new Event(
        new EventId("epoch-" + random.nextInt(3000), ++seq), time(), seq, "n", subject, null, data);
  }

  private String name() {
    return switch (random.nextInt(3)) {
      case 0 -> HOSTILE.get(random.nextInt(HOSTILE.size()));
      case 1 -> "name-" + random.nextInt(8);
      default -> "name-" + random.nextInt();
    };
  }

  private Instant time() {
    return switch (random.nextInt(20)) {
      case 0 -> Instant.MIN;
      case 1 -> Instant.MAX;
      default -> Instant.ofEpochSecond(random.nextInt());
    };
  }

  private Duration duration() {
    return switch (random.nextInt(20)) {
      case 0 -> Duration.ofSeconds(Long.MIN_VALUE);
      case 1 -> Duration.ofSeconds(Long.MAX_VALUE);
      default -> Duration.ofMillis(random.nextInt());
    };
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    while (true) {
      List<Object> values = new ArrayList<>();
      Stream.of(types).forEach(part -> values.add(value(part)));
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        return constructor.newInstance(values.toArray());
      } catch (InvocationTargetException e) {
        if (!(e.getCause() instanceof IllegalArgumentException)) {
          throw new AssertionError(e);
        } // not a value that this record accepts
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
  }

  private Object value(Class<?> type) {
    if (type == String.class) {
      return name();
    } else if (type == int.class || type == Integer.class) {
      return random.nextInt();
    } else if (type == long.class || type == Long.class) {
      return random.nextLong();
    } else if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    } else if (type == Duration.class) {
      return duration();
    } else if (type == Instant.class) {
      return time();
    } else if (type == EndReason.class) {
      List<EndReason> known = EndReason.known();
      return random.nextBoolean()
          ? EndReason.other(name())
          : known.get(random.nextInt(known.size()));
    } else if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    } else if (type == List.class) {
      return List.of(name());
    } else if (type == Map.class) {
      return Map.of(name(), name());
    }
    return record(type);
  }
}
