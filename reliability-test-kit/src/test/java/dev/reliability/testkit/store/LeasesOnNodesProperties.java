package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.ItemView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import dev.reliability.testkit.world.FakeClock;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Three nodes work on the same items, are paused, suspended and killed, and lose requests and
 * answers: at most one unexpired holder per item (invariant 11), tokens that increase and
 * completions by the current one alone (12), effects at most once, and exactly once when all is
 * well again (13), no renewal of what has run out (14).
 */
class LeasesOnNodesProperties {
  static final List<String> NODES = List.of("a", "b", "c");
  private static final int ITEMS = 15;
  private static final Duration HEALED = Duration.ofMinutes(10);

  /** What the nodes share and how they use it; each part can be exchanged for a broken one. */
  private static final class Setup {
    Function<Supplier<Instant>, LeaseStore> leases;
    Supplier<StateStore> state = InMemoryStateStore::new;
    boolean stateDiesWithTheNode;
    boolean fence = true;
    boolean memory = true;
    boolean repeatsWhatMayHaveHappened;
  }

  private static List<String> run(World world, FaultSchedule schedule, Setup setup) {
    List<String> violations = new ArrayList<>();
    LeaseStore store =
        setup.leases == null
            ? new InMemoryLeaseStore(world.time())
            : setup.leases.apply(() -> FakeClock.DEFAULT_START.plus(world.elapsed()));
    LeaseWatch watch = new LeaseWatch(store, violations);
    StateStore state = setup.state.get();
    Outbox.Fenced fenced = new Outbox.Fenced(setup.fence, setup.memory, violations);
    Outbox.Plain plain = new Outbox.Plain();
    for (int i = 0; i < ITEMS; i++) {
      store.enqueue(new ItemKey(LeaseWorker.LANE, "item-" + i), null);
    }
    for (String name : NODES) {
      world.node(
          name,
          node ->
              new LeaseWorker(
                      node,
                      node.connect(LeaseStore.class, watch.watched()),
                      node.connect(
                          StateStore.class,
                          setup.stateDiesWithTheNode ? new InMemoryStateStore() : state),
                      node.connect(Outbox.class, fenced),
                      node.connect(Outbox.class, plain),
                      setup.repeatsWhatMayHaveHappened)
                  .start());
    }
    schedule.applyTo(world);
    NODES.forEach(name -> world.node(name).connection().heal());
    world.advance(HEALED);
    for (int i = 0; i < ITEMS; i++) {
      String item = "item-" + i;
      check(violations, "fenced effects of " + item, fenced.effects.getOrDefault(item, 0), 1, 1);
      check(violations, "plain effects of " + item, plain.effects.getOrDefault(item, 0), 0, 1);
      check(
          violations,
          "completions of " + item,
          watch.completions(new ItemKey(LeaseWorker.LANE, item)),
          1,
          1);
    }
    check(
        violations, "done items", store.items(ItemView.State.DONE, null, 99).size(), ITEMS, ITEMS);
    return violations;
  }

  private static void check(List<String> violations, String what, int is, int least, int most) {
    if (is < least || is > most) {
      violations.add("13: " + what + ": expected " + least + " to " + most + ", got " + is);
    }
  }

  @Property(tries = 800)
  void invariants11To14HoldWhateverHappens(
      @ForAll("schedules") FaultSchedule schedule, @ForAll long seed) {
    assertThat(run(World.create(seed), schedule, new Setup())).isEmpty();
  }

  @Property(tries = 50)
  void theSameSeedAndScheduleGiveTheSameTrace(
      @ForAll("schedules") FaultSchedule schedule, @ForAll long seed) {
    Replay.twice(seed, world -> run(world, schedule, new Setup()));
  }

  // ---- each of them bites ----

  @Example
  void aStoreThatGrantsADuplicateClaimIsFound() {
    Setup setup = new Setup();
    setup.leases = clock -> new TwoHolders(clock);
    assertFound("11: ", setup);
  }

  @Example
  void aStoreWhoseTokensDoNotIncreaseIsFound() {
    Setup setup = new Setup();
    setup.leases = BrokenLeases::tokenOfTheItemKept;
    assertFound("12: ", setup);
  }

  @Example
  void aStoreThatTakesAnyTokenIsFound() {
    Setup setup = new Setup();
    setup.leases = BrokenLeases::anyTokenUpToTheCurrentOne;
    assertFound("12: ", setup);
  }

  @Example
  void aStoreThatRenewsWhatHasRunOutIsFound() {
    Setup setup = new Setup();
    setup.leases = BrokenLeases::renewalAcceptedWhileNobodyClaimed;
    assertFound("14: ", setup);
  }

  @Example
  void aTargetWithoutAFenceIsFound() {
    Setup setup = new Setup();
    setup.fence = false;
    assertFound("13: item", setup);
  }

  @Example
  void aTargetThatDoesNotKnowWhatItHasDoneIsFound() {
    Setup setup = new Setup();
    setup.memory = false;
    assertFound("13: fenced effects", setup);
  }

  @Example
  void aBudgetInTheMemoryOfTheNodeIsFound() {
    Setup setup = new Setup();
    setup.stateDiesWithTheNode = true;
    assertFound("13: plain effects", setup);
  }

  @Example
  void aHostThatRepeatsWhatMayHaveHappenedIsFound() {
    Setup setup = new Setup();
    setup.repeatsWhatMayHaveHappened = true;
    assertFound("13: plain effects", setup);
  }

  @Example
  void aStateStoreThatDoesNotKeepWhatItAcknowledgedIsFound() {
    Setup setup = new Setup();
    setup.state = Forgetful::new;
    assertFound("13: plain effects", setup);
  }

  @Example
  void whatIsRightIsNotFound() {
    Setup setup = new Setup();
    setup.leases = NaiveLeaseStore::new;
    setup.state = BrokenStateStores.Plain::new;
    assertThat(firstViolation("", setup)).isNull();
  }

  /** Grants what is queued whether or not somebody has it. */
  private static final class TwoHolders extends NaiveLeaseStore {
    TwoHolders(Supplier<Instant> clock) {
      super(clock);
    }

    @Override
    boolean isHeld(Item item) {
      return super.isHeld(item) && now().plusSeconds(5).isBefore(item.until);
    }
  }

  /** Keeps two of three writes. */
  private static final class Forgetful extends BrokenStateStores.Plain {
    private int writes;

    @Override
    public synchronized boolean write(String name, long expected, Map<String, String> values) {
      return ++writes % 3 == 0 || super.write(name, expected, values);
    }
  }

  private void assertFound(String kind, Setup setup) {
    assertThat(firstViolation(kind, setup)).as("found in any of many schedules").isNotNull();
  }

  private String firstViolation(String kind, Setup setup) {
    Random random = new Random(42);
    return schedules().generator(1000).stream(random)
        .filter(schedule -> schedule.value().faults().size() > 20)
        .limit(300)
        .map(schedule -> run(World.create(random.nextLong()), schedule.value(), setup))
        .flatMap(List::stream)
        .filter(violation -> violation.startsWith(kind))
        .findFirst()
        .orElse(null);
  }

  @Provide
  Arbitrary<FaultSchedule> schedules() {
    Arbitrary<Duration> times =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.longs().between(0, 5_000).map(Duration::ofMillis)),
            Tuple.of(2, Arbitraries.longs().between(0, 40).map(Duration::ofSeconds)));
    return FaultArbitraries.nodeSchedules(40, NODES, times);
  }
}
