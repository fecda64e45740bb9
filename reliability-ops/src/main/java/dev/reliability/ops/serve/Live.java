package dev.reliability.ops.serve;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the board, and tells those who watch what changes. It looks while somebody watches, and
 * when somebody asks; a fleet that does not answer is said to be silent, and what is shown then is
 * said to be old. Thread-safe.
 */
final class Live implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Live.class);

  /** After this long without an answer, those who watch are told. */
  private static final Duration SILENT = Duration.ofSeconds(5);

  /** After this long, whoever asks gets none. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LONG_PATIENCE = Duration.ofMinutes(1);

  private static final int MOST_AT_ONCE = 16;

  private final ReliabilityRuntime runtime;
  private final Fleet fleet;
  private final long periodNanos;
  private final Strand control;
  private final Strand io;
  private final Strand slow;

  // On the control strand alone, but for what is known, which anybody may read.
  private final Set<Viewer> viewers = new LinkedHashSet<>();
  private final Set<Viewer> newcomers = new LinkedHashSet<>();
  private final List<CompletableFuture<Known>> askers = new ArrayList<>();
  private volatile Known known = new Known(Board.EMPTY, null, "nothing was looked at yet");
  private volatile @Nullable Written status;
  private @Nullable Written whole;
  private long lastLook;
  private boolean isLooking;
  private boolean isOutdated;
  private final AtomicInteger doing = new AtomicInteger();
  private final AtomicInteger drawing = new AtomicInteger();
  private boolean isTicking;
  private boolean isClosed;

  /**
   * What is known.
   *
   * @param asOf when it was looked at; null if it never was
   * @param trouble why it is old; null if it is not
   */
  record Known(Board board, @Nullable Instant asOf, @Nullable String trouble) {
    boolean isGood() {
      return trouble == null;
    }

    /** When it was looked at, and why it is old if it is. */
    String age() {
      return "\"asOf\":"
          + (asOf == null ? "null" : "\"" + asOf + "\"")
          + ",\"trouble\":"
          + (trouble == null ? "null" : Board.quoted(trouble));
    }

    /** All of it, as a document. */
    String status() {
      return "{" + age() + "," + board.whole().substring(1);
    }
  }

  /** What is written once for all who get it, however slowly they read. */
  private static final class Written {
    final Object of;
    final byte[] bytes;

    Written(Object of, byte[] bytes) {
      this.of = of;
      this.bytes = bytes;
    }

    boolean isOf(Object one) {
      return of == one;
    }
  }

  Live(ReliabilityRuntime runtime, Fleet fleet, Duration period) {
    this.runtime = runtime;
    this.fleet = fleet;
    periodNanos = period.toNanos();
    control = runtime.strand(Strand.Kind.CONTROL, "page");
    io = runtime.strand(Strand.Kind.IO, "page");
    slow = runtime.strand(Strand.Kind.IO, "timeline");
  }

  /** What was known at the last look. */
  Known known() {
    return known;
  }

  /** All of what was known, as a document; not to be changed. */
  byte[] status(Known of) {
    Written last = status;
    if (last == null || !last.isOf(of)) {
      last = new Written(of, of.status().getBytes(StandardCharsets.UTF_8));
      status = last;
    }
    return last.bytes;
  }

  /** What is known now, or was within the last period; fails if nobody answers within 10 s. */
  CompletableFuture<Known> fresh() {
    CompletableFuture<Known> asker = new CompletableFuture<>();
    run(
        asker,
        PATIENCE,
        () -> {
          if (isNew()) {
            asker.complete(known);
          } else {
            askers.add(asker);
            asker.whenComplete(
                (told, failure) -> control.execute(() -> askers.removeIf(one -> one == asker)));
            look();
          }
        });
    return asker;
  }

  /** Does something with the fleet, between two looks; fails as {@link #fresh()} does. */
  <T> CompletableFuture<T> with(Function<Fleet, T> what) {
    return with(io, PATIENCE, doing, what);
  }

  /**
   * Does something that takes long beside the looks, one after the other; given up after a minute.
   */
  <T> CompletableFuture<T> beside(Function<Fleet, T> what) {
    return with(slow, LONG_PATIENCE, drawing, what);
  }

  private <T> CompletableFuture<T> with(
      Strand strand, Duration patience, AtomicInteger many, Function<Fleet, T> what) {
    CompletableFuture<T> done = new CompletableFuture<>();
    if (many.incrementAndGet() > MOST_AT_ONCE) {
      many.decrementAndGet();
      done.completeExceptionally(new IllegalStateException("too many ask at once"));
      return done;
    }
    Runnable task =
        () -> {
          try {
            if (!done.isDone()) { // nobody does later what was said to fail
              done.complete(what.apply(fleet));
            }
          } catch (Throwable e) {
            done.completeExceptionally(e);
          } finally {
            many.decrementAndGet();
          }
        };
    run(done, patience, () -> strand.execute(task));
    return done;
  }

  private void run(CompletableFuture<?> asker, Duration patience, Runnable task) {
    try {
      long timer =
          runtime
              .scheduler()
              .schedule(
                  control,
                  patience.toNanos(),
                  () ->
                      asker.completeExceptionally(
                          new IllegalStateException(
                              "the fleet does not answer: look again, it may be at work on this")));
      asker.whenComplete((value, error) -> runtime.scheduler().cancel(timer));
      control.execute(task);
    } catch (RejectedExecutionException closed) {
      asker.completeExceptionally(closed);
    }
  }

  /** Somebody watches from now on: the whole first, then what changes. */
  void watch(Viewer viewer) {
    control.execute(
        () -> {
          if (isClosed) {
            viewer.over();
            return;
          }
          newcomers.add(viewer);
          if (isNew()) {
            welcome();
            viewer.send(at(known));
          } else {
            look();
          }
          tick();
        });
  }

  /** Somebody watches no more. */
  void leave(Viewer viewer) {
    control.execute(
        () -> {
          viewers.remove(viewer);
          newcomers.remove(viewer);
        });
  }

  /** Looks at once, since something was changed: a look that has begun may not have seen it. */
  void changed() {
    control.execute(
        () -> {
          isOutdated = isLooking;
          look();
        });
  }

  // ---- on the control strand ----

  private void tick() {
    if (isTicking || isUnwatched() || isClosed) {
      return;
    }
    isTicking = true;
    runtime
        .scheduler()
        .schedule(
            control,
            periodNanos,
            () -> {
              isTicking = false;
              if (!isUnwatched()) {
                look();
                tick();
              }
            });
  }

  private void look() {
    long now = runtime.time().nanos();
    if (isLooking) {
      if (now - lastLook > SILENT.toNanos()) {
        trouble(
            known.asOf() == null
                ? "nothing was looked at yet: the first look goes on"
                : "the fleet has not answered since " + known.asOf());
      }
      return;
    }
    isLooking = true;
    lastLook = now;
    Instant asOf = runtime.time().wall();
    io.execute(
        () -> {
          Map<String, Map<String, String>> sections = null;
          String trouble = null;
          try {
            sections = fleet.look();
          } catch (RuntimeException | Error e) {
            trouble = String.valueOf(e.getMessage());
            if (!trouble.equals(known.trouble())) {
              log.warn("the fleet cannot be looked at: {}", e.toString());
            }
          }
          looked(sections, asOf, trouble);
        });
  }

  private void looked(
      @Nullable Map<String, Map<String, String>> sections, Instant asOf, @Nullable String why) {
    control.execute(
        () -> {
          isLooking = false;
          if (sections == null) {
            trouble(String.valueOf(why));
          } else {
            tell(known.board().next(sections), asOf);
          }
          if (isOutdated) {
            isOutdated = false;
            look();
            return;
          }
          List.copyOf(askers).forEach(asker -> asker.complete(known));
          askers.clear();
        });
  }

  private boolean isNew() {
    return !isLooking && known.isGood() && runtime.time().nanos() - lastLook < periodNanos;
  }

  private boolean isUnwatched() {
    return viewers.isEmpty() && newcomers.isEmpty();
  }

  private void tell(Board next, Instant asOf) {
    Board before = known.board();
    known = new Known(next, asOf, null);
    if (next.version() != before.version() && !viewers.isEmpty()) {
      send(viewers, Viewer.event("board", before.changesTo(next)));
    }
    welcome();
    send(viewers, at(known));
  }

  private void trouble(String why) {
    known = new Known(known.board(), known.asOf(), why);
    welcome();
    send(viewers, at(known));
  }

  /** Those who came since the last look get the whole. */
  private void welcome() {
    if (!newcomers.isEmpty()) {
      Board board = known.board();
      Written last = whole;
      if (last == null || !last.isOf(board)) {
        last = new Written(board, Viewer.event("board", board.whole()));
        whole = last;
      }
      send(newcomers, last.bytes);
      viewers.addAll(newcomers);
      newcomers.clear();
    }
  }

  private static byte[] at(Known known) {
    return Viewer.event("at", "{" + known.age() + "}");
  }

  private static void send(Set<Viewer> to, byte[] event) {
    List.copyOf(to).forEach(viewer -> viewer.send(event));
  }

  @Override
  public void close() {
    control.execute(
        () -> {
          isClosed = true;
          List.copyOf(viewers).forEach(Viewer::over);
          List.copyOf(newcomers).forEach(Viewer::over);
        });
  }
}
