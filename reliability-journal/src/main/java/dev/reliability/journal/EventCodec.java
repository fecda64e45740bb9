package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The spelling of an event outside the process: one JSON object in UTF-8, on one line. There is no
 * other.
 *
 * <pre>{@code
 * {"v":1,"epoch":"20260101T000000Z-0a1b2c3d","seq":7,"ts":"2026-01-01T00:00:00.250Z","mono":250000000,
 *  "node":"worker-1","type":"run.starting","lane":"andy-developer","item":"issue-42","run":"r-1","attrs":{"attempt":1}}
 * }</pre>
 *
 * <p>The envelope has the keys {@code v}, {@code epoch}, {@code seq}, {@code ts}, {@code mono},
 * {@code node}, {@code type}, {@code lane}, {@code item}, {@code run}, {@code token}, {@code
 * actor}, {@code cause} and {@code attrs}, written in this order and read in any. What is absent is
 * left out, and so is the token 0. {@code ts} is UTC with exactly three digits of milliseconds;
 * {@code cause} is an event's id, spelled {@code epoch#seq}.
 *
 * <p>{@code attrs} holds the components of the event's record under their names in snake case. A
 * duration is a number of milliseconds under {@code <name>_ms}, with as many of six decimals as its
 * nanoseconds need; a point in time is ISO-8601 in UTC; run states, end reasons and other enums are
 * spelled as they leave the process; a record is an object, a list of texts a list, a map of texts
 * an object in the order of the map. A component that is absent is left out. Half of a surrogate
 * pair in a text becomes U+FFFD, since UTF-8 cannot spell it.
 *
 * <p>Reading is strict about what it knows and patient with what it does not. An event of an
 * unknown type becomes an {@link dev.reliability.core.event.UnknownEvent} and is written again byte
 * for byte; keys that are not known are passed over. A key that is missing, there twice, of the
 * wrong kind or out of range, an unknown state or reason (requirement A7) and a newer version of
 * the format are errors, never defaults. So that old lines stay readable, a component that a later
 * release adds to a record must be one that may be absent.
 *
 * <p>All methods are safe for use by many threads.
 */
public final class EventCodec {
  /** The version of the format that is written, and the only one that is read. */
  public static final int VERSION = 1;

  /** The most bytes that a line may have, its line break included: 4 MiB. */
  public static final int MAX_LINE_BYTES = 4 * 1024 * 1024;

  private static final int INITIAL = 512;

  private EventCodec() {}

  /**
   * The line of {@code event}, without a line break.
   *
   * @throws CodecException if the event has no spelling: a part is null that must not be, the line
   *     would be longer than {@link #MAX_LINE_BYTES}, or the attributes of an unknown event are not
   *     one JSON object on one line
   */
  public static String encode(Event event) {
    LineWriter out = new LineWriter(INITIAL);
    new EventEncoder(out).append(event);
    return new String(out.bytes(), 0, out.size() - 1, StandardCharsets.UTF_8);
  }

  /**
   * The event of {@code line}, which is given without a line break.
   *
   * @throws CodecException naming the key, what was expected there and what was found
   */
  public static Event decode(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return decode(bytes, 0, bytes.length);
  }

  /**
   * The event of the line in {@code length} bytes of {@code bytes} from {@code from} on, without a
   * line break.
   *
   * @throws CodecException naming the key, what was expected there and what was found
   * @throws IndexOutOfBoundsException if these bytes are not all inside the array
   */
  public static Event decode(byte[] bytes, int from, int length) {
    Objects.checkFromIndexSize(from, length, bytes.length);
    return new EventDecoder().decode(bytes, from, length);
  }
}
