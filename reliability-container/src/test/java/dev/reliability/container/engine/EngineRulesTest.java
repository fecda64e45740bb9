package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.engine.EngineRules.After;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What it means that a command line has ended, case by case. */
class EngineRulesTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 125, 126, 127})
  void theContainersOwnCodeCountsWhateverTheChilds(int code) {
    assertThat(after(false, 125, "", found("exited", code)))
        .isEqualTo(new After.Ended(new ExitStatus.Code(code)));
    assertThat(after(true, 0, "", found("stopped", code)))
        .isEqualTo(new After.Ended(new ExitStatus.Code(code)));
  }

  @Test
  void aContainerThatRunsIsNotOverBecauseItsChildIs() {
    for (String status : new String[] {"running", "paused", "stopping"}) {
      assertThat(after(true, 137, "", found(status, 0))).isEqualTo(new After.Running());
      assertThat(after(false, 0, "", found(status, 0))).isEqualTo(new After.Running());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "125 | Error: localhost/x:1: image not known                        | IMAGE_MISSING",
        "125 | docker: Error response from daemon: No such image: x:1.      | IMAGE_MISSING",
        "125 | Error: unable to find network with name or ID x              | ENGINE_ERROR",
        "125 | Cannot connect to the Docker daemon at unix:///x             | ENGINE_ERROR",
        "127 | exec: \"x\": executable file not found in $PATH              | COMMAND_NOT_FOUND",
        "126 | exec: \"/etc\": permission denied: OCI permission denied     | PERMISSION_DENIED",
        "126 | exec format error                                            | NOT_EXECUTABLE",
        "127 | chdir to cwd (\"/x\") set in config.json failed: no such file | DIRECTORY_MISSING",
        "126 | workdir \"/x\" does not exist on container                   | DIRECTORY_MISSING",
        "125 | fork/exec /usr/bin/runc: argument list too long              | ARGUMENTS_TOO_LONG",
        "1   | something else                                               | ENGINE_ERROR"
      })
  void whatNeverRanFailedForAReason(int code, String said, Kind kind) {
    for (Seen seen : new Seen[] {found("created", 0), new Seen.Missing()}) {
      After.Failed failed = (After.Failed) after(false, code, said, seen);
      assertThat(failed.failure().kind()).isEqualTo(kind);
      assertThat(failed.failure().detail()).contains(said.strip());
      assertThat(failed.left()).isEqualTo(seen instanceof Seen.Found);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 130, 137, 143})
  void aChildThatWasKilledBeforeItsContainerRanProvesNothing(int code) {
    assertThat(after(false, code, "", new Seen.Missing())).isInstanceOf(After.Unclear.class);
    assertThat(after(false, code, "", found("created", 0))).isInstanceOf(After.Unclear.class);
  }

  @Test
  void whoeverRemovedItTheChildsCodeIsAllThereIs() {
    assertThat(after(true, 3, "", new Seen.Missing()))
        .isEqualTo(new After.Ended(new ExitStatus.Code(3)));
    assertThat(after(true, 137, "", new Seen.Missing()))
        .isEqualTo(new After.Ended(new ExitStatus.Signal(9)));
    After.Ended lost = (After.Ended) after(true, 125, "daemon gone", new Seen.Missing());
    assertThat(((ExitStatus.Unknown) lost.status()).detail())
        .startsWith("engine_lost: ")
        .endsWith("daemon gone");
  }

  @Test
  void memoryThatRanOutIsTold() {
    EngineState state = new EngineState("id", "name", "exited", 137, true, "TERM", Map.of());
    assertThat(EngineRules.statusOf(state, OptionalLong.of(16)))
        .isEqualTo(new ExitStatus.Signal(9, "out of memory, its limit was 16 bytes"));
    assertThat(EngineRules.statusOf(state, OptionalLong.empty()))
        .isEqualTo(new ExitStatus.Signal(9, "out of memory"));
  }

  @Test
  void whatNobodyCanTellIsUnclear() {
    assertThat(after(true, 125, "", new Seen.NoAnswer("it hangs")))
        .isEqualTo(new After.Unclear("it hangs"));
    assertThat(after(true, 0, "", found("a new word", 0))).isInstanceOf(After.Unclear.class);
    assertThat(after(true, 0, "", found("created", 0))).isInstanceOf(After.Unclear.class);
  }

  private static After after(boolean up, int code, String errors, Seen seen) {
    return EngineRules.afterCli(up, code, errors, seen, OptionalLong.empty());
  }

  private static Seen found(String status, int code) {
    return new Seen.Found(new EngineState("id", "name", status, code, false, "TERM", Map.of()));
  }
}
