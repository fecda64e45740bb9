package dev.reliability.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.testkit.world.World;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What the most frequent event costs. */
class HotPathTest {
  private static final int EVENTS = 200_000;

  private final ReliabilityMeters meters = ReliabilityMeters.of(World.create(1).time());
  private final Event progress =
      Samples.event("epoch", 7, Subject.ofRun("lane", "item", "run"), new RunEvent.Progress(2, 3));

  @Test
  void aProgressAllocatesNothing() {
    Exposition.registry(meters);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    feed(); // until it is compiled
    long before = threads.getCurrentThreadAllocatedBytes();
    feed();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes for %s events", EVENTS).isLessThan(EVENTS / 10);
  }

  private void feed() {
    for (int i = 0; i < EVENTS; i++) {
      meters.accept(progress);
    }
  }
}
