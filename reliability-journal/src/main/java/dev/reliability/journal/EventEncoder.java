package dev.reliability.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes events into one buffer, a line each. Not thread-safe. */
final class EventEncoder {
  private static final byte[] BEGIN =
      ("{\"v\":" + EventCodec.VERSION + ",\"epoch\":").getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SEQ = LineWriter.preparedKey("seq");
  private static final byte[] TS = LineWriter.preparedKey("ts");
  private static final byte[] MONO = LineWriter.preparedKey("mono");
  private static final byte[] NODE = LineWriter.preparedKey("node");
  private static final byte[] TYPE = LineWriter.preparedKey("type");
  private static final byte[] LANE = LineWriter.preparedKey("lane");
  private static final byte[] ITEM = LineWriter.preparedKey("item");
  private static final byte[] RUN = LineWriter.preparedKey("run");
  private static final byte[] TOKEN = LineWriter.preparedKey("token");
  private static final byte[] ACTOR = LineWriter.preparedKey("actor");
  private static final byte[] CAUSE = LineWriter.preparedKey("cause");
  private static final byte[] ATTRS = LineWriter.preparedKey("attrs");

  private final LineWriter out;

  EventEncoder(LineWriter out) {
    this.out = out;
  }

  /**
   * Appends {@code event} as one line.
   *
   * @throws CodecException if it has no spelling; the buffer is then as it was before
   */
  void append(Event event) {
    boolean done = false;
    try {
      envelope(event);
      out.key(ATTRS);
      attrs(event.data());
      out.raw('}');
      out.endLine();
      done = true;
    } finally {
      if (!done) {
        out.rollBack();
      }
    }
  }

  private void envelope(Event event) {
    out.raw(BEGIN);
    text(null, "epoch", event.id().epoch());
    out.key(SEQ);
    out.number(event.id().seq());
    out.key(TS);
    Timestamps.write(out, event.time());
    out.key(MONO);
    out.number(event.mono());
    text(NODE, "node", event.node());
    text(TYPE, "type", event.type());
    Subject subject = event.subject();
    optional(LANE, subject.lane());
    optional(ITEM, subject.item());
    optional(RUN, subject.run());
    if (subject.token() != 0) {
      out.key(TOKEN);
      out.number(subject.token());
    }
    optional(ACTOR, subject.actor());
    if (event.cause() != null) {
      out.key(CAUSE);
      out.raw('"');
      out.escaped(event.cause().epoch());
      out.raw('#');
      out.number(event.cause().seq());
      out.raw('"');
    }
  }

  private void optional(byte[] key, @Nullable String value) {
    if (value != null) {
      out.key(key);
      out.text(value);
    }
  }

  /** A host that does not check for nulls can still hand us one. */
  private void text(byte @Nullable [] key, String name, @Nullable String value) {
    if (value == null) {
      throw new CodecException(name, Scalars.TEXT.expected, "null");
    }
    if (key != null) {
      out.key(key);
    }
    out.text(value);
  }

  private void attrs(EventData data) {
    try {
      if (data instanceof UnknownEvent unknown) {
        verbatim(unknown.json());
      } else if (data instanceof CustomEvent custom) {
        Compounds.TEXT_MAP.write(out, custom.attrs());
      } else {
        RecordShape.of(data.getClass()).write(out, data);
      }
    } catch (CodecException e) {
      throw e.within("attrs");
    }
  }

  /**
   * Copies attributes that this version does not know, once it is sure that they are one object on
   * one line.
   */
  private void verbatim(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    boolean oneLine = true;
    for (byte b : bytes) {
      oneLine &= b != '\n';
    }
    try (JsonParser parser = EventDecoder.parser(bytes, 0, bytes.length)) {
      if (oneLine && parser.nextToken() == JsonToken.START_OBJECT) {
        parser.skipChildren();
        if (parser.nextToken() == null) {
          out.raw(bytes);
          return;
        }
      }
    } catch (IOException e) {
      throw new CodecException(
          ValueCodec.HERE, "one JSON object without a line break", CodecException.quoted(json), e);
    }
    throw new CodecException(
        ValueCodec.HERE, "one JSON object without a line break", CodecException.quoted(json));
  }
}
