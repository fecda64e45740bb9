package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tasks of a node that wait in the middle, because a call hangs. */
final class HungTasks {
  private final Machine machine;
  private final Node node;

  /** Each with the world's timer for the end of its call. */
  private final Map<Fiber, Long> ends = new LinkedHashMap<>();

  private @Nullable Fiber running;

  HungTasks(Machine machine, Node node) {
    this.machine = machine;
    this.node = node;
  }

  /** Runs a task that may come to wait. */
  void run(NodeStrand strand, Runnable body) {
    goOn(new Fiber(machine.timeline, "node " + machine.name, strand, body));
  }

  /** Lets the task that runs wait; {@code then} is done at the end of that time, by the world. */
  void hang(Duration by, Runnable then) {
    Fiber fiber = running;
    if (fiber == null || !fiber.isHere()) {
      throw new IllegalStateException(
          "a call can hang only in a task of its own node, which is " + machine.name);
    }
    Runnable end =
        () -> {
          if (ends.containsKey(fiber)) { // a crash at this very instant may come too late to cancel
            then.run();
            wake(fiber);
          }
        };
    ends.put(fiber, machine.later(Durations.saturatedNanos(by), end));
    fiber.pause();
  }

  private void wake(Fiber fiber) {
    if (!ends.containsKey(fiber)) {
      return; // it went on already, to find that its node has crashed
    }
    if (node.standsStill()) {
      ends.put(fiber, machine.later(machine.stillFor(), () -> wake(fiber)));
    } else {
      ends.remove(fiber);
      goOn(fiber);
    }
  }

  private void goOn(Fiber fiber) {
    Fiber outer = running;
    running = fiber;
    fiber.strand().hang();
    try {
      fiber.goOn();
    } finally {
      running = outer;
      if (!ends.containsKey(fiber)) {
        fiber.strand().free();
      }
    }
    Throwable thrown = fiber.thrown();
    if (thrown != null) {
      node.throwUnlessCrashed(thrown);
    }
  }

  /** The node has crashed: they all go on, to find that they are dead. */
  void crash() {
    while (!ends.isEmpty()) {
      Map.Entry<Fiber, Long> hung = ends.entrySet().iterator().next();
      ends.remove(hung.getKey());
      machine.timeline.cancel(hung.getValue());
      goOn(hung.getKey());
    }
  }
}
