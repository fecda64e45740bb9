package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.link.CloseClass;
import dev.reliability.ops.analysis.ChurnReport.Side;
import dev.reliability.ops.analysis.ChurnReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the closes per hour of a window against those of a baseline, and shows by how much the
 * reconnects were bounded (requirement C8). What one of the windows says counts only if the link
 * was watched in it.
 *
 * <p>It keeps the counts, and of each link the connections of ten minutes.
 */
public final class Churn implements Analysis<ChurnReport> {
  private static final Duration BURST = Duration.ofMinutes(10);

  private final Gathered now;
  private final Gathered baseline;
  private final @Nullable String link;

  private Churn(Window window, Window baseline, @Nullable String link) {
    this.now = new Gathered(window);
    this.baseline = new Gathered(baseline);
    this.link = link;
  }

  /** Of all links together. */
  public static Churn of(Window window, Window baseline) {
    return new Churn(window, baseline, null);
  }

  /** Of one link. */
  public static Churn of(Window window, Window baseline, String link) {
    return new Churn(window, baseline, Objects.requireNonNull(link, "link"));
  }

  @Override
  public Window reading() {
    Instant since = now.window.since();
    Instant until = now.window.until();
    Window other = baseline.window;
    return new Window(
        other.since().isBefore(since) ? other.since() : since,
        other.until().isAfter(until) ? other.until() : until);
  }

  @Override
  public Set<String> types() {
    return EventKind.LINK_CLOSE.types();
  }

  @Override
  public void accept(Event event) {
    now.accept(event, link);
    baseline.accept(event, link);
  }

  @Override
  public ChurnReport report() {
    double perHour = now.perHour();
    double before = baseline.perHour();
    Double ratio = before > 0 ? (Double) (perHour / before) : null;
    Verdict verdict;
    String why;
    if (!now.watched || !baseline.watched) {
      verdict = Verdict.INCONCLUSIVE;
      why =
          "nothing shows that the link was watched in "
              + (now.watched ? baseline.window : now.window);
    } else if (ratio == null) {
      verdict = perHour > 0 ? Verdict.NOT_REDUCED : Verdict.INCONCLUSIVE;
      why = "the baseline had no close, the window had " + now.closes.count();
    } else {
      verdict = ratio < 1 ? Verdict.REDUCED : Verdict.NOT_REDUCED;
      why = now.closes.count() + " closes against " + baseline.closes.count();
    }
    return new ChurnReport(now.side(), baseline.side(), link, perHour, before, ratio, verdict, why);
  }

  /** What one window has. */
  private static final class Gathered {
    final Window window;
    final Citations closes = new Citations();
    final Citations reconnects = new Citations();
    final Citations cooldowns = new Citations();
    final Map<String, Deque<Instant>> tries = new HashMap<>();
    int most;
    boolean watched;

    Gathered(Window window) {
      this.window = Objects.requireNonNull(window, "window");
    }

    void accept(Event event, @Nullable String link) {
      if (!window.contains(event.time())) {
        return;
      }
      watched |= EventKind.LINK_CLOSE.isWatched(event);
      if (event.data() instanceof LinkEvent.Closed closed) {
        if (isAsked(link, closed.link()) && !closed.reason().equals(CloseClass.LOCAL.wireName())) {
          closes.add(event);
        }
      } else if (event.data() instanceof LinkEvent.Connecting connecting) {
        if (isAsked(link, connecting.link())) {
          tried(event, connecting);
        }
      } else if (event.data() instanceof LinkEvent.CoolingDown cooling
          && isAsked(link, cooling.link())) {
        cooldowns.add(event);
      }
    }

    private static boolean isAsked(@Nullable String asked, String link) {
      return asked == null || asked.equals(link);
    }

    private void tried(Event event, LinkEvent.Connecting connecting) {
      if (connecting.generation() > 1) {
        reconnects.add(event);
      }
      Deque<Instant> times = tries.computeIfAbsent(connecting.link(), key -> new ArrayDeque<>());
      Instant from = Window.earlier(event.time(), BURST);
      times.addLast(event.time());
      while (times.getFirst().isBefore(from)) {
        times.removeFirst();
      }
      most = Math.max(most, times.size());
    }

    double perHour() {
      Duration length = window.length();
      return length.isZero() ? 0 : closes.count() * 3600.0 / Coverage.seconds(length);
    }

    Side side() {
      return new Side(window, closes.cited(), reconnects.cited(), cooldowns.cited(), most, watched);
    }
  }
}
