package dev.reliability.ops.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.journal.EventCodec;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
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
      plain.put(component.getName(), read(component, report));
    }
    return plain;
  }

  /** Writes anything, in words that JSON has, without making a copy of it. */
  static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Boolean is) {
      out.writeBoolean(is);
    } else if (value instanceof Integer || value instanceof Long) {
      out.writeNumber(((Number) value).longValue());
    } else if (value instanceof Number number) {
      out.writeNumber(number.doubleValue());
    } else if (value instanceof Event event) {
      write(out, written(event));
    } else if (value instanceof Record facts && !isWord(facts)) {
      write(out, of(facts));
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(word(entry.getKey()));
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object one : list) {
        write(out, one);
      }
      out.writeEndArray();
    } else {
      out.writeString(word(value));
    }
  }

  /** A record, but one word. */
  private static boolean isWord(Object value) {
    return value instanceof EventId;
  }

  private static String word(Object value) {
    return value instanceof Enum<?> constant ? wireName(constant) : value.toString();
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
