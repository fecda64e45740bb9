package dev.reliability.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventRingTest {

  private static Event event(int seq) {
    return new Event(
        new EventId("e1", seq), Instant.EPOCH, seq, "n", Subject.NONE, null, new RunEvent.Queued());
  }

  @Property
  void invariant6TheRingIsTheTailOfAListAndCountsWhatMadeRoom(
      @ForAll @IntRange(min = 1, max = 20) int capacity, @ForAll @IntRange(max = 100) int count) {
    EventRing ring = new EventRing(capacity);
    List<Event> model = new ArrayList<>();
    for (int seq = 1; seq <= count; seq++) {
      ring.add(event(seq));
      model.add(event(seq));
      int gone = Math.max(0, model.size() - capacity);
      assertThat(ring.snapshot()).isEqualTo(model.subList(gone, model.size()));
      assertThat(ring.dropped()).isEqualTo(gone);
    }
    assertThat(ring.snapshot().size() + ring.dropped()).isEqualTo(count);
  }

  @Test
  void whatWasLookedAtDoesNotChangeWhenMoreIsAdded() {
    EventRing ring = new EventRing(2);
    ring.add(event(1));
    List<Event> before = ring.snapshot();
    ring.add(event(2));
    ring.add(event(3));
    assertThat(before).containsExactly(event(1));
    assertThat(ring.snapshot()).containsExactly(event(2), event(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void aRingWithoutRoomIsRefused(int capacity) {
    assertThatThrownBy(() -> new EventRing(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity: expected a positive number of events, got " + capacity);
  }
}
