package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.reliability.core.event.EndReason;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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

  /**
   * Reads a value that is spelled as {@link #write} spells it, or gives {@link Glance#NO}. May
   * refuse what is rare.
   */
  abstract Object glance(Glance line);

  /**
   * Whether {@link #glance} would give a value, which is not made; moves on as it does.
   *
   * @throws RuntimeException if {@link #glance} would
   */
  boolean check(Glance line) {
    return glance(line) != Glance.NO;
  }

  /** The error about the value at which the parser stands. */
  final CodecException refused(JsonParser parser) throws IOException {
    return new CodecException(HERE, expected, found(parser));
  }

  /** The text at which the parser stands. */
  final String text(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw refused(parser);
    }
    return parser.getText();
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
      return Scalars.TEXT;
    } else if (type == int.class || type == Integer.class) {
      return Scalars.INT;
    } else if (type == long.class || type == Long.class) {
      return Scalars.LONG;
    } else if (type == boolean.class || type == Boolean.class) {
      return Scalars.BOOL;
    } else if (type == Duration.class) {
      return Scalars.DURATION;
    } else if (type == Instant.class) {
      return Scalars.INSTANT;
    } else if (type == EndReason.class) {
      return Scalars.REASON;
    } else if (type instanceof Class<?> named && named.isEnum()) {
      return new EnumCodec(named.getEnumConstants());
    } else if (type instanceof Class<?> named && named.isRecord()) {
      return new Compounds.OfRecord(RecordShape.of(named));
    } else if (isOfTexts(type, List.class)) {
      return Compounds.TEXTS;
    } else if (isOfTexts(type, Map.class)) {
      return Compounds.TEXT_MAP;
    }
    throw new IllegalStateException("no spelling for " + type.getTypeName());
  }

  private static boolean isOfTexts(Type type, Class<?> raw) {
    return type instanceof ParameterizedType generic
        && generic.getRawType() == raw
        && Arrays.stream(generic.getActualTypeArguments()).allMatch(String.class::equals);
  }
}
