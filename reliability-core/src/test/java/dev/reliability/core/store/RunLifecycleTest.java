package dev.reliability.core.store;

import static dev.reliability.core.event.RunState.CANCELLED;
import static dev.reliability.core.event.RunState.DONE;
import static dev.reliability.core.event.RunState.FAILED;
import static dev.reliability.core.event.RunState.QUEUED;
import static dev.reliability.core.event.RunState.REVIEW_REQUESTED;
import static dev.reliability.core.event.RunState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunLifecycle.Allowed;
import dev.reliability.core.store.RunLifecycle.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pair of states, against a list written down by hand. */
class RunLifecycleTest {
  private static final List<String> EDGES =
      List.of(
          "queued -> running",
          "queued -> failed",
          "queued -> cancelled",
          "running -> review_requested",
          "running -> done",
          "running -> failed",
          "running -> cancelled",
          "review_requested -> done",
          "review_requested -> failed");

  static Stream<Arguments> allPairs() {
    return Stream.of(RunState.values())
        .flatMap(from -> Stream.of(RunState.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("allPairs")
  void anEdgeExistsIfAndOnlyIfItIsListed(RunState from, RunState to) {
    boolean listed = EDGES.contains(from.wireName() + " -> " + to.wireName());
    RunLifecycle.Step step = RunLifecycle.step(from, to);
    if (listed) {
      assertThat(step).isEqualTo(new Allowed(from, to));
    } else {
      assertThat(step)
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> {
                assertThat(rejected.from()).isEqualTo(from);
                assertThat(rejected.to()).isEqualTo(to);
                assertThat(rejected.why()).startsWith(from.wireName()).contains(to.wireName());
              });
    }
    assertThat(RunLifecycle.next(from).contains(to)).isEqualTo(listed);
  }

  @ParameterizedTest
  @CsvSource({
    "QUEUED, false",
    "RUNNING, false",
    "REVIEW_REQUESTED, false",
    "DONE, true",
    "FAILED, true",
    "CANCELLED, true"
  })
  void doneFailedAndCancelledAreTerminal(RunState state, boolean terminal) {
    assertThat(RunLifecycle.isTerminal(state)).isEqualTo(terminal);
  }

  @Test
  void aRejectionSaysWhatWouldHaveBeenAllowedInTheOrderOfALife() {
    assertThat(whyNot(QUEUED, DONE))
        .isEqualTo("queued can only become [running, failed, cancelled], not done");
    assertThat(whyNot(RUNNING, QUEUED))
        .isEqualTo(
            "running can only become [review_requested, done, failed, cancelled], not queued");
    assertThat(whyNot(REVIEW_REQUESTED, CANCELLED))
        .isEqualTo("review_requested can only become [done, failed], not cancelled");
    assertThat(whyNot(DONE, RUNNING)).isEqualTo("done is terminal, so it cannot become running");
    assertThat(whyNot(FAILED, FAILED)).isEqualTo("failed is terminal, so it cannot become failed");
  }

  @Test
  void theTableCannotBeChangedFromOutside() {
    assertThatThrownBy(() -> RunLifecycle.next(DONE).add(RUNNING))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Property
  void invariant7AWalkVisitsListedEdgesOnlyAndTerminalStatesAbsorb(@ForAll List<RunState> wishes) {
    RunState state = QUEUED;
    List<RunState> visited = new ArrayList<>();
    for (RunState wish : wishes) {
      RunState from = state;
      state = RunLifecycle.step(from, wish).fold(Allowed::to, Rejected::from);
      if (visited.contains(DONE) || visited.contains(FAILED) || visited.contains(CANCELLED)) {
        assertThat(state).as("terminal states absorb").isEqualTo(from);
      }
      if (state != from) {
        assertThat(EDGES).contains(from.wireName() + " -> " + state.wireName());
        assertThat(visited).as("no state is reached twice").doesNotContain(state);
        visited.add(state);
      }
    }
    assertThat(visited.stream().filter(RunLifecycle::isTerminal).count()).isLessThanOrEqualTo(1);
  }

  private static String whyNot(RunState from, RunState to) {
    return RunLifecycle.step(from, to).fold(allowed -> "allowed", Rejected::why);
  }
}
