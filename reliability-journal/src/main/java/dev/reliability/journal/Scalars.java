package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.reliability.core.event.EndReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** How values without parts are spelled. */
final class Scalars {
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private Scalars() {}

  static final ValueCodec TEXT =
      new ValueCodec("a text") {
        @Override
        void write(LineWriter out, Object value) {
          out.text((String) value);
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          return text(parser);
        }

        @Override
        Object glance(Glance line) {
          String text = line.quoted();
          return text == null ? Glance.NO : text;
        }

        @Override
        boolean check(Glance line) {
          return line.isQuoted();
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

        @Override
        Object glance(Glance line) {
          return line.number() && line.number == (int) line.number
              ? (Object) (int) line.number
              : Glance.NO;
        }

        @Override
        boolean check(Glance line) {
          return line.number() && line.number == (int) line.number;
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

        @Override
        Object glance(Glance line) {
          return line.number() ? (Object) line.number : Glance.NO;
        }

        @Override
        boolean check(Glance line) {
          return line.number();
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

        @Override
        Object glance(Glance line) {
          boolean yes = line.literal(TRUE);
          return yes || line.literal(FALSE) ? (Object) yes : Glance.NO;
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

        @Override
        Object glance(Glance line) {
          return line.millisAsNanos() ? Duration.ofNanos(line.number) : Glance.NO;
        }

        @Override
        boolean check(Glance line) {
          return line.millisAsNanos();
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
          String text = text(parser);
          if (text.endsWith("Z")) {
            try {
              return Instant.parse(text);
            } catch (DateTimeException e) {
              throw new CodecException(HERE, expected, CodecException.quoted(text), e);
            }
          }
          throw refused(parser);
        }

        @Override
        Object glance(Glance line) {
          Instant time = line.one('"') && line.text() ? Timestamps.glance(line) : null;
          return time == null ? Glance.NO : time;
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
          String text = text(parser);
          try {
            return EndReason.fromWireName(text);
          } catch (IllegalArgumentException e) {
            throw new CodecException(HERE, expected, CodecException.quoted(text), e);
          }
        }

        @Override
        Object glance(Glance line) {
          String text = line.quoted();
          return text == null ? Glance.NO : EndReason.fromWireName(text);
        }
      };

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
}
