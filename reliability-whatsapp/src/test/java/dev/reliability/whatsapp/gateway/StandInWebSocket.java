package dev.reliability.whatsapp.gateway;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The server's end of one WebSocket, which can be made to break every rule. Thread-safe. */
final class StandInWebSocket {
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;

  private final Socket socket;
  private final List<Integer> heard = new CopyOnWriteArrayList<>();
  private volatile boolean isDeaf;
  private volatile boolean isOver;

  StandInWebSocket(Socket socket) {
    this.socket = socket;
  }

  /** Reads frames until the other side is gone. */
  void serve(InputStream from) throws IOException {
    try (DataInputStream in = new DataInputStream(from)) {
      while (true) {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = Math.toIntExact(in.readLong());
        }
        byte[] mask = in.readNBytes(4);
        byte[] data = in.readNBytes(length);
        for (int i = 0; i < data.length; i++) {
          data[i] ^= mask[i % 4];
        }
        take(first & 0xf, data);
      }
    } finally {
      isOver = true;
    }
  }

  private void take(int kind, byte[] data) throws IOException {
    heard.add(kind);
    if (isDeaf) {
      return;
    }
    if (kind == PING) {
      write(FINAL | PONG, data);
    } else if (kind == CLOSE) {
      write(FINAL | CLOSE, data);
      isOver = true;
      socket.close();
    }
  }

  /** From now on nothing that comes is answered, pings and closes included. */
  void beDeaf() {
    isDeaf = true;
  }

  /** Whether the other side is gone. */
  boolean isOver() {
    return isOver;
  }

  /** Whether a close frame came. */
  boolean heardClose() {
    return heard.contains(CLOSE);
  }

  /** Whether a ping came. */
  boolean heardPing() {
    return heard.contains(PING);
  }

  /** How many pongs came. */
  int pongs() {
    return Collections.frequency(heard, PONG);
  }

  void text(String text) {
    write(FINAL | TEXT, utf8(text));
  }

  /** One text in several frames. */
  void textInParts(String... parts) {
    for (int i = 0; i < parts.length; i++) {
      int end = i == parts.length - 1 ? FINAL : 0;
      write(end | (i == 0 ? TEXT : CONTINUATION), utf8(parts[i]));
    }
  }

  void binary(byte[] data) {
    write(FINAL | BINARY, data);
  }

  void ping() {
    write(FINAL | PING, new byte[0]);
  }

  void close(int code, String reason) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(code >>> 8);
    data.write(code);
    data.writeBytes(utf8(reason));
    write(FINAL | CLOSE, data.toByteArray());
  }

  /** What no WebSocket may send. */
  void nonsense() {
    writeRaw(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
  }

  /** Cuts the connection without a word. */
  void cut() {
    StandInGateway.cut(socket);
  }

  private void write(int first, byte[] data) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (data.length < 126) {
      frame.write(data.length);
    } else if (data.length < 1 << 16) {
      frame.write(126);
      frame.write(data.length >>> 8);
      frame.write(data.length);
    } else {
      frame.write(127);
      frame.writeBytes(new byte[4]);
      for (int shift = 24; shift >= 0; shift -= 8) {
        frame.write(data.length >>> shift);
      }
    }
    frame.writeBytes(data);
    writeRaw(frame.toByteArray());
  }

  /** Writes what comes before all frames, known already to whoever wants to write some. */
  synchronized void begin(byte[] head, Runnable makeKnown) {
    makeKnown.run();
    writeRaw(head);
  }

  private synchronized void writeRaw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      isOver = true; // whoever is told nothing notices by himself
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "heard frames " + Arrays.toString(heard.toArray()) + (isOver ? ", over" : "");
  }
}
