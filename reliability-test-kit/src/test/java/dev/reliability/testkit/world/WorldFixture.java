package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A world, and a log of what ran in it. */
abstract class WorldFixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration HOUR = Duration.ofHours(1);

  World world = World.create(1);
  final List<String> log = new ArrayList<>();

  Strand strand(String label) {
    return world.strand(Strand.Kind.CONTROL, label);
  }

  long after(Duration delay, Strand strand, Runnable task) {
    return world.scheduler().schedule(strand, delay.toNanos(), task);
  }

  /** A task that writes down its name and the time. */
  Runnable note(String name) {
    return () -> log.add(name + " " + world.elapsed());
  }
}
