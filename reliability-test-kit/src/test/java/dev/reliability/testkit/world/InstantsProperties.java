package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many timers: the order stays right and cancelled ones do not pile up. */
class InstantsProperties {

  private record Timer(long id, long due, int number) {}

  /** Thousands of timers on one strand, where the order must be that of a sorted list. */
  @Property(tries = 60)
  void thousandsOfTimersComeDueInOrder(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int bits,
      @ForAll @IntRange(min = 0, max = 9) int cancelled) {
    World world = World.create(seed);
    Strand strand = world.strand(Strand.Kind.CONTROL, "a");
    RandomGenerator random = world.randomness().stream("test", "");
    List<Timer> expected = new ArrayList<>();
    List<Integer> ran = new ArrayList<>();
    int number = 0;
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 500; i++) {
        int mine = number++;
        long delay = 1 + random.nextLong(1L << bits) * (1 + random.nextLong(3));
        long id = world.scheduler().schedule(strand, delay, () -> ran.add(mine));
        expected.add(new Timer(id, world.elapsed().toNanos() + delay, mine));
      }
      for (int i = 0; i < cancelled * 50; i++) {
        Timer timer = expected.get(random.nextInt(expected.size()));
        if (world.scheduler().cancel(timer.id())) {
          expected.remove(timer);
        }
      }
      assertThat(world.pending()).isEqualTo(expected.size() - ran.size());
      world.advance(Duration.ofNanos(random.nextLong(1L << bits)));
    }
    world.advance(Duration.ofSeconds(1));
    expected.sort(Comparator.comparingLong(Timer::due).thenComparingInt(Timer::number));
    assertThat(ran).isEqualTo(expected.stream().map(Timer::number).toList());
  }

  @Example
  void cancelledTimersDoNotPileUp() {
    Slots slots = new Slots();
    Instants instants = new Instants(slots);
    World world = World.create(1);
    SimStrand strand = (SimStrand) world.strand(Strand.Kind.CONTROL, "a");
    for (int i = 0; i < 1_000; i++) {
      instants.add(slots.take(strand, 1_000_000 + i, () -> {}, true), 1_000_000 + i, i);
    }
    for (int i = 0; i < 1_000_000; i++) {
      long due = 2_000_000L + i % 777;
      int slot = slots.take(strand, due, () -> {}, true);
      instants.add(slot, due, i % 13);
      instants.cancel(slot);
    }
    assertThat(slots.pending()).isEqualTo(1_000);
    assertThat(slots.size()).isLessThan(2_200);
    assertThat(instants.size()).isLessThan(2_200);
    assertThat(instants.peek()).isEqualTo(1_000_000);
  }

  @Example
  void aCancelledOrFinishedTaskIsForgotten() {
    Slots slots = new Slots();
    World world = World.create(1);
    SimStrand strand = (SimStrand) world.strand(Strand.Kind.CONTROL, "a");
    int cancelled = slots.take(strand, 5, () -> {}, true);
    slots.cancel(cancelled);
    assertThat(slots.task(cancelled)).isNull();
    int finished = slots.take(strand, 5, () -> {}, true);
    int released = slots.release(finished);
    slots.forget(finished, released);
    assertThat(slots.task(finished)).isNull();
    int taken = slots.take(strand, 5, () -> {}, true);
    assertThat(taken).isEqualTo(finished);
    slots.forget(taken, released);
    assertThat(slots.task(taken)).isNotNull();
  }

  @Property(tries = 200)
  void readySlotsComeInTheOrderOfTheirTurns(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 3_000) int count) {
    RandomGenerator random = World.create(seed).randomness().stream("test", "");
    ReadyQueue queue = new ReadyQueue();
    List<Long> turns = new ArrayList<>();
    for (int again = 0; again < 2; again++) {
      turns.clear();
      for (int i = 0; i < count; i++) {
        // few of them beyond round 0, as after an instant that was cut short
        long turn = random.nextLong(1L << Turns.ROUND_BITS) << (i % 50 == 7 ? 3 : 0);
        turns.add(turn);
        queue.add(turn, i);
      }
      queue.sort();
      List<Long> polled = new ArrayList<>();
      int slot;
      while ((slot = queue.poll()) != Slots.NONE) {
        assertThat(queue.turn()).isEqualTo(turns.get(slot));
        polled.add(queue.turn());
        if (polled.size() % 5 == 0 && turns.size() < count + 100) {
          long later = queue.turn() + 1 + random.nextLong(1L << Turns.ROUND_BITS);
          queue.insert(later, turns.size());
          turns.add(later);
        }
      }
      assertThat(polled).isEqualTo(turns.stream().sorted().toList());
    }
  }
}
