package dev.reliability.container.engine;

import dev.reliability.core.runtime.Strand;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Looks at a container that is being started: soon, and then ever more rarely. */
final class StartLooks {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(120);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MOST_DOUBLINGS = 10;

  private final ContainerServices services;
  private final String name;
  private final Strand strand;
  private final IntPredicate wanted;
  private final Consumer<Seen> seen;

  /**
   * Looks.
   *
   * @param wanted asked before each look, which has its number, from 1
   * @param seen told of each look, on the strand
   */
  StartLooks(
      ContainerServices services,
      String name,
      Strand strand,
      IntPredicate wanted,
      Consumer<Seen> seen) {
    this.services = services;
    this.name = name;
    this.strand = strand;
    this.wanted = wanted;
    this.seen = seen;
  }

  void begin() {
    next(1);
  }

  private void next(int looks) {
    long pause = Math.min(FIRST_NANOS << Math.min(looks - 1, MOST_DOUBLINGS), LONGEST_NANOS);
    services.timers().later(strand, pause, () -> look(looks));
  }

  private void look(int looks) {
    if (wanted.test(looks)) {
      services
          .commands()
          .inspect(name)
          .thenAcceptAsync(
              what -> {
                seen.accept(what);
                next(looks + 1);
              },
              strand);
    }
  }
}
