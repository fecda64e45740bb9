package dev.reliability.container.engine;

import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.Missing;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Strand;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends one container for good: kill, look until it has ended, remove, look whether it is gone; a
 * few rounds of that at most. Each call has its own time limit, so the whole has an end too, and
 * nothing counts as done because a command said so: only a look does.
 */
final class Removal {
  private static final int ROUNDS = 3;
  private static final int MOST_UNANSWERED = 2;
  private static final int LOOKS = 6;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** How long a daemon may take over an order whose giver was killed. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** What is known of the container before. */
  enum Known {
    /** It is being made, or was: it may appear after it was not there. */
    MAYBE,
    /** It was there. */
    THERE,
    /** It has ended. */
    ENDED
  }

  /**
   * What came of it.
   *
   * @param last how it was last seen; null if it was not
   * @param isGone whether the engine says that there is no such container any more
   * @param why what was seen instead
   */
  record Result(@Nullable EngineState last, boolean isGone, String why) {

    /** The same for those who stopped a container of this name. */
    StopReport report(String name) {
      return new StopReport("container", isGone ? List.of() : List.of("container " + name), 0);
    }
  }

  private final EngineCommands commands;
  private final Timers timers;
  private final Strand strand;
  private final String name;
  private final Known known;
  private final CompletableFuture<Result> result = new CompletableFuture<>();
  private @Nullable EngineState last; // on the strand
  private int round;
  private int unanswered;
  private boolean settled;

  private Removal(EngineCommands commands, Timers timers, Strand strand, String name, Known known) {
    this.commands = commands;
    this.timers = timers;
    this.strand = strand;
    this.name = name;
    this.known = known;
  }

  /** Begins. The stage never fails, and ends on the strand. */
  static CompletableFuture<Result> of(
      EngineCommands commands, Timers timers, Strand strand, String name, Known known) {
    Removal removal = new Removal(commands, timers, strand, name, known);
    strand.execute(
        () -> {
          if (known == Known.ENDED) {
            removal.round++;
            removal.remove();
          } else {
            removal.kill();
          }
        });
    return removal.result;
  }

  private void kill() {
    round++;
    commands.signal(name, "KILL").thenRunAsync(() -> look(1), strand);
  }

  private void look(int looks) {
    commands
        .inspect(name)
        .thenAcceptAsync(
            seen -> {
              if (seen instanceof Missing) {
                if (known == Known.MAYBE && last == null && !settled) {
                  settled = true;
                  settle(looks);
                } else {
                  gone();
                }
              } else if (seen instanceof NoAnswer none) {
                unanswered(none);
              } else if (seen instanceof Found found) {
                last = found.state();
                if (last.isRunning() && looks < LOOKS) {
                  timers.later(strand, FIRST_PAUSE_NANOS << looks, () -> look(looks + 1));
                } else {
                  remove();
                }
              }
            },
            strand);
  }

  /**
   * Removes even what is not there: half a container may be, which only its name can be freed of,
   * and a whole one may appear a little later.
   */
  private void settle(int looks) {
    commands
        .remove(name)
        .thenRunAsync(() -> timers.later(strand, SETTLE_NANOS, () -> look(looks)), strand);
  }

  private void remove() {
    commands
        .remove(name)
        .thenCompose(
            answer ->
                commands
                    .inspect(name)
                    .thenAcceptAsync(
                        seen -> {
                          if (seen instanceof Missing) {
                            gone();
                          } else if (seen instanceof NoAnswer none) {
                            unanswered(none);
                          } else {
                            again("it is still there; rm: " + answer.complaint());
                          }
                        },
                        strand));
  }

  private void gone() {
    result.complete(new Result(last, true, ""));
  }

  private void unanswered(NoAnswer none) {
    unanswered++;
    again(none.why());
  }

  private void again(String why) {
    if (round < ROUNDS && unanswered < MOST_UNANSWERED) {
      timers.later(strand, FIRST_PAUSE_NANOS << (2 * round), this::kill);
    } else {
      result.complete(new Result(last, false, why));
    }
  }
}
