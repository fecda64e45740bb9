package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How one kind of value is spelled. Immutable and safe for use by many threads. */
abstract class ValueCodec {
  /** The key in an error about the value itself; whoever knows the value's name puts it in. */
  static final String HERE = "";

  /** What a reader is told to write. */
  final String expected;

  ValueCodec(String expected) {
    this.expected = expected;
  }

  abstract void write(LineWriter out, Object value);

  /**
   * Reads the value at which the parser stands, which is not {@code null}.
   *
   * @throws CodecException with the key {@link #HERE} if it is of another kind or out of range, or
   *     with the key of a part
   */
  abstract Object read(JsonParser parser) throws IOException;

  /** The error about the value at which the parser stands. */
  final CodecException refused(JsonParser parser) throws IOException {
    return new CodecException(HERE, expected, found(parser));
  }

  /** What the parser stands at, as a message may show it. */
  static String found(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT, FIELD_NAME, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING -> CodecException.quoted(parser.getText());
      default -> CodecException.quoted(parser.getText()).replace("\"", "");
    };
  }

  /**
   * The codec of a record component's type; only the types that {@link
   * dev.reliability.core.event.EventData} names.
   */
  static ValueCodec of(Type type) {
    if (type == String.class) {
      return TEXT;
    } else if (type == int.class || type == Integer.class) {
      return INT;
    } else if (type == long.class || type == Long.class) {
      return LONG;
    } else if (type == boolean.class || type == Boolean.class) {
      return BOOL;
    } else if (type == Duration.class) {
      return DURATION;
    } else if (type == Instant.class) {
      return INSTANT;
    } else if (type == EndReason.class) {
      return REASON;
    } else if (type instanceof Class<?> named && named.isEnum()) {
      return new OfEnum(named.getEnumConstants());
    } else if (type instanceof Class<?> named && named.isRecord()) {
      return new OfRecord(RecordShape.of(named));
    } else if (isOfTexts(type, List.class)) {
      return TEXTS;
    } else if (isOfTexts(type, Map.class)) {
      return TEXT_MAP;
    }
    throw new IllegalStateException("no spelling for " + type.getTypeName());
  }

  private static boolean isOfTexts(Type type, Class<?> raw) {
    return type instanceof ParameterizedType generic
        && generic.getRawType() == raw
        && Arrays.stream(generic.getActualTypeArguments()).allMatch(String.class::equals);
  }

  static final ValueCodec TEXT =
      new ValueCodec("a text") {
        @Override
        void write(LineWriter out, Object value) {
          out.text((String) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          return text(this, parser);
        }
      };

  static final ValueCodec INT =
      new ValueCodec("a whole number of 32 bits") {
        @Override
        void write(LineWriter out, Object value) {
          out.number((Integer) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          long number = number(this, parser);
          if (number != (int) number) {
            throw refused(parser);
          }
          return (int) number;
        }
      };

  static final ValueCodec LONG =
      new ValueCodec("a whole number of 64 bits") {
        @Override
        void write(LineWriter out, Object value) {
          out.number((Long) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          return number(this, parser);
        }
      };

  static final ValueCodec BOOL =
      new ValueCodec("true or false") {
        @Override
        void write(LineWriter out, Object value) {
          out.bool((Boolean) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          JsonToken token = parser.currentToken();
          if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw refused(parser);
          }
          return token == JsonToken.VALUE_TRUE;
        }
      };

  static final ValueCodec DURATION =
      new ValueCodec(Millis.EXPECTED) {
        @Override
        void write(LineWriter out, Object value) {
          Millis.write(out, (Duration) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          JsonToken token = parser.currentToken();
          if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw refused(parser);
          }
          return Millis.parse(parser.getText());
        }
      };

  static final ValueCodec INSTANT =
      new ValueCodec("a time in UTC, such as 2026-01-01T00:00:00Z") {
        @Override
        void write(LineWriter out, Object value) {
          out.raw('"');
          out.ascii(value.toString());
          out.raw('"');
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          String text = text(this, parser);
          if (text.endsWith("Z")) {
            try {
              return Instant.parse(text);
            } catch (DateTimeException e) {
              throw new CodecException(HERE, expected, CodecException.quoted(text), e);
            }
          }
          throw refused(parser);
        }
      };

  static final ValueCodec REASON =
      new ValueCodec("one of " + EndReason.known() + " or other:<text>") {
        @Override
        void write(LineWriter out, Object value) {
          out.text(((EndReason) value).wireName());
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          String text = text(this, parser);
          try {
            return EndReason.fromWireName(text);
          } catch (IllegalArgumentException e) {
            throw new CodecException(HERE, expected, CodecException.quoted(text), e);
          }
        }
      };

  static final ValueCodec TEXTS =
      new ValueCodec("a list of texts") {
        @Override
        void write(LineWriter out, Object value) {
          out.raw('[');
          for (Object element : (List<?>) value) {
            out.comma();
            out.text((String) element);
          }
          out.raw(']');
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw refused(parser);
          }
          List<String> texts = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(this, parser));
          }
          return Collections.unmodifiableList(texts);
        }
      };

  /** A value may be absent in such a map, its key may not. */
  static final ValueCodec TEXT_MAP =
      new ValueCodec("an object whose values are texts") {
        @Override
        void write(LineWriter out, Object value) {
          out.raw('{');
          for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            if (entry.getKey() == null) {
              throw new CodecException(HERE, "keys that are texts", "null");
            }
            out.comma();
            out.text((String) entry.getKey());
            out.raw(':');
            if (entry.getValue() == null) {
              out.raw(RecordShape.NULL);
            } else {
              out.text((String) entry.getValue());
            }
          }
          out.raw('}');
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(parser);
          }
          Map<String, @Nullable String> map = new LinkedHashMap<>();
          for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            boolean absent = parser.nextToken() == JsonToken.VALUE_NULL;
            if (map.containsKey(key)) {
              throw new CodecException(key, "each key once", "it twice");
            }
            try {
              map.put(key, absent ? null : text(TEXT, parser));
            } catch (CodecException e) {
              throw e.within(key);
            }
          }
          return Collections.unmodifiableMap(map);
        }
      };

  private static String text(ValueCodec codec, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw codec.refused(parser);
    }
    return parser.getText();
  }

  private static long number(ValueCodec codec, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw codec.refused(parser);
    }
    try {
      return parser.getLongValue();
    } catch (InputCoercionException e) {
      throw codec.refused(parser);
    }
  }

  /** The constants of an enum, in lower case. */
  private static final class OfEnum extends ValueCodec {
    private final byte[][] spelled;
    private final Map<String, Object> byName = new LinkedHashMap<>();

    OfEnum(Object[] constants) {
      super("one of " + Arrays.stream(constants).map(OfEnum::wireName).toList());
      spelled = new byte[constants.length][];
      for (Object constant : constants) {
        byte[] key = LineWriter.preparedKey(wireName(constant));
        spelled[((Enum<?>) constant).ordinal()] = Arrays.copyOf(key, key.length - 1);
        byName.put(wireName(constant), constant);
      }
    }

    private static String wireName(Object constant) {
      return constant instanceof RunState state
          ? state.wireName()
          : ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    @Override
    void write(LineWriter out, Object value) {
      out.raw(spelled[((Enum<?>) value).ordinal()]);
    }

    @Override
    Object read(JsonParser parser) throws IOException {
      Object constant = byName.get(text(this, parser));
      if (constant == null) {
        throw refused(parser);
      }
      return constant;
    }
  }

  /** A record inside a record. */
  private static final class OfRecord extends ValueCodec {
    private final RecordShape shape;

    OfRecord(RecordShape shape) {
      super("an object");
      this.shape = shape;
    }

    @Override
    void write(LineWriter out, Object value) {
      shape.write(out, value);
    }

    @Override
    Object read(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw refused(parser);
      }
      return shape.read(parser);
    }
  }
}
