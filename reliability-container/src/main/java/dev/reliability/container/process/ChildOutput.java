package dev.reliability.container.process;

import dev.reliability.container.Framing;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.Transcript;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Standard output and standard error of one process: how they are cut and judged, what is kept of
 * them, and when they ended. Each is read by a thread of the caller's, to its end or until it is
 * given up.
 */
final class ChildOutput {
  private static final byte[] NEVER = {};

  private final String run;
  private final OutputSpec spec;
  private final Announcer announcer;
  private final OutputBuffer out;
  private final OutputBuffer err;
  private final AtomicInteger open = new AtomicInteger(2);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  ChildOutput(String run, OutputSpec spec, Announcer announcer) {
    this.run = run;
    this.spec = spec;
    this.announcer = announcer;
    this.out = new OutputBuffer(spec.headBytes(), spec.tailBytes());
    this.err = new OutputBuffer(spec.headBytes(), spec.tailBytes());
  }

  /**
   * Reads standard output.
   *
   * @param nonce what markers carry; null if they carry none
   */
  void readOut(InputStream stream, @Nullable Nonce nonce, Pump.FirstRead firstRead) {
    read(stream, framer(nonce), out, firstRead);
  }

  private Framer framer(@Nullable Nonce nonce) {
    JudgingSink judging = judging(out);
    if (spec.framing() instanceof Framing.Sentinels sentinels) {
      return new SentinelFramer(sentinels, nonce, judging);
    }
    FrameSink sink = nonce == null ? judging : new NoncedSink(nonce.prefix(), judging);
    return new LineFramer(false, spec.framing().maxLineBytes(), sink);
  }

  /** Reads standard error. */
  void readErr(InputStream stream, Pump.FirstRead firstRead) {
    JudgingSink judging = judging(err);
    FrameSink sink = spec.isNonced() ? new NoncedSink(NEVER, judging) : judging;
    read(stream, new LineFramer(true, spec.framing().maxLineBytes(), sink), err, firstRead);
  }

  private JudgingSink judging(OutputBuffer buffer) {
    return new JudgingSink(run, spec.markers(), spec.frames(), announcer, buffer);
  }

  private void read(
      InputStream stream, Framer framer, OutputBuffer buffer, Pump.FirstRead firstRead) {
    try {
      new Pump(stream, framer, buffer, announcer, firstRead).run();
    } finally {
      if (open.decrementAndGet() == 0) {
        announcer.eof();
        ended.complete(null);
      }
    }
  }

  /** Ends when both streams were read to their ends. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Nothing more is told of what is still open. Returns how many pipes that are. */
  int abandon() {
    int left = open.get();
    if (left > 0) {
      announcer.mute();
    }
    return left;
  }

  /** Whether nothing more will come of it: it ended, or was given up. */
  boolean isOver() {
    return ended.isDone() || announcer.isMuted();
  }

  Transcript transcript() {
    return new Transcript(out.snapshot(), err.snapshot());
  }
}
