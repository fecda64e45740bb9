package dev.reliability.ops.cli;

import dev.reliability.core.runtime.TimeSource;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows on a terminal that a long reading gets on; elsewhere, and if it is short, it shows nothing.
 * Not thread-safe.
 */
final class Progress {
  private static final Progress NONE = new Progress(null, null);
  private static final long FIRST = Duration.ofSeconds(1).toNanos();
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final int LOOK_EVERY = 4_096;
  private static final int BAR = 30;
  private static final String CLEAR = "\r\u001b[2K";

  private final PrintWriter terminal;
  private final TimeSource time;
  private long began;
  private long next;
  private long events;
  private boolean shown;

  @SuppressWarnings("NullAway") // the one that shows nothing asks neither
  private Progress(PrintWriter terminal, TimeSource time) {
    this.terminal = terminal;
    this.time = time;
  }

  /** On the terminal that {@code err} leads to, if it is one. */
  static Progress on(PrintWriter err, TimeSource time) {
    if (!isTerminal() || System.getenv("TERM") == null || "dumb".equals(System.getenv("TERM"))) {
      return NONE;
    }
    Progress progress = new Progress(err, time);
    progress.began = time.nanos();
    progress.next = progress.began + FIRST;
    return progress;
  }

  /** Whether somebody sits before it: a console since JDK 22 need not be a terminal. */
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

  /** One more event, at this share of all that there is to read. */
  void event(double share) {
    if (this == NONE || ++events % LOOK_EVERY != 0) {
      return;
    }
    long now = time.nanos();
    if (now - next >= 0) {
      next = now + EVERY;
      shown = true;
      int done = (int) (Math.min(1, Math.max(0, share)) * BAR);
      terminal.print(
          CLEAR
              + "reading ["
              + "#".repeat(done)
              + " ".repeat(BAR - done)
              + "] "
              + String.format(Locale.ROOT, "%,d events", events));
      terminal.flush();
    }
  }

  /** It is read. */
  void done() {
    if (shown) {
      terminal.print(CLEAR);
      terminal.flush();
    }
  }
}
