package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.testkit.world.FakeClock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever is asked in whatever order, with holders that die and clocks that jump: the store in
 * memory answers as the naive one does, one holder at most has an item, its tokens increase, and
 * what was lost stays lost (invariants 11, 12 and 14).
 */
class LeaseStoreProperties {
  /** What shows with several threads or with odd texts only. */
  private static final Set<String> OUT_OF_SIGHT =
      Set.of(
          "claimInTwoSteps",
          "batchInTwoSteps",
          "enqueueInTwoSteps",
          "completionInTwoSteps",
          "pauseCheckedInAStepOfItsOwn",
          "payloadCutAt255",
          "emptyIsNull");

  @Property(tries = 1500)
  void theStoreInMemoryAnswersAsANaiveOne(@ForAll("programs") List<LeaseOp> program) {
    FakeClock clock = FakeClock.create();
    LeaseDriver real = new LeaseDriver(new InMemoryLeaseStore(clock));
    FakeClock naiveClock = FakeClock.create();
    LeaseDriver naive = new LeaseDriver(new NaiveLeaseStore(naiveClock::wall));
    for (int i = 0; i < program.size(); i++) {
      LeaseOp op = program.get(i);
      assertThat(real.perform(op, clock::advance))
          .as("step %d, %s, of %s", i, op, program)
          .isEqualTo(naive.perform(op, naiveClock::advance));
      clock.stepWall(Duration.ofMinutes(i % 2 == 0 ? -90 : 40));
      assertThat(real.everything())
          .as("after step %d, %s, of %s", i, op, program)
          .isEqualTo(naive.everything());
    }
  }

  /** The model keeps the invariants too; and broken ones are found by the driver alone. */
  @Property(tries = 300)
  void theNaiveStoreKeepsTheInvariants(@ForAll("programs") List<LeaseOp> program) {
    FakeClock clock = FakeClock.create();
    LeaseDriver naive = new LeaseDriver(new NaiveLeaseStore(clock::wall));
    program.forEach(op -> naive.perform(op, clock::advance));
  }

  @Example
  void theInvariantsBite() {
    assertThat(broken(BrokenLeases::tokenUnchecked)).isTrue();
    assertThat(broken(BrokenLeases::tokenPerKeyRestartingAfterPurge)).isTrue();
    assertThat(broken(BrokenLeases::renewalAcceptedAtTheEnd)).isTrue();
    assertThat(broken(BrokenLeases::leaseLostOneStepTooEarly)).isTrue();
    assertThat(broken(BrokenClaims::duplicateClaimGranted)).isTrue();
    assertThat(broken(NaiveLeaseStore::new)).isFalse();
  }

  /** A store that does one step wrong soon answers otherwise than the naive one. */
  @Example
  void theComparisonBites() {
    List<String> unnoticed = new ArrayList<>();
    for (Class<?> type :
        List.of(BrokenLeases.class, BrokenClaims.class, BrokenLanes.class, BrokenTrials.class)) {
      for (Method factory : type.getDeclaredMethods()) {
        boolean said =
            factory.isAnnotationPresent(NoticedBy.class)
                && !OUT_OF_SIGHT.contains(factory.getName());
        if (said && !differs(clock -> ContractsBiteTest.make(factory, clock))) {
          unnoticed.add(factory.getName());
        }
      }
    }
    assertThat(unnoticed).isEmpty();
  }

  /** Whether in any of many programs a store answered otherwise than the naive one. */
  private boolean differs(Function<Supplier<Instant>, Object> make) {
    return anyFails(
        program -> {
          FakeClock clock = FakeClock.create();
          LeaseDriver driver = new LeaseDriver((LeaseStore) make.apply(clock::wall));
          FakeClock naiveClock = FakeClock.create();
          LeaseDriver naive = new LeaseDriver(new NaiveLeaseStore(naiveClock::wall));
          for (LeaseOp op : program) {
            assertThat(driver.perform(op, clock::advance))
                .isEqualTo(naive.perform(op, naiveClock::advance));
            assertThat(driver.everything()).isEqualTo(naive.everything());
          }
        });
  }

  /** Whether in any of many programs an invariant was broken. */
  private boolean broken(Function<Supplier<Instant>, LeaseStore> make) {
    return anyFails(
        program -> {
          FakeClock clock = FakeClock.create();
          LeaseDriver driver = new LeaseDriver(make.apply(clock::wall));
          program.forEach(op -> driver.perform(op, clock::advance));
        });
  }

  private boolean anyFails(Consumer<List<LeaseOp>> check) {
    return programs().generator(1000).stream(new Random(42))
        .limit(1000)
        .anyMatch(
            program -> {
              try {
                check.accept(program.value());
                return false;
              } catch (AssertionError e) {
                return true;
              }
            });
  }

  @Provide
  Arbitrary<List<LeaseOp>> programs() {
    Arbitrary<Integer> lanes = Arbitraries.of(0, 0, 1);
    Arbitrary<Integer> items = Arbitraries.integers().between(0, 2);
    Arbitrary<Integer> back = Arbitraries.of(0, 0, 0, 1, 1, 2, 3, 4, 5);
    Arbitrary<Integer> holders = Arbitraries.integers().between(0, 1);
    Arbitrary<Integer> attempts = Arbitraries.of(1, 2, 3, 100);
    Arbitrary<Long> times = Arbitraries.of(1L, 2L, 5L, 10L);
    Arbitrary<LeaseOp> enqueue = Combinators.combine(lanes, items).as(LeaseOp.Enqueue::new);
    Arbitrary<LeaseOp> claim =
        Combinators.combine(lanes, items, holders, times, attempts).as(LeaseOp.Claiming::new);
    Arbitrary<LeaseOp> batch =
        Combinators.combine(lanes, Arbitraries.integers().between(1, 3), holders, times, attempts)
            .as(LeaseOp.Batch::new);
    Arbitrary<LeaseOp> renew = Combinators.combine(back, times).as(LeaseOp.Renew::new);
    Arbitrary<LeaseOp> pause =
        Combinators.combine(lanes, Arbitraries.of(0L, 1L, 2L).injectNull(0.5))
            .as(LeaseOp.Pause::new);
    Arbitrary<LeaseOp> resume =
        Combinators.combine(
                lanes, Arbitraries.of(0L, 1L, 2L).injectNull(0.6), times.injectNull(0.4))
            .as(LeaseOp.Resume::new);
    return Arbitraries.frequencyOf(
            Tuple.of(3, enqueue),
            Tuple.of(8, claim),
            Tuple.of(4, batch),
            Tuple.of(4, renew),
            Tuple.of(5, back.map(LeaseOp.Complete::new)),
            Tuple.of(4, back.map(LeaseOp.Release::new)),
            Tuple.of(1, back.map(LeaseOp.Crash::new)),
            Tuple.of(2, pause),
            Tuple.of(3, Combinators.combine(lanes, times).as(LeaseOp.Trial::new)),
            Tuple.of(1, back.map(LeaseOp.Forge::new)),
            Tuple.of(3, resume),
            Tuple.of(4, Arbitraries.of(1L, 2L, 5L, 10L, 100L).map(LeaseOp.Pass::new)),
            Tuple.of(5, Arbitraries.of(-1L, 0L, 1L).map(LeaseOp.PassToAnEnd::new)),
            Tuple.of(2, Arbitraries.of(-5L, 0L, 1L, 1000L).map(LeaseOp.Purge::new)))
        .list()
        .ofMaxSize(60);
  }
}
