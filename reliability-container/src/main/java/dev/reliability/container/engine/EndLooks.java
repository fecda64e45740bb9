package dev.reliability.container.engine;

import dev.reliability.container.engine.EngineRules.After;
import dev.reliability.core.runtime.Strand;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Looks at a container whose child has ended, until it is clear what that means, a few times at
 * most: an engine needs a moment to notice an end, and one that does not answer gets a second
 * chance only.
 */
final class EndLooks {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST_LOOKS = 5;
  private static final int MOST_UNANSWERED = 2;

  private final ContainerServices services;
  private final String name;
  private final Strand strand;
  private final BooleanSupplier wanted;
  private final Function<Seen, After> judge;
  private final Consumer<After> decided;
  private int looks;
  private int unanswered;

  /**
   * Looks. All three are called on the strand.
   *
   * @param wanted whether anybody still wants to know
   * @param judge what a look means
   * @param decided told what it came to, once, if anybody still wants to know
   */
  EndLooks(
      ContainerServices services,
      String name,
      Strand strand,
      BooleanSupplier wanted,
      Function<Seen, After> judge,
      Consumer<After> decided) {
    this.services = services;
    this.name = name;
    this.strand = strand;
    this.wanted = wanted;
    this.judge = judge;
    this.decided = decided;
  }

  void begin() {
    if (wanted.getAsBoolean()) {
      services.commands().inspect(name).thenAcceptAsync(this::looked, strand);
    }
  }

  private void looked(Seen seen) {
    if (!wanted.getAsBoolean()) {
      return;
    }
    looks++;
    if (seen instanceof Seen.NoAnswer) {
      unanswered++;
    }
    After after = judge.apply(seen);
    boolean clear = after instanceof After.Ended || after instanceof After.Failed;
    if (clear || looks >= MOST_LOOKS || unanswered >= MOST_UNANSWERED) {
      decided.accept(after);
    } else {
      services.timers().later(strand, FIRST_PAUSE_NANOS << (looks - 1), this::begin);
    }
  }
}
