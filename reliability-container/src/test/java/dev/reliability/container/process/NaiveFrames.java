package dev.reliability.container.process;

import dev.reliability.container.Framing;
import dev.reliability.container.ProtocolError.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What framing means, told the slow way: the whole output at hand, cut at line feeds, looked at
 * line by line. Shares nothing with the framers.
 */
final class NaiveFrames {
  private final byte[] output;
  private final List<String> told = new ArrayList<>();
  private long dropped;

  private NaiveFrames(byte[] output) {
    this.output = output;
  }

  /** What {@link RecordingFrames} must have heard of {@code output} as a whole. */
  static List<String> of(Framing framing, byte[] output) {
    NaiveFrames naive = new NaiveFrames(output);
    if (framing instanceof Framing.Sentinels sentinels) {
      naive.blocks(sentinels);
    } else {
      naive.lines(framing.maxLineBytes());
    }
    naive.told.add("dropped " + naive.dropped);
    return naive.told;
  }

  private record Line(int from, int to) {}

  private List<Line> cut() {
    List<Line> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < output.length; i++) {
      if (output[i] == '\n') {
        lines.add(new Line(from, i));
        from = i + 1;
      }
    }
    if (from < output.length) {
      lines.add(new Line(from, output.length));
    }
    return lines;
  }

  private byte[] withoutReturn(int from, int to) {
    return Arrays.copyOfRange(output, from, to > from && output[to - 1] == '\r' ? to - 1 : to);
  }

  private void lines(int limit) {
    for (Line line : cut()) {
      byte[] whole = withoutReturn(line.from, line.to);
      byte[] kept = Arrays.copyOf(whole, Math.min(whole.length, limit));
      dropped += whole.length - kept.length;
      told.add("frame " + (kept.length < whole.length) + " " + RecordingFrames.hex(kept));
    }
  }

  private void blocks(Framing.Sentinels framing) {
    Line start = null;
    for (Line line : cut()) {
      String text = new String(withoutReturn(line.from, line.to), StandardCharsets.ISO_8859_1);
      if (text.equals(framing.start())) {
        if (start != null) {
          voided(framing, start, line.from - 1, Kind.NESTED_START, line.from);
        }
        start = line;
      } else if (text.equals(framing.end())) {
        if (start == null) {
          told.add("violation " + Kind.STRAY_END + " at " + line.from);
        } else {
          complete(framing, start, line.from - 1);
          start = null;
        }
      }
    }
    if (start != null) {
      voided(framing, start, output.length, Kind.EOF_INSIDE, start.from);
    }
  }

  private byte[] payload(Line start, int to) {
    int from = Math.min(start.to + 1, output.length);
    return withoutReturn(from, Math.max(from, to));
  }

  private boolean tooLong(Framing.Sentinels framing, Line start, byte[] payload) {
    if (payload.length > framing.maxPayloadBytes()) {
      told.add("violation " + Kind.OVERFLOW + " at " + start.from);
      dropped += payload.length;
      return true;
    }
    return false;
  }

  private void voided(Framing.Sentinels framing, Line start, int to, Kind kind, int at) {
    byte[] payload = payload(start, to);
    if (!tooLong(framing, start, payload)) {
      dropped += payload.length;
    }
    told.add("violation " + kind + " at " + at);
  }

  private void complete(Framing.Sentinels framing, Line start, int to) {
    byte[] payload = payload(start, to);
    if (tooLong(framing, start, payload)) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
      told.add("frame false " + RecordingFrames.hex(payload));
    } catch (CharacterCodingException e) {
      dropped += payload.length;
      told.add("violation " + Kind.BAD_UTF8 + " at " + start.from);
    }
  }
}
