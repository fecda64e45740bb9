package dev.reliability.ops.cli;

import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports as JSON knows things: maps, lists, texts, numbers. Pure. */
final class Plain {
  private Plain() {}

  /** A record's components by their names, in their order. */
  static Map<String, Object> of(Record report) {
    Map<String, Object> plain = new LinkedHashMap<>();
    for (RecordComponent component : report.getClass().getRecordComponents()) {
      Object value = plain(read(component, report));
      plain.put(component.getName(), value == null ? "" : value);
    }
    return plain;
  }

  /** Anything, with nothing in it that JSON has no word for. */
  static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof EventId
        || value instanceof Instant
        || value instanceof Duration
        || value instanceof Enum<?>) {
      return value.toString();
    }
    if (value instanceof EventData data) {
      return data.toString();
    }
    if (value instanceof Record report) {
      return of(report);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((key, one) -> plain.put(String.valueOf(plain(key)), plain(one)));
      return plain;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> plain = new ArrayList<>();
      list.forEach(one -> plain.add(plain(one)));
      return plain;
    }
    return value;
  }

  private static @Nullable Object read(RecordComponent component, Record report) {
    try {
      return component.getAccessor().invoke(report);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a report cannot be read: " + component, e);
    }
  }
}
