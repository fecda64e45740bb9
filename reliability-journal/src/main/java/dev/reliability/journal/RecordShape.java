package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one record class: its components, how each is read off a record, written and
 * read, and how a record is made of them. Found out once per class, through public accessors only.
 * Immutable and safe for use by many threads.
 */
final class RecordShape {
  private static final int MOST_COMPONENTS = Long.SIZE;
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final Class<?> type;
  private final Component[] components;
  private final Map<String, Component> byName = new HashMap<>();
  private final MethodHandle constructor;
  private final long required;

  private RecordShape(Class<?> type) {
    this.type = type;
    RecordComponent[] declared = type.getRecordComponents();
    if (declared.length > MOST_COMPONENTS) {
      throw new IllegalStateException(type + " has more than " + MOST_COMPONENTS + " components");
    }
    components = new Component[declared.length];
    long mask = 0;
    for (int i = 0; i < declared.length; i++) {
      components[i] = new Component(i, declared[i]);
      mask |= components[i].nullable ? 0 : 1L << i;
      if (byName.put(components[i].name, components[i]) != null) {
        throw new IllegalStateException(type + " has two components spelled " + components[i].name);
      }
    }
    required = mask;
    Class<?>[] parameters =
        Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      constructor =
          MethodHandles.publicLookup()
              .findConstructor(type, MethodType.methodType(void.class, parameters))
              .asSpreader(Object[].class, parameters.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not public in an exported package", e);
    }
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  /** {@code retryIn} becomes {@code retry_in}, and a duration says that it is in milliseconds. */
  static String wireName(RecordComponent component) {
    StringBuilder name = new StringBuilder();
    for (char c : component.getName().toCharArray()) {
      if (Character.isUpperCase(c)) {
        name.append('_');
      }
      name.append(Character.toLowerCase(c));
    }
    return component.getType() == Duration.class ? name + "_ms" : name.toString();
  }

  /**
   * Writes {@code value} as an object.
   *
   * @throws CodecException naming the component that is absent and must not be
   */
  void write(LineWriter out, Object value) {
    out.raw('{');
    for (Component component : components) {
      try {
        component.write(out, value);
      } catch (CodecException e) {
        throw e.within(component.name);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("accessor of " + type + " threw", e);
      }
    }
    out.raw('}');
  }

  /**
   * Reads the object at whose beginning the parser stands. Keys that no component has are passed
   * over.
   *
   * @throws CodecException naming the key that is missing, twice there or wrong
   */
  Object read(JsonParser parser) throws IOException {
    @Nullable Object[] values = new @Nullable Object[components.length];
    long seen = 0;
    Set<String> others = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      Component component = byName.get(name);
      if (component == null) {
        others = others == null ? new HashSet<>() : others;
        if (!others.add(name)) {
          throw new CodecException(name, "each key once", "it twice");
        }
        parser.skipChildren();
        continue;
      }
      long bit = 1L << component.index;
      if ((seen & bit) != 0) {
        throw new CodecException(name, "each key once", "it twice");
      }
      seen |= bit;
      if (token != JsonToken.VALUE_NULL) {
        try {
          values[component.index] = component.codec.read(parser);
        } catch (CodecException e) {
          throw e.within(component.name);
        }
      } else if (!component.nullable) {
        throw new CodecException(name, component.codec.expected, "null");
      }
    }
    long missing = required & ~seen;
    if (missing != 0) {
      Component component = components[Long.numberOfTrailingZeros(missing)];
      throw new CodecException(component.name, component.codec.expected, "nothing");
    }
    return create(values);
  }

  /**
   * Reads an object that is spelled exactly as {@link #write} spells it, or gives {@link
   * Glance#NO}.
   */
  Object glance(Glance line) {
    if (!line.one('{')) {
      return Glance.NO;
    }
    @Nullable Object[] values = new @Nullable Object[components.length];
    boolean first = true;
    for (Component component : components) {
      int mark = line.at;
      if ((first || line.one(',')) && line.literal(component.key)) {
        Object value = component.codec.glance(line);
        if (value == Glance.NO) {
          return value;
        }
        values[component.index] = value;
        first = false;
      } else if (component.nullable) {
        line.at = mark;
      } else {
        return Glance.NO;
      }
    }
    return line.one('}') ? create(values) : Glance.NO;
  }

  /**
   * Whether {@link #glance} would give a record, which is not made; moves on as it does. For
   * records whose constructors refuse nothing, as those of events do.
   */
  boolean check(Glance line) {
    if (!line.one('{')) {
      return false;
    }
    boolean first = true;
    for (Component component : components) {
      int mark = line.at;
      if ((first || line.one(',')) && line.literal(component.key)) {
        if (!component.codec.check(line)) {
          return false;
        }
        first = false;
      } else if (component.nullable) {
        line.at = mark;
      } else {
        return false;
      }
    }
    return line.one('}');
  }

  private Object create(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (RuntimeException e) {
      throw new CodecException(
          "values", "what " + type.getSimpleName() + " accepts", String.valueOf(e.getMessage()), e);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("constructor of " + type + " threw", e);
    }
  }

  /** One component. */
  private static final class Component {
    final int index;
    final String name;
    final boolean nullable;
    final ValueCodec codec;
    private final byte[] key;
    private final Class<?> type;
    private final MethodHandle getter;

    Component(int index, RecordComponent component) {
      this.index = index;
      name = wireName(component);
      key = LineWriter.preparedKey(name);
      codec = ValueCodec.of(component.getGenericType());
      type = component.getType();
      nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      Class<?> returned = type.isPrimitive() ? type : Object.class;
      try {
        getter =
            MethodHandles.publicLookup()
                .unreflect(component.getAccessor())
                .asType(MethodType.methodType(returned, Object.class));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(component + " is not public in an exported package", e);
      }
    }

    void write(LineWriter out, Object holder) throws Throwable {
      if (type == long.class) {
        out.key(key);
        out.number((long) getter.invokeExact(holder));
      } else if (type == int.class) {
        out.key(key);
        out.number((int) getter.invokeExact(holder));
      } else if (type == boolean.class) {
        out.key(key);
        out.bool((boolean) getter.invokeExact(holder));
      } else {
        @Nullable Object value = (Object) getter.invokeExact(holder);
        if (value != null) {
          out.key(key);
          codec.write(out, value);
        } else if (!nullable) {
          throw new CodecException(ValueCodec.HERE, codec.expected, "null");
        }
      }
    }
  }
}
