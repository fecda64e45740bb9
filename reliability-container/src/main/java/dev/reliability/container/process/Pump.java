package dev.reliability.container.process;

import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one stream of one process to its end, whatever the frames in it do. */
final class Pump {
  private static final Logger log = LoggerFactory.getLogger(Pump.class);

  /**
   * Told of the first bytes of a stream, or, with a negative count, of a stream that ended without
   * any.
   */
  @FunctionalInterface
  interface FirstRead {
    void came(byte[] buffer, int from, int count);

    /** Whether more is to be read before it is told: what came so far says too little. */
    default boolean wantsMore(byte[] buffer, int from, int count) {
      return false;
    }
  }

  private final InputStream stream;
  private final Framer framer;
  private final OutputBuffer output;
  private final Announcer announcer;
  private final FirstRead firstRead;

  /**
   * A pump.
   *
   * @param firstRead called once, before anything is told of what was read
   */
  Pump(
      InputStream stream,
      Framer framer,
      OutputBuffer output,
      Announcer announcer,
      FirstRead firstRead) {
    this.stream = stream;
    this.framer = framer;
    this.output = output;
    this.announcer = announcer;
    this.firstRead = firstRead;
  }

  /** Reads to the end. Returns early, with the stream closed, once the output was given up. */
  @SuppressWarnings("SynchronizationOnLocalVariableOrMethodParameter")
  void run() {
    // When the child exits, the JDK's reaper takes this monitor to drain and close the pipe,
    // without any limit on what it
    // gathers, even if a grandchild still writes. Nobody else ever wants it, so it is held as long
    // as this thread reads.
    synchronized (stream) {
      try {
        drain();
      } catch (IOException e) {
        log.debug("Output ended by an error", e);
      }
    }
  }

  private void drain() throws IOException {
    int mostKept = framer.mostKept();
    int from = output.end() - framer.before();
    boolean first = true;
    while (true) {
      from -= output.makeRoom(mostKept);
      byte[] buffer = output.array();
      int end = output.end();
      int count = stream.read(buffer, end, OutputBuffer.READ);
      if (first) {
        first = false;
        while (count > 0 && count < OutputBuffer.READ && firstRead.wantsMore(buffer, end, count)) {
          int more = stream.read(buffer, end + count, OutputBuffer.READ - count);
          if (more < 0) {
            break; // the next read says so again
          }
          count += more;
        }
        firstRead.came(buffer, end, count);
      }
      if (count < 0) {
        announcer.held(true);
        try {
          framer.close(buffer, from, end);
        } finally {
          announcer.held(false);
        }
        return;
      }
      output.added(count);
      if (announcer.isMuted()) {
        stream.close();
        return;
      }
      announcer.output(count);
      int to = end + count;
      announcer.held(true);
      try {
        from = to - framer.feed(buffer, from, to);
      } finally {
        announcer.held(false);
      }
    }
  }
}
