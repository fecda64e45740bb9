package dev.reliability.testkit.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.EventRing;
import dev.reliability.core.event.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A ring is the end of a list, and counts what is missing of it. */
class EventRingProperties {

  @Property(tries = 500)
  void aRingIsTheEndOfAList(
      @ForAll @IntRange(min = 1, max = 40) int capacity,
      @ForAll @IntRange(min = 0, max = 200) int events) {
    EventRing ring = new EventRing(capacity);
    List<Event> model = new ArrayList<>();
    for (int i = 1; i <= events; i++) {
      Event event = event(i);
      ring.add(event);
      model.add(event);
      List<Event> held = ring.snapshot();
      assertThat(held).isEqualTo(model.subList(Math.max(0, i - capacity), i));
      assertThat(ring.dropped()).isEqualTo(model.size() - held.size());
    }
    assertThat(ring.snapshot()).hasSize(Math.min(capacity, events));
  }

  @Example
  void aSnapshotStaysWhatItWas() {
    EventRing ring = new EventRing(2);
    ring.add(event(1));
    List<Event> before = ring.snapshot();
    ring.add(event(2));
    ring.add(event(3));
    assertThat(before).containsExactly(event(1));
    assertThat(ring.snapshot()).containsExactly(event(2), event(3));
  }

  @Example
  void aRingWithoutRoomIsRefused() {
    assertThatThrownBy(() -> new EventRing(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  private static Event event(long seq) {
    return new Event(
        new EventId("epoch", seq),
        Instant.EPOCH,
        seq,
        "node",
        Subject.NONE,
        null,
        new CustomEvent("test", Map.of()));
  }
}
