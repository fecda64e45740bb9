package dev.reliability.ops.cli;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.event.Subject;
import dev.reliability.journal.JournalWriter;
import dev.reliability.testkit.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A host in simulated time, from 2026-01-01 on, that writes a real journal. */
final class Journalling implements AutoCloseable {
  /** Another one for each host: the incarnations of one world have the same names. */
  private static final AtomicLong seeds = new AtomicLong();

  final World world = World.create(seeds.incrementAndGet());
  final EventBus bus;
  private final JournalWriter journal;

  Journalling(Path directory) {
    journal = JournalWriter.open(directory);
    bus = EventBus.builder(world).sink(journal).build();
  }

  void tell(EventData data) {
    bus.emit(Subject.NONE, data);
    world.advance(Duration.ZERO);
  }

  void selfTest(boolean ok) {
    tell(
        new ReconcileEvent.SelfTest(
            ok,
            ok
                ? List.of(
                    "queued_stale_before_spawn",
                    "running_without_container",
                    "container_without_record")
                : List.of(),
            ok ? null : "found nothing"));
  }

  /** A self-test each hour, for so long. */
  void alive(int hours) {
    for (int i = 0; i < hours; i++) {
      world.advance(Duration.ofHours(1));
      selfTest(true);
    }
  }

  void stale() {
    tell(
        new ReconcileEvent.Found(
            "running_without_container",
            RunState.RUNNING,
            "pid 1",
            "before",
            Duration.ofHours(1),
            Duration.ofMinutes(2),
            "looked",
            true));
  }

  /** The link is lost so often within an hour. */
  void closes(int times) {
    for (int i = 1; i <= times; i++) {
      tell(new LinkEvent.Closed("whatsapp", i, "retry", "428", "lost", true, i));
      world.advance(Duration.ofHours(1).dividedBy(times));
    }
  }

  Instant now() {
    return world.time().wall();
  }

  @Override
  public void close() {
    bus.close();
    journal.close();
  }
}
