package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds out what a line is: an event to be given, one to be left out, or no event. What is left out
 * is not made, but looked at as closely as it takes to know that it could be. Not thread-safe.
 */
final class LineSorter {
  /** What a line is that is too long to be looked at. */
  static final Chunk.Fault TOO_LONG =
      new Chunk.Fault("line: expected at most " + EventCodec.MAX_LINE_BYTES + " bytes, got more");

  private final EventDecoder decoder = new EventDecoder();
  private final Envelope look = decoder.envelope;
  private final Times times;
  private final Set<String> types;
  private final Set<KnownTypes.Known> known = new HashSet<>();

  /** As {@link Chunk#what()} has it. */
  Object what = TOO_LONG;

  /** The sequence number of an event. */
  long seq;

  /** The time of an event. */
  long millis;

  /** The times asked for, in milliseconds. */
  interface Times {
    boolean contains(long millis);
  }

  LineSorter(Times times, Set<String> types) {
    this.times = times;
    this.types = types;
    for (String type : types) {
      KnownTypes.Known one = KnownTypes.ALL.find(type);
      if (one != null) {
        known.add(one);
      }
    }
  }

  /**
   * Finds out what the line is that begins at {@code from}.
   *
   * @return where its line break is, or {@code to} if it has none
   */
  int line(byte[] bytes, int from, int to) {
    int end = find(bytes, from, to);
    if (end - from >= EventCodec.MAX_LINE_BYTES) {
      what = TOO_LONG;
    }
    return end;
  }

  private int find(byte[] bytes, int from, int to) {
    // Nothing that is read of the envelope reaches beyond a line break.
    boolean isHead = look.head(bytes, from, to - from);
    if (isHead && !times.contains(look.millis)) {
      leaveOut();
      return ByteWords.lineEnd(bytes, look.line.at, to);
    }
    boolean isType = isHead && look.upToType();
    int read = isType ? look.line.at : from;
    boolean isOther = isType && isOther();
    if (isOther && decoder.check()) {
      int end = look.line.at;
      if (end == to || bytes[end] == '\n') {
        leaveOut();
        return end;
      }
    }
    int end = ByteWords.lineEnd(bytes, read, to);
    if (end - from < EventCodec.MAX_LINE_BYTES) {
      decode(bytes, from, end - from, isType && !isOther);
    }
    return end;
  }

  private boolean isOther() {
    if (types.isEmpty()) {
      return false;
    }
    KnownTypes.Known type = look.known();
    return type != null && !known.contains(type);
  }

  private void leaveOut() {
    what = look.epoch.text();
    seq = look.seq;
    millis = look.millis;
  }

  private void decode(byte[] bytes, int from, int length, boolean isReadToType) {
    try {
      Event event =
          isReadToType
              ? decoder.decodeFromType(bytes, from, length)
              : decoder.decode(bytes, from, length);
      seq = event.id().seq();
      millis = SegmentCursor.millisOf(event.time());
      boolean isGiven = times.contains(millis) && (types.isEmpty() || types.contains(event.type()));
      what = isGiven ? event : event.id().epoch();
    } catch (CodecException e) {
      what = new Chunk.Fault(String.valueOf(e.getMessage()));
    }
  }
}
