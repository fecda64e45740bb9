package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.SelfChecks;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.Stubs;
import dev.reliability.testkit.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is believed to work is seen to work. */
class SelfChecksTest {
  private final World world = World.create(2);
  private final EventBus bus = EventBus.builder(world).build();

  private List<String> lines(DependencyCheck check) {
    return world.await(Preflight.builder(bus).check("self", check).build().run()).lines();
  }

  @Test
  void settingsThatCannotBeUsedAreAllListed() {
    assertThat(lines(SelfChecks.settings(Map.of("PATH", "/bin", "IDLE_TIMEOUT", "300000"))))
        .containsExactly("PASS self: all settings can be used");
    assertThat(lines(SelfChecks.settings(Map.of("IDLE_TIMEOUT", "5m", "CONTAINER_TIMEOUT", "-1"))))
        .singleElement()
        .asString()
        .startsWith("FAIL self: ")
        .contains("IDLE_TIMEOUT", "5m", "CONTAINER_TIMEOUT", "-1");
  }

  @Test
  void storesThatWorkPassAndAreLeftAsTheyWere(@TempDir Path directory) {
    for (StateStore store : List.of(new InMemoryStateStore(), FileStateStore.open(directory))) {
      assertThat(lines(SelfChecks.states(store)))
          .containsExactly("PASS self: it keeps, refuses and forgets");
      assertThat(store.names("")).isEmpty();
    }
  }

  @Test
  void aStoreThatForgetsOrWritesOverIsFound() {
    InMemoryStateStore store = new InMemoryStateStore();
    assertThat(lines(SelfChecks.states(new Forgetful(store))))
        .containsExactly("FAIL self: written {self=check}, read Optional.empty");
    assertThat(lines(SelfChecks.states(new WritesOver(store))))
        .containsExactly("FAIL self: a version that was replaced was written over");
    Stubs.Failing failing = new Stubs.Failing();
    failing.next("write", 3);
    assertThat(lines(SelfChecks.states(Stubs.before(StateStore.class, store, failing))))
        .singleElement()
        .asString()
        .contains("FAIL self: ", "write: the database is away");
  }

  @Test
  void twoOfOneHostAtOnceAreNotInEachOthersWay() {
    InMemoryStateStore store = new InMemoryStateStore();
    List<String> methods = new ArrayList<>();
    StateStore slow =
        Stubs.before(
            StateStore.class,
            store,
            method -> {
              if (methods.contains("write") && !methods.contains("other")) {
                methods.add("other"); // in the middle of the one, all of the other
                World twin = World.create(2);
                Preflight other =
                    Preflight.builder(EventBus.builder(twin).build())
                        .check("self", SelfChecks.states(store))
                        .build();
                assertThat(twin.await(other.run()).lines())
                    .containsExactly("PASS self: it keeps, refuses and forgets");
              }
              methods.add(method);
            });
    assertThat(lines(SelfChecks.states(slow)))
        .containsExactly("PASS self: it keeps, refuses and forgets");
    assertThat(methods).contains("other");
    assertThat(store.names("")).isEmpty();
  }

  @Test
  void whatOneThatWasKilledLeftIsRemovedALongTimeLater() {
    InMemoryStateStore store = new InMemoryStateStore();
    String left = "self-check/" + world.time().wall().toEpochMilli() + "-12ab";
    store.write(left, StateStore.NEW, Map.of("self", "check"));
    assertThat(lines(SelfChecks.states(store))).hasSize(1);
    assertThat(store.names("")).containsExactly(left);
    world.advance(Duration.ofHours(25));
    assertThat(lines(SelfChecks.states(store))).hasSize(1);
    assertThat(store.names("")).isEmpty();
  }

  @Test
  void aDetectorThatFindsNothingIsFound() {
    Reconciler reconciler = Reconciler.builder(bus, new InMemoryRunStore()).build();
    assertThat(lines(SelfChecks.detector(reconciler::selfTest)))
        .containsExactly("PASS self: it finds what it should");
    assertThat(lines(SelfChecks.detector(() -> false)))
        .containsExactly("FAIL self: it does not find what it should; see its own event");
  }

  /** Takes everything and keeps nothing. */
  private record Forgetful(StateStore store) implements StateStore {
    @Override
    public Optional<Doc> read(String name) {
      return Optional.empty();
    }

    @Override
    public boolean write(String name, long expected, Map<String, String> values) {
      return true;
    }

    @Override
    public boolean remove(String name, long expected) {
      return true;
    }

    @Override
    public List<String> names(String prefix) {
      return List.of();
    }
  }

  /** Does not look at versions. */
  private record WritesOver(StateStore store) implements StateStore {
    @Override
    public Optional<Doc> read(String name) {
      return store.read(name);
    }

    @Override
    public boolean write(String name, long expected, Map<String, String> values) {
      return store.write(name, store.read(name).map(Doc::version).orElse(NEW), values);
    }

    @Override
    public boolean remove(String name, long expected) {
      return store.remove(name, expected);
    }

    @Override
    public List<String> names(String prefix) {
      return store.names(prefix);
    }
  }
}
