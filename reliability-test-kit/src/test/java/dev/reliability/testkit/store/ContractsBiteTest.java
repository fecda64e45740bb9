package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.world.FakeClock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each contract is passed by a store that is right and refuses each that does one step wrong. */
@Tag("once")
class ContractsBiteTest {
  private static volatile Function<Supplier<Instant>, Object> made;

  static class Leases extends LeaseStoreContract {
    private final FakeClock clock = FakeClock.create();
    private final LeaseStore store = (LeaseStore) made.apply(clock::wall);

    @Override
    protected LeaseStore store() {
      return store;
    }

    @Override
    protected void advance(Duration by) {
      clock.advance(by);
    }

    @Override
    protected Duration tick() {
      return Duration.ofNanos(1);
    }

    @Override
    protected int manyItems() {
      return 200;
    }
  }

  static class Documents extends StateStoreContract {
    private final StateStore store = (StateStore) made.apply(Instant::now);

    @Override
    protected StateStore store() {
      return store;
    }
  }

  static class Runs extends RunStoreContract {
    private final RunStore store = (RunStore) made.apply(Instant::now);

    @Override
    protected RunStore store() {
      return store;
    }
  }

  private static Suite.Outcome outcome(
      Class<?> contract, Function<Supplier<Instant>, Object> store) {
    made = store;
    return Suite.run(contract);
  }

  @Test
  void storesThatAreRightKeepTheContracts() {
    assertRight(outcome(Leases.class, NaiveLeaseStore::new));
    assertRight(outcome(Documents.class, clock -> new BrokenStateStores.Plain()));
    assertRight(outcome(Runs.class, clock -> new BrokenRunStores.Plain()));
  }

  private static void assertRight(Suite.Outcome outcome) {
    assertThat(outcome.failed()).isEmpty();
    assertThat(outcome.passed()).isGreaterThan(10);
  }

  static Stream<String> broken() {
    return factories().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenStoreIsRefused(String store) throws Exception {
    Method factory = factories().get(store);
    Class<?> contract =
        factory.getReturnType() == LeaseStore.class
            ? Leases.class
            : factory.getReturnType() == StateStore.class ? Documents.class : Runs.class;
    Suite.Outcome outcome = outcome(contract, clock -> make(factory, clock));
    assertThat(outcome.bit())
        .as("the tests that noticed")
        .contains(factory.getAnnotation(NoticedBy.class).value());
  }

  private static Map<String, Method> factories() {
    Map<String, Method> factories = new TreeMap<>();
    for (Class<?> type :
        List.of(
            BrokenLeases.class,
            BrokenClaims.class,
            BrokenLanes.class,
            BrokenNames.class,
            BrokenTrials.class,
            BrokenStateStores.class,
            BrokenRunStores.class)) {
      Arrays.stream(type.getDeclaredMethods())
          .filter(method -> method.isAnnotationPresent(NoticedBy.class))
          .forEach(method -> factories.put(type.getSimpleName() + "." + method.getName(), method));
    }
    return factories;
  }

  static Object make(Method factory, Supplier<Instant> clock) {
    try {
      return factory.getParameterCount() == 0 ? factory.invoke(null) : factory.invoke(null, clock);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
