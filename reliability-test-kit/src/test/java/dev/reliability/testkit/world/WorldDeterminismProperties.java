package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Randomness;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** Same seed and same schedule, same run; another seed, another run. */
class WorldDeterminismProperties {
  private static final Duration PERIOD = Duration.ofSeconds(30);

  @Property(tries = 50)
  void theSameSeedAndScheduleGiveTheSameTrace(
      @ForAll long seed, @ForAll("schedules") FaultSchedule schedule) {
    Replay.twice(
        seed,
        world -> {
          populate(world);
          schedule.applyTo(world);
        });
  }

  @Property(tries = 200)
  void advancingInTwoStepsGivesTheTraceOfAdvancingOnce(
      @ForAll long seed, @ForAll("cuts") List<Long> cuts) {
    World once = World.create(seed);
    World often = World.create(seed);
    populate(once);
    populate(often);
    once.advance(Duration.ofNanos(cuts.stream().mapToLong(Long::longValue).sum()));
    cuts.forEach(cut -> often.advance(Duration.ofNanos(cut)));
    assertThat(often.traceHash()).isEqualTo(once.traceHash());
    assertThat(often.steps()).isEqualTo(once.steps());
    assertThat(often.time().wall()).isEqualTo(once.time().wall());
  }

  @Property(tries = 200)
  void goingInstantByInstantOrStepByStepGivesTheTraceOfAdvancingOnce(@ForAll long seed) {
    Duration horizon = PERIOD.multipliedBy(3);
    World once = World.create(seed);
    World byInstant = World.create(seed);
    World byStep = World.create(seed);
    List.of(once, byInstant, byStep).forEach(WorldDeterminismProperties::populate);
    once.advance(horizon);
    while (byInstant.elapsed().compareTo(horizon) < 0) {
      byInstant.advanceToNext();
    }
    Duration rest = horizon;
    while (!rest.isZero()) {
      long steps = byStep.steps();
      byStep.runUntil(() -> byStep.steps() > steps, rest);
      rest = horizon.minus(byStep.elapsed());
    }
    byStep.advance(Duration.ZERO);
    assertThat(byInstant.traceHash()).isEqualTo(once.traceHash());
    assertThat(byStep.traceHash()).isEqualTo(once.traceHash());
  }

  @Property(tries = 20)
  void otherSeedsGiveOtherInterleavings(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
    Set<Long> traces = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      World world = World.create(seed + i);
      populate(world);
      world.advance(PERIOD);
      traces.add(world.traceHash());
    }
    assertThat(traces).hasSizeGreaterThan(15);
  }

  @Property(tries = 100)
  void inFifoModeTheSeedChangesNothing(@ForAll long one, @ForAll long other) {
    World a = World.builder(one).fifoTies(true).build();
    World b = World.builder(other).fifoTies(true).build();
    populate(a, new SeededRandomness(1));
    populate(b, new SeededRandomness(1));
    a.advance(PERIOD);
    b.advance(PERIOD);
    assertThat(a.traceHash()).isEqualTo(b.traceHash());
  }

  @Property(tries = 100)
  void randomStreamsDependOnSeedLabelAndKeyAlone(
      @ForAll long seed, @ForAll String label, @ForAll String key) {
    World world = World.create(seed);
    long first = world.randomness().stream(label, key).nextLong();
    world.randomness().stream("another", key).nextLong();
    RandomGenerator again = World.create(seed).randomness().stream(label, key);
    assertThat(world.randomness().stream(label, key).nextLong()).isEqualTo(first);
    assertThat(again.nextLong()).isEqualTo(first);
    assertThat(world.randomness().stream(label + "x", key).nextLong()).isNotEqualTo(first);
    assertThat(world.randomness().stream(label, key + "x").nextLong()).isNotEqualTo(first);
    String nonce = world.randomness().nonce(label, key);
    assertThat(nonce).matches("[0-9a-f]{32}");
    assertThat(World.create(seed).randomness().nonce(label, key)).isEqualTo(nonce);
    assertThat(world.randomness().nonce(label, key + "x")).isNotEqualTo(nonce);
    assertThat(World.create(seed + 1).randomness().stream(label, key).nextLong())
        .isNotEqualTo(first);
  }

  @Property(tries = 50)
  void randomStreamsAreEvenlySpread(@ForAll long seed) {
    RandomGenerator stream = World.create(seed).randomness().stream("jitter", "lane");
    int[] deciles = new int[10];
    for (int i = 0; i < 1_000; i++) {
      deciles[(int) (stream.nextDouble() * 10)]++;
    }
    for (int count : deciles) {
      assertThat(count).isBetween(40, 180);
    }
  }

  @Property(tries = 200)
  void afterSuspendsAndPausesAPeriodicTaskCatchesUpWithOneTickAtMost(
      @ForAll long seed, @ForAll("schedules") FaultSchedule schedule) {
    World world = World.create(seed);
    Duration[] last = {Duration.ofNanos(-1)};
    long[] ticks = new long[1];
    Periodic.start(
        world,
        world.strand(Strand.Kind.CONTROL, "ticker"),
        PERIOD,
        () -> {
          ticks[0]++;
          assertThat(world.elapsed()).isGreaterThan(last[0]); // never two at one instant
          last[0] = world.elapsed();
        });
    schedule.applyTo(world);
    assertThat(ticks[0]).isLessThanOrEqualTo(world.elapsed().dividedBy(PERIOD));
  }

  @Provide
  Arbitrary<FaultSchedule> schedules() {
    return FaultArbitraries.schedules();
  }

  @Provide
  Arbitrary<List<Long>> cuts() {
    return Arbitraries.longs().between(0, PERIOD.toNanos()).list().ofMinSize(1).ofMaxSize(8);
  }

  /** Ten strands that keep giving each other work, much of it at the same instants. */
  private static void populate(World world) {
    populate(world, world.randomness());
  }

  private static void populate(World world, Randomness randomness) {
    for (int i = 0; i < 10; i++) {
      Strand strand = world.strand(Strand.Kind.CONTROL, "worker " + i);
      Strand other = world.strand(Strand.Kind.DELIVERY, "listener " + i % 3);
      RandomGenerator random = randomness.stream("work", "" + i);
      Duration period = i % 2 == 0 ? PERIOD : PERIOD.dividedBy(3);
      Periodic.start(
          world,
          strand,
          period,
          () -> {
            other.execute(() -> world.trace("told " + strand.label()));
            world.scheduler().schedule(strand, random.nextLong(period.toNanos()), () -> {});
          });
    }
  }
}
