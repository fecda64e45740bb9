package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Counts what happened before a change, such as a deploy, and since (requirement A5). What happened
 * before stays in the count; nothing is taken back.
 *
 * <p>It keeps counts and the first ids of them.
 */
public final class Split implements Analysis<SplitReport> {
  private final Window window;
  private final Instant mark;
  private final List<Sides> kinds;

  private Split(Window window, Instant mark, List<EventKind> kinds) {
    this.window = Objects.requireNonNull(window, "window");
    this.mark = Objects.requireNonNull(mark, "mark");
    this.kinds = kinds.stream().map(Sides::new).toList();
  }

  /** Of these kinds, in this order. */
  public static Split of(Window window, Instant mark, EventKind... kinds) {
    return new Split(window, mark, Stream.of(kinds).toList());
  }

  @Override
  public Window reading() {
    return window;
  }

  @Override
  public void accept(Event event) {
    if (window.contains(event.time())) {
      boolean earlier = event.time().isBefore(mark);
      kinds.forEach(kind -> kind.accept(event, earlier));
    }
  }

  @Override
  public SplitReport report() {
    return new SplitReport(window, mark, kinds.stream().map(Sides::row).toList());
  }

  /** One kind, before and since. */
  private static final class Sides {
    final EventKind kind;
    final Citations before = new Citations();
    final Citations since = new Citations();
    final Citations watchedSince = new Citations();

    Sides(EventKind kind) {
      this.kind = kind;
    }

    void accept(Event event, boolean earlier) {
      if (kind.is(event)) {
        (earlier ? before : since).add(event);
      }
      if (!earlier && kind.isWatched(event)) {
        watchedSince.add(event);
      }
    }

    SplitReport.Row row() {
      return new SplitReport.Row(kind.name(), before.cited(), since.cited(), watchedSince.cited());
    }
  }
}
