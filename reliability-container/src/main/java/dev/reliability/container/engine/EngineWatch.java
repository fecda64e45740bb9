package dev.reliability.container.engine;

import dev.reliability.container.ContainerLabels;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares, while there are containers, what is known of them with what their engine says, one list
 * for all of them at a time. So a child that hangs cannot hide the end of its container, and what
 * could not be removed is tried again.
 */
final class EngineWatch {
  private static final Logger log = LoggerFactory.getLogger(EngineWatch.class);

  private final EngineCommands commands;
  private final Timers timers;
  private final Strand strand;
  private final String owner;
  private final Duration every;
  private final Supplier<Collection<EngineContainer>> known;
  private final AtomicBoolean armed = new AtomicBoolean();
  private volatile boolean stopped;

  EngineWatch(
      EngineCommands commands,
      Timers timers,
      Strand strand,
      String owner,
      Duration every,
      Supplier<Collection<EngineContainer>> known) {
    this.commands = commands;
    this.timers = timers;
    this.strand = strand;
    this.owner = owner;
    this.every = every;
    this.known = known;
  }

  /** Looks no more. */
  void stop() {
    stopped = true;
  }

  /** There is something to watch. */
  void arm() {
    if (armed.compareAndSet(false, true)) {
      timers.later(strand, every.toNanos(), this::look);
    }
  }

  private void look() {
    List<EngineContainer> watched = List.copyOf(known.get());
    if (watched.isEmpty() || stopped) {
      rest();
      return;
    }
    commands
        .list(Map.of(ContainerLabels.OWNER, owner))
        .whenComplete(
            (states, failure) -> {
              if (failure == null) {
                compare(watched, states);
              } else if (!stopped) {
                log.warn("The containers of {} could not be looked at", owner, failure);
              }
              rest();
            });
  }

  private static void compare(List<EngineContainer> watched, List<EngineState> states) {
    Map<String, EngineState> byName = new HashMap<>();
    states.forEach(state -> byName.put(state.name(), state));
    for (EngineContainer container : watched) {
      EngineState now = byName.get(container.name());
      container.life().strand().execute(() -> container.life().seenByWatch(now));
    }
  }

  private void rest() {
    armed.set(false);
    if (!stopped && !known.get().isEmpty()) {
      arm();
    }
  }
}
