package dev.reliability.ops.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.journal.EventCodec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports as JSON knows things: maps, lists, texts, numbers. Pure. */
final class Plain {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Plain() {}

  /** A record's components by their names, in their order. */
  static Map<String, @Nullable Object> of(Record report) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    for (RecordComponent component : report.getClass().getRecordComponents()) {
      plain.put(component.getName(), plain(read(component, report)));
    }
    return plain;
  }

  /** Anything, with nothing in it that JSON has no word for. */
  static @Nullable Object plain(@Nullable Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Enum<?> constant) {
      return wireName(constant);
    }
    if (value instanceof EventId id) {
      return id.toString(); // a record, but one word
    }
    if (value instanceof Event event) {
      return written(event);
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
    return value.toString();
  }

  /** As the journal has it, with its id. */
  private static Map<String, @Nullable Object> written(Event event) {
    Map<String, @Nullable Object> written = new LinkedHashMap<>();
    written.put("id", event.id().toString());
    try {
      written.putAll(MAPPER.readValue(EventCodec.encode(event), new TypeReference<>() {}));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be shown: " + event.id(), e);
    }
    return written;
  }

  /** As it is spelled outside; its name if nothing is said of that. */
  private static String wireName(Enum<?> constant) {
    try {
      return (String) constant.getDeclaringClass().getMethod("wireName").invoke(constant);
    } catch (ReflectiveOperationException e) {
      return constant.name();
    }
  }

  private static @Nullable Object read(RecordComponent component, Record report) {
    try {
      return component.getAccessor().invoke(report);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a report cannot be read: " + component, e);
    }
  }
}
