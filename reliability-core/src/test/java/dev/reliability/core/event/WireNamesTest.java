package dev.reliability.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spellings that leave the process: operators, dashboards and stored records rely on them. */
class WireNamesTest {

  @Test
  void theStatesAreSpelledAsOperatorsKnowThem() {
    assertThat(Arrays.stream(RunState.values()).map(RunState::wireName))
        .containsExactly("queued", "running", "review_requested", "done", "failed", "cancelled");
  }

  @Test
  void theReasonsAreSpelledAsOperatorsKnowThem() {
    assertThat(EndReason.known())
        .extracting(EndReason::wireName)
        .containsExactly(
            "completed",
            "idle_cleanup",
            "linger_cleanup",
            "no_output_timeout",
            "hard_timeout",
            "run_deadline_exceeded",
            "container_spawn_failed_before_running",
            "spawn_unknown",
            "start_deadline_exceeded",
            "exit_nonzero",
            "killed_by_signal",
            "worker_lost",
            "queued_stale_before_spawn",
            "running_without_container",
            "store_failed",
            "lease_lost",
            "internal_error",
            "cancelled",
            "shutdown");
  }

  @Test
  void eachConstantHasItsOwnSpelling() {
    assertThat(EndReason.COMPLETED.wireName()).isEqualTo("completed");
    assertThat(EndReason.IDLE_CLEANUP.wireName()).isEqualTo("idle_cleanup");
    assertThat(EndReason.LINGER_CLEANUP.wireName()).isEqualTo("linger_cleanup");
    assertThat(EndReason.NO_OUTPUT_TIMEOUT.wireName()).isEqualTo("no_output_timeout");
    assertThat(EndReason.HARD_TIMEOUT.wireName()).isEqualTo("hard_timeout");
    assertThat(EndReason.RUN_DEADLINE.wireName()).isEqualTo("run_deadline_exceeded");
    assertThat(EndReason.SPAWN_FAILED.wireName())
        .isEqualTo("container_spawn_failed_before_running");
    assertThat(EndReason.SPAWN_UNKNOWN.wireName()).isEqualTo("spawn_unknown");
    assertThat(EndReason.START_DEADLINE.wireName()).isEqualTo("start_deadline_exceeded");
    assertThat(EndReason.EXIT_NONZERO.wireName()).isEqualTo("exit_nonzero");
    assertThat(EndReason.KILLED_BY_SIGNAL.wireName()).isEqualTo("killed_by_signal");
    assertThat(EndReason.WORKER_LOST.wireName()).isEqualTo("worker_lost");
    assertThat(EndReason.QUEUED_STALE.wireName()).isEqualTo("queued_stale_before_spawn");
    assertThat(EndReason.RUNNING_WITHOUT_CONTAINER.wireName())
        .isEqualTo("running_without_container");
    assertThat(EndReason.STORE_FAILED.wireName()).isEqualTo("store_failed");
    assertThat(EndReason.INTERNAL_ERROR.wireName()).isEqualTo("internal_error");
    assertThat(EndReason.CANCELLED.wireName()).isEqualTo("cancelled");
    assertThat(EndReason.SHUTDOWN.wireName()).isEqualTo("shutdown");
  }

  @ParameterizedTest
  @EnumSource
  void aStateReadsBackAsItself(RunState state) {
    assertThat(RunState.fromWireName(state.wireName())).isSameAs(state);
  }

  @Test
  void aReasonReadsBackAsItself() {
    for (EndReason reason : EndReason.known()) {
      assertThat(EndReason.fromWireName(reason.wireName())).isSameAs(reason);
      assertThat(reason).hasToString(reason.wireName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Done", "DONE", " done", "unknown", "blocked", "starting"})
  void anUnknownStateIsAnErrorThatNamesItAndNeverADefault(String name) {
    assertThatThrownBy(() -> RunState.fromWireName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "run state: expected one of [queued, running, review_requested, done, failed,"
                + " cancelled], got \""
                + name
                + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "timeout", "Hard_Timeout", "other", "another:x"})
  void anUnknownReasonIsAnErrorThatNamesItAndWhatIsKnown(String name) {
    assertThatThrownBy(() -> EndReason.fromWireName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("end reason: expected one of [completed, idle_cleanup, ")
        .hasMessageEndingWith(" or other:<text>, got \"" + name + "\"");
  }

  @Test
  void aHostsOwnReasonIsSpelledOtherColonText() {
    EndReason own = EndReason.other("disk is full: /var");
    assertThat(own.wireName()).isEqualTo("other:disk is full: /var");
    assertThat(EndReason.fromWireName("other:disk is full: /var"))
        .isEqualTo(own)
        .hasSameHashCodeAs(own)
        .isNotEqualTo(EndReason.other("disk"));
    assertThat(EndReason.known()).doesNotContain(own);
  }

  @Test
  void aHostsOwnReasonIsNeverTakenForOneOfTheClosedSet() {
    assertThat(EndReason.other("completed")).isNotEqualTo(EndReason.COMPLETED);
    assertThat(EndReason.fromWireName("other:completed")).isNotEqualTo(EndReason.COMPLETED);
  }

  @Test
  void spellingsDoNotDependOnTheMachinesLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR")); // where I in lower case is not i
      assertThat(RunState.RUNNING.wireName()).isEqualTo("running");
      assertThat(RunState.fromWireName("review_requested")).isEqualTo(RunState.REVIEW_REQUESTED);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void doneAndReviewRequestedAreTheSuccessSetAndAllButTwoStatesHaveEnded() {
    assertThat(Arrays.stream(RunState.values()).filter(RunState::isSuccess))
        .containsExactly(RunState.REVIEW_REQUESTED, RunState.DONE);
    assertThat(Arrays.stream(RunState.values()).filter(state -> !state.isEnded()))
        .containsExactly(RunState.QUEUED, RunState.RUNNING);
  }

  @Test
  void theListOfReasonsCannotBeChangedAndHasNoDoubles() {
    List<EndReason> known = EndReason.known();
    assertThatThrownBy(() -> known.add(EndReason.other("x")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(Set.copyOf(known)).hasSameSizeAs(known);
  }
}
