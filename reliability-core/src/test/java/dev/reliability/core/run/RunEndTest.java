package dev.reliability.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.LinkSnapshot;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What leaves the process when a run has ended (requirements B9, B10). */
class RunEndTest {
  private static final Work WORK =
      Work.of("andy-developer", "issue-42").withInput("m17", "m19").with("chat_jid", "1@g.us");
  private static final RunTimeouts TIMEOUTS = RunTimeouts.ofDefaults();

  private static RunEnd end(ExitStatus exit) {
    return new RunEnd(
        RunState.FAILED,
        EndReason.NO_OUTPUT_TIMEOUT,
        "no valid marker",
        2,
        "pid 4711",
        Duration.ofSeconds(3),
        Duration.ofMinutes(12),
        7,
        99,
        exit,
        StopStep.TERMINATE,
        new StopReport("tree", List.of("pid 8"), 1),
        RunEnd.Cursor.ROLLBACK,
        null);
  }

  @Test
  void theEndEventCarriesEverythingThatIsKnown() {
    LinkSnapshot link = new LinkSnapshot("connecting", "408", 3, Instant.EPOCH);
    assertThat(end(new ExitStatus.Code(143)).toEvent(WORK, TIMEOUTS, link, true, true))
        .isEqualTo(
            new RunEvent.Ended(
                RunState.FAILED,
                EndReason.NO_OUTPUT_TIMEOUT,
                "no valid marker",
                2,
                "pid 4711",
                TIMEOUTS.values(),
                Duration.ofSeconds(3),
                Duration.ofMinutes(12),
                7,
                99,
                143,
                null,
                "terminated",
                "tree",
                List.of("pid 8"),
                1,
                "rollback",
                "m17",
                "m19",
                link,
                Map.of("chat_jid", "1@g.us"),
                true));
  }

  @Test
  void anExitIsACodeOrASignalOrUnknown() {
    RunEvent.Ended signal = end(new ExitStatus.Signal(9)).toEvent(WORK, TIMEOUTS, null, true, true);
    assertThat(signal.exitCode()).isNull();
    assertThat(signal.signal()).isEqualTo(9);
    RunEvent.Ended unknown = end(ExitStatus.UNKNOWN).toEvent(WORK, TIMEOUTS, null, true, true);
    assertThat(unknown.exitCode()).isNull();
    assertThat(unknown.signal()).isNull();
  }

  @Test
  void withoutACursorOrARecordTheEventSaysSo() {
    RunEvent.Ended ended = end(ExitStatus.UNKNOWN).toEvent(WORK, TIMEOUTS, null, false, false);
    assertThat(ended.cursor()).isEqualTo("none");
    assertThat(ended.recorded()).isFalse();
    assertThat(ended.link()).isNull();
  }

  @Test
  void theStepsOfStoppingAndTheKindsOfFailureKeepTheirSpelling() {
    assertThat(StopStep.values())
        .extracting(StopStep::wireName)
        .containsExactly("none", "input_closed", "terminated", "killed");
    assertThat(SpawnFailure.Kind.values())
        .extracting(SpawnFailure.Kind::wireName)
        .containsExactly(
            "command_not_found",
            "permission_denied",
            "directory_missing",
            "arguments_too_long",
            "not_executable",
            "image_missing",
            "no_resources",
            "engine_error",
            "adapter_error",
            "other");
    assertThat(RunEnd.Cursor.values())
        .extracting(RunEnd.Cursor::wireName)
        .containsExactly("commit", "rollback");
  }

  @Test
  void anOutcomeIsFoldedIntoOneValueAndShowsItsReport() {
    RunReport report =
        new RunReport(
            "r1", WORK, end(ExitStatus.UNKNOWN).toEvent(WORK, TIMEOUTS, null, true, true), null);
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).isEqualTo(EndReason.NO_OUTPUT_TIMEOUT);
    List<RunOutcome> outcomes =
        List.of(
            new RunOutcome.Succeeded(report),
            new RunOutcome.Failed(report),
            new RunOutcome.Cancelled(report),
            new RunOutcome.Refused(WORK, RunOutcome.Refusal.SHUTTING_DOWN, null, null));
    assertThat(outcomes)
        .extracting(o -> o.<String>fold(s -> "s", f -> "f", c -> "c", r -> "r " + r.why()))
        .containsExactly("s", "f", "c", "r SHUTTING_DOWN");
    assertThat(outcomes)
        .extracting(RunOutcome::ended)
        .containsExactly(
            Optional.of(report), Optional.of(report), Optional.of(report), Optional.empty());
    assertThat(outcomes)
        .extracting(RunOutcome::isSuccess)
        .containsExactly(true, false, false, false);
  }
}
