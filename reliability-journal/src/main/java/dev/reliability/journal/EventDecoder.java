package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines. A line that is spelled as this library spells it takes a short cut through {@link
 * Envelope}; whatever does not is read key by key, and so is every line that turns out to be wrong,
 * so that there is one voice for errors. Reused from line to line; not thread-safe.
 */
final class EventDecoder {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(EventCodec.MAX_LINE_BYTES)
                  .maxStringLength(EventCodec.MAX_LINE_BYTES)
                  .build())
          .build();

  private static final String LINE = "line";
  private static final String JSON_OBJECT = "one JSON object";
  private static final byte[] NO_ATTRS = {'{', '}'};

  final Envelope envelope = new Envelope();

  static JsonParser parser(byte[] bytes, int from, int length) throws IOException {
    return JSON.createParser(bytes, from, length);
  }

  /**
   * Reads one line, given without its line break.
   *
   * @throws CodecException if it is not an event
   */
  Event decode(byte[] bytes, int from, int length) {
    return envelope.head(bytes, from, length) && envelope.upToType()
        ? decodeFromType(bytes, from, length)
        : careful(bytes, from, length);
  }

  /** The same, of a line whose {@link #envelope} was read up to its type. */
  Event decodeFromType(byte[] bytes, int from, int length) {
    envelope.line.to = from + length;
    if (envelope.upToAttrs()) {
      try {
        return quick(bytes);
      } catch (RuntimeException | IOException e) {
        return careful(bytes, from, length); // which finds the same fault, or that there was none
      }
    }
    return careful(bytes, from, length);
  }

  /**
   * Whether {@link #decodeFromType} would give an event, as far as that can be told without making
   * it: if not, it may all the same. The line may be followed by others; {@code line} of the
   * envelope stands behind its last byte then.
   */
  boolean check() {
    try {
      KnownTypes.Known known = envelope.known();
      if (known == null
          || !envelope.upToAttrs()
          || !known.shape().check(envelope.line)
          || !envelope.line.one('}')) {
        return false;
      }
      return !envelope.cause.isPresent() || cause(envelope.cause.text()) != null;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private Event quick(byte[] bytes) throws IOException {
    Envelope e = envelope;
    EventData data = quickAttrs(bytes);
    return new Event(
        new EventId(e.epoch.text(), e.seq),
        Instant.ofEpochMilli(e.millis),
        e.mono,
        e.node.text(),
        new Subject(
            e.lane.textOrNull(),
            e.item.textOrNull(),
            e.run.textOrNull(),
            e.token,
            e.actor.textOrNull()),
        e.cause.isPresent() ? cause(e.cause.text()) : null,
        data);
  }

  private EventData quickAttrs(byte[] bytes) throws IOException {
    Glance line = envelope.line;
    int from = line.at;
    KnownTypes.Known known = envelope.known();
    if (known != null) {
      Object data = known.shape().glance(line);
      if (data != Glance.NO && line.one('}') && line.isAtEnd()) {
        return (EventData) data;
      }
    }
    int end = line.to - 1;
    if (end < from || bytes[end] != '}') {
      throw new CodecException(LINE, JSON_OBJECT, "something else");
    }
    return attrs(envelope.type.text(), bytes, from, end - from);
  }

  private static Event careful(byte[] bytes, int from, int length) {
    // The second byte tells UTF-8 from the encodings that a JSON parser would guess at otherwise.
    if (length < 2 || bytes[from] != '{' || bytes[from + 1] == 0) {
      String start = new String(bytes, from, Math.min(length, 100), StandardCharsets.UTF_8);
      throw new CodecException(
          LINE, JSON_OBJECT, length == 0 ? "nothing" : CodecException.quoted(start));
    }
    try (JsonParser parser = parser(bytes, from, length)) {
      return new KeyByKey(bytes, from).event(parser);
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
      throw new CodecException(
          LINE,
          JSON_OBJECT,
          "at byte " + offset + ": " + e.getOriginalMessage().replaceAll("\\s+", " "),
          e);
    } catch (CodecException e) {
      throw e;
    } catch (IOException
        | RuntimeException e) { // one bad line must never end the reading of the others
      throw new CodecException(LINE, JSON_OBJECT, e.toString(), e);
    }
  }

  private static EventData attrs(String type, byte[] bytes, int from, int length)
      throws IOException {
    try (JsonParser parser = parser(bytes, from, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new CodecException(ValueCodec.HERE, "an object", ValueCodec.found(parser));
      }
      Class<? extends EventData> known = EventTypes.classOf(type);
      EventData data;
      if (known != null) {
        data = (EventData) RecordShape.of(known).read(parser);
      } else if (type.startsWith(CustomEvent.PREFIX)) {
        data = custom(type, parser);
      } else {
        parser.skipChildren();
        data = new UnknownEvent(type, utf8(bytes, from, length));
      }
      if (parser.nextToken() != null) {
        throw new CodecException(
            ValueCodec.HERE, "an object and no more", ValueCodec.found(parser));
      }
      return data;
    }
  }

  @SuppressWarnings("unchecked") // the codec of such maps gives such a map
  private static EventData custom(String type, JsonParser parser) throws IOException {
    String name = type.substring(CustomEvent.PREFIX.length());
    if (name.isBlank()) {
      throw new CodecException(
          "type", "a name behind " + CustomEvent.PREFIX, CodecException.quoted(type));
    }
    return new CustomEvent(name, (Map<String, String>) Compounds.TEXT_MAP.read(parser));
  }

  private static String utf8(byte[] bytes, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CodecException(ValueCodec.HERE, "text in UTF-8", "other bytes", e);
    }
  }

  private static EventId cause(String text) {
    int hash = text.lastIndexOf('#');
    try {
      EventId id =
          new EventId(
              text.substring(0, Math.max(0, hash)), Long.parseLong(text.substring(hash + 1)));
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (NumberFormatException e) {
      throw new CodecException("cause", "an id spelled epoch#seq", CodecException.quoted(text), e);
    }
    throw new CodecException("cause", "an id spelled epoch#seq", CodecException.quoted(text));
  }

  /**
   * The slow way: any order of keys, keys that are not known, and the exact words for what is
   * wrong.
   */
  private static final class KeyByKey {
    private final byte[] bytes;
    private final int from;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Object> values = new HashMap<>();
    private int attrsFrom = -1;
    private int attrsLength;

    KeyByKey(byte[] bytes, int from) {
      this.bytes = bytes;
      this.from = from;
    }

    Event event(JsonParser parser) throws IOException {
      parser.nextToken();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        if (!seen.add(key)) {
          throw new CodecException(key, "each key once", "it twice");
        }
        read(key, parser);
      }
      if (parser.nextToken() != null) {
        throw new CodecException(LINE, JSON_OBJECT + " and no more", ValueCodec.found(parser));
      }
      required("v", "the version of the format, " + EventCodec.VERSION);
      EventId id =
          new EventId(
              (String) required("epoch", Scalars.TEXT.expected),
              (Long) required("seq", Scalars.LONG.expected));
      Instant time = Timestamps.parse("ts", (String) required("ts", Timestamps.EXPECTED));
      long mono = (Long) required("mono", Scalars.LONG.expected);
      String node = (String) required("node", Scalars.TEXT.expected);
      String type = (String) required("type", Scalars.TEXT.expected);
      Object token = values.get("token");
      Subject subject =
          new Subject(
              text("lane"),
              text("item"),
              text("run"),
              token == null ? 0 : (Long) token,
              text("actor"));
      String cause = text("cause");
      return new Event(
          id, time, mono, node, subject, cause == null ? null : cause(cause), data(type));
    }

    private void read(String key, JsonParser parser) throws IOException {
      switch (key) {
        case "v" -> {
          values.put(key, value(key, Scalars.LONG, parser));
          checkVersion((Long) values.get(key));
        }
        case "epoch", "ts", "node", "type" -> values.put(key, value(key, Scalars.TEXT, parser));
        case "seq", "mono" -> values.put(key, value(key, Scalars.LONG, parser));
        case "lane", "item", "run", "actor", "cause" -> optional(key, Scalars.TEXT, parser);
        case "token" -> optional(key, Scalars.LONG, parser);
        case "attrs" -> {
          attrsFrom = from + (int) parser.currentTokenLocation().getByteOffset();
          parser.skipChildren();
          attrsLength = from + (int) parser.currentLocation().getByteOffset() - attrsFrom;
        }
        default -> parser.skipChildren(); // a later release of this version may say more
      }
    }

    private static void checkVersion(long version) {
      if (version != EventCodec.VERSION) {
        throw new CodecException(
            "v",
            "version " + EventCodec.VERSION + " of the format",
            version > EventCodec.VERSION ? version + ", written by a newer release" : "" + version);
      }
    }

    private void optional(String key, ValueCodec codec, JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_NULL) {
        values.put(key, value(key, codec, parser));
      }
    }

    private static Object value(String key, ValueCodec codec, JsonParser parser)
        throws IOException {
      try {
        return codec.read(parser);
      } catch (CodecException e) {
        throw e.within(key);
      }
    }

    private Object required(String key, String expected) {
      Object value = values.get(key);
      if (value == null) {
        throw new CodecException(key, expected, "nothing");
      }
      return value;
    }

    private @Nullable String text(String key) {
      return (String) values.get(key);
    }

    private EventData data(String type) throws IOException {
      try {
        return attrsFrom < 0
            ? attrs(type, NO_ATTRS, 0, NO_ATTRS.length)
            : attrs(type, bytes, attrsFrom, attrsLength);
      } catch (CodecException e) {
        throw e.key().equals("type") ? e : e.within("attrs");
      }
    }
  }
}
