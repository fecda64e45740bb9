package dev.reliability.core.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of the typed events, read off the sealed hierarchy once. */
public final class EventTypes {
  private static final Map<String, Class<? extends EventData>> BY_NAME;
  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          EventType annotation = type.getAnnotation(EventType.class);
          if (annotation == null) {
            throw new IllegalStateException(type + " has no @EventType");
          }
          return annotation.value();
        }
      };

  static {
    Map<String, Class<? extends EventData>> byName = new LinkedHashMap<>();
    for (Class<? extends EventData> type : leaves(EventData.class, new ArrayList<>())) {
      if (type != CustomEvent.class
          && type != UnknownEvent.class
          && byName.put(NAMES.get(type), type) != null) {
        throw new IllegalStateException("two classes are called " + NAMES.get(type));
      }
    }
    BY_NAME = Collections.unmodifiableMap(byName);
  }

  private EventTypes() {}

  /** The name under which {@code data} leaves the process. */
  public static String nameOf(EventData data) {
    if (data instanceof CustomEvent custom) {
      return CustomEvent.PREFIX + custom.name();
    }
    return data instanceof UnknownEvent unknown ? unknown.name() : NAMES.get(data.getClass());
  }

  /** The record class behind a name, or null if this version has none. */
  public static @Nullable Class<? extends EventData> classOf(String name) {
    return BY_NAME.get(name);
  }

  /** All names of typed events, in the order of their declaration. */
  public static Map<String, Class<? extends EventData>> all() {
    return BY_NAME;
  }

  @SuppressWarnings("unchecked")
  private static List<Class<? extends EventData>> leaves(
      Class<? extends EventData> type, List<Class<? extends EventData>> into) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        leaves((Class<? extends EventData>) permitted, into);
      }
    } else {
      into.add(type);
    }
    return into;
  }
}
