package dev.reliability.ops.serve;

import java.nio.charset.StandardCharsets;

/** One who watches a stream of server-sent events. Implementations are thread-safe. */
interface Viewer {

  /** Sends an event once what is before it is sent; waits for nothing. */
  void send(byte[] event);

  /** Ends it. */
  void over();

  /** An event, as it goes over the wire. */
  static byte[] event(String name, String data) {
    return ("event: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }
}
