package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.lane.FingerprintBreaker;
import dev.reliability.core.lane.LaneGuard;
import dev.reliability.core.lane.RemediationHook;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.store.CrashPoints.Point;
import dev.reliability.testkit.world.Replay;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Invariant 16 for the window of failures, and J3: after a crash between any two durable steps the
 * window is the one before the step or after it; a failure that is told again changes nothing; in
 * the end the lane is paused, and exactly one remediation exists for the episode.
 */
class LaneCrashProperties {
  private static final List<String> FAILURES = List.of("f1", "f2", "f3");
  private static final int CALLS = 30;

  /** What the host's hook does with (lane, episode). */
  private interface Tickets extends RemediationHook {
    List<String> open();

    /** The key of a ticket is (lane, episode), as the hook's documentation asks for. */
    static Tickets keyed() {
      Set<String> tickets = new LinkedHashSet<>();
      return of((lane, episode, why) -> tickets.add(lane + "#" + episode), tickets);
    }

    static Tickets oneForEachCall() {
      List<String> tickets = new ArrayList<>();
      return of((lane, episode, why) -> tickets.add(lane + "#" + episode), tickets);
    }

    private static Tickets of(RemediationHook hook, Collection<String> tickets) {
      return new Tickets() {
        @Override
        public List<String> open() {
          return List.copyOf(tickets);
        }

        @Override
        public void remediate(String lane, long episode, String why) {
          hook.remediate(lane, episode, why);
        }
      };
    }
  }

  private static List<String> run(
      World world, List<Point> points, UnaryOperator<StateStore> adapter, Tickets tickets) {
    List<String> violations = new ArrayList<>();
    LeaseStore leases = new InMemoryLeaseStore(world.time());
    StateStore state = new InMemoryStateStore();
    Set<String> begun = new LinkedHashSet<>();
    Set<String> ended = new LinkedHashSet<>();
    CrashPoints.run(
        world,
        points,
        node -> {
          EventBus bus = EventBus.builder(node).build();
          return new LaneGuard(
              node.connect(LeaseStore.class, leases),
              adapter.apply(node.connect(StateStore.class, state)),
              bus,
              FingerprintBreaker.of(FAILURES.size(), Duration.ofHours(24)),
              node.connect(RemediationHook.class, tickets));
        },
        (node, guard) -> {
          Set<String> counted = counted(state);
          if (!counted.containsAll(ended) || !begun.containsAll(counted)) {
            violations.add("counted " + counted + ", told " + ended + " and perhaps " + begun);
          }
          guard.recover();
          for (String failure : FAILURES) {
            begun.add(failure);
            guard.recordFailure("lane", null, failure, "exit code 3"); // also those that were heard
            ended.add(failure);
          }
        });
    settle(world, leases, state, tickets, violations);
    return violations;
  }

  /** All is well again, and another process starts. */
  private static void settle(
      World world, LeaseStore leases, StateStore state, Tickets tickets, List<String> violations) {
    LaneGuard next =
        new LaneGuard(
            leases,
            state,
            EventBus.builder(world).build(),
            FingerprintBreaker.of(FAILURES.size(), Duration.ofHours(24)),
            tickets);
    next.recover();
    world.advance(Duration.ofMinutes(1));
    Optional<StateStore.Doc> before = state.read("failures/lane");
    FAILURES.forEach(failure -> next.recordFailure("lane", null, failure, "exit code 3"));
    world.advance(Duration.ofMinutes(1));
    if (!state.read("failures/lane").equals(before)) {
      violations.add("a replay changed " + before + " to " + state.read("failures/lane"));
    }
    if (!counted(state).equals(Set.copyOf(FAILURES))) {
      violations.add("counted in the end: " + counted(state));
    }
    if (!leases.lane("lane").paused()) {
      violations.add("the lane is not paused");
    }
    if (!tickets.open().equals(List.of("lane#0"))) {
      violations.add("remediations: " + tickets.open());
    }
  }

  private static Set<String> counted(StateStore state) {
    Set<String> counted = new LinkedHashSet<>();
    state
        .read("failures/lane")
        .map(StateStore.Doc::values)
        .ifPresent(
            values -> {
              for (int i = 0; values.containsKey("id" + i); i++) {
                counted.add(values.get("id" + i));
              }
            });
    return counted;
  }

  private static List<String> right(World world, List<Point> points) {
    return run(world, points, store -> store, Tickets.keyed());
  }

  @Property(tries = 300)
  void invariant16HoldsForTheWindowOfFailures(
      @ForAll("points") List<Point> points, @ForAll long seed) {
    assertThat(right(World.create(seed), points)).isEmpty();
  }

  @Example
  void afterACrashAtAnyOneCallToo() {
    for (List<Point> points : CrashPoints.everyCrash(CALLS)) {
      Replay.twice(1, world -> assertThat(right(world, points)).as("%s", points).isEmpty());
    }
  }

  // ---- it bites ----

  @Example
  void anAdapterThatWritesInTwoStepsIsFound() {
    assertFound("counted [], told", TwoStepStore::new, Tickets::keyed);
  }

  @Example
  void ticketsWithoutAKeyAreFound() {
    assertFound("remediations: [lane#0, lane#0]", store -> store, Tickets::oneForEachCall);
  }

  /** As if the remediation were marked as done together with the trip, before anybody is asked. */
  @Example
  void aMarkThatComesTooEarlyIsFound() {
    assertFound("remediations: []", MarksTooEarly::new, Tickets::keyed);
  }

  @Example
  void aFailureThatCountsEachTimeItIsToldIsFound() {
    assertFound("a replay changed", ForgetsIds::new, Tickets::keyed);
  }

  private static void assertFound(
      String violation, UnaryOperator<StateStore> adapter, Supplier<Tickets> tickets) {
    assertThat(
            CrashPoints.everyCrash(CALLS).stream()
                .map(points -> run(World.create(1), points, adapter, tickets.get()))
                .flatMap(List::stream))
        .anyMatch(found -> found.startsWith(violation));
  }

  /** A store of documents to which something is done before they are written. */
  private static class Rewritten implements StateStore {
    private final StateStore store;
    private final Function<Map<String, String>, Map<String, String>> rewrite;

    Rewritten(StateStore store, Function<Map<String, String>, Map<String, String>> rewrite) {
      this.store = store;
      this.rewrite = rewrite;
    }

    @Override
    public Optional<Doc> read(String name) {
      return store.read(name);
    }

    @Override
    public boolean write(String name, long expected, Map<String, String> values) {
      return store.write(name, expected, rewrite.apply(new LinkedHashMap<>(values)));
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

  private static final class MarksTooEarly extends Rewritten {
    MarksTooEarly(StateStore store) {
      super(
          store,
          values -> {
            values.put("remediated", values.get("tripped"));
            return values;
          });
    }
  }

  private static final class ForgetsIds extends Rewritten {
    ForgetsIds(StateStore store) {
      super(
          store,
          values -> {
            for (int i = 0; values.containsKey("id" + i); i++) {
              values.put("id" + i, "failure " + i);
            }
            return values;
          });
    }
  }

  @Provide
  Arbitrary<List<Point>> points() {
    return CrashPoints.points(CALLS);
  }
}
