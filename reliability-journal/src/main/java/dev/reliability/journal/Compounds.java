package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How values that are made of others are spelled. */
final class Compounds {

  private Compounds() {}

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
            texts.add(text(parser));
          }
          return Collections.unmodifiableList(texts);
        }

        @Override
        Object glance(Glance line) {
          if (!line.one('[')) {
            return Glance.NO;
          }
          List<String> texts = new ArrayList<>();
          while (!line.one(']')) {
            String text = texts.isEmpty() || line.one(',') ? line.quoted() : null;
            if (text == null) {
              return Glance.NO;
            }
            texts.add(text);
          }
          return Collections.unmodifiableList(texts);
        }

        @Override
        boolean check(Glance line) {
          boolean is = line.one('[');
          for (boolean first = true; is && !line.one(']'); first = false) {
            is = (first || line.one(',')) && line.isQuoted();
          }
          return is;
        }
      };

  static final ValueCodec TEXT_MAP =
      new ValueCodec("an object whose values are texts") {
        @Override
        void write(LineWriter out, Object value) {
          out.raw('{');
          for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            if (entry.getKey() == null || entry.getValue() == null) {
              throw new CodecException(HERE, "keys and values that are texts", "null");
            }
            out.comma();
            out.text((String) entry.getKey());
            out.raw(':');
            out.text((String) entry.getValue());
          }
          out.raw('}');
        }

        @Override
        Object read(JsonParser parser) throws IOException {
          if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(parser);
          }
          Map<String, String> map = new LinkedHashMap<>();
          for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            parser.nextToken();
            try {
              if (map.put(key, Scalars.TEXT.text(parser)) != null) {
                throw new CodecException(HERE, "each key once", "it twice");
              }
            } catch (CodecException e) {
              throw e.within(key);
            }
          }
          return Collections.unmodifiableMap(map);
        }

        @Override
        Object glance(Glance line) {
          if (!line.one('{')) {
            return Glance.NO;
          }
          Map<String, String> map = new LinkedHashMap<>();
          while (!line.one('}')) {
            String key = map.isEmpty() || line.one(',') ? line.quoted() : null;
            String value = key != null && line.one(':') ? line.quoted() : null;
            if (key == null || value == null || map.put(key, value) != null) {
              return Glance.NO;
            }
          }
          return Collections.unmodifiableMap(map);
        }
      };

  /** A record inside a record. */
  static final class OfRecord extends ValueCodec {
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

    @Override
    Object glance(Glance line) {
      return shape.glance(line);
    }

    @Override
    boolean check(Glance line) {
      return shape.check(line);
    }
  }
}
