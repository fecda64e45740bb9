package dev.reliability.ops.cli;

import dev.reliability.core.runtime.TimeSource;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a terminal that a long reading gets on; elsewhere, and if it is short, it shows nothing.
 * Not thread-safe.
 */
final class Progress {
  private static final long FIRST = Duration.ofSeconds(1).toNanos();
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final int LOOK_EVERY = 4_096;
  private static final int BAR = 30;
  private static final int BYTES_EACH = 280;
  private static final String CLEAR = "\r\u001b[2K";

  private final @Nullable PrintWriter terminal;
  private final TimeSource time;
  private long next;
  private long events;
  private long expected = 1;
  private boolean shown;

  private Progress(@Nullable PrintWriter terminal, TimeSource time) {
    this.terminal = terminal;
    this.time = time;
    next = terminal == null ? 0 : time.nanos() + FIRST;
  }

  /** On the terminal that {@code err} leads to, if it is one. */
  static Progress on(PrintWriter err, TimeSource time) {
    String kind = System.getenv("TERM");
    boolean shows = isTerminal() && kind != null && !kind.equals("dumb");
    return new Progress(shows ? err : null, time);
  }

  /** Whether somebody sits before it: a console since JDK 22 need not be a terminal. */
  @SuppressWarnings("SystemConsoleNull") // asked for below
  private static boolean isTerminal() {
    Object console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) console.getClass().getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  /** About so much is there to be read; it is read in full or, for a short time, in part. */
  void of(long bytes) {
    expected = Math.max(1, bytes / BYTES_EACH);
  }

  /** One more event. */
  void event() {
    if (terminal == null || ++events % LOOK_EVERY != 0) {
      return;
    }
    long now = time.nanos();
    if (now - next >= 0) {
      next = now + EVERY;
      shown = true;
      int done = (int) Math.min(BAR, events * BAR / expected);
      String bar = "#".repeat(done) + " ".repeat(BAR - done);
      print(CLEAR + "reading [" + bar + "] " + String.format(Locale.ROOT, "%,d events", events));
    }
  }

  /** It is read. */
  void done() {
    if (shown) {
      print(CLEAR);
    }
  }

  private void print(String text) {
    if (terminal != null) {
      terminal.print(text);
      terminal.flush();
    }
  }
}
