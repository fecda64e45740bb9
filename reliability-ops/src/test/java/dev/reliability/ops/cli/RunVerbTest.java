package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reliability.ops.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The verb that supervises a command, as a user calls it: in a JVM of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks at processes through /proc")
@Tag("once")
class RunVerbTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final String cookie = UUID.randomUUID().toString();
  private final List<Process> started = new ArrayList<>();
  @TempDir private Path directory;

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(Process::destroyForcibly);
    members().forEach(ProcessHandle::destroyForcibly);
  }

  private Process start(String... words) throws IOException {
    List<String> command = ChildJvm.command(Main.class.getName(), "-Xmx64m");
    command.addAll(List.of("run", "--dir", data().toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("RUN_TEST", cookie);
    builder.redirectOutput(directory.resolve("out-" + started.size()).toFile());
    builder.redirectError(directory.resolve("err-" + started.size()).toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Path data() {
    return directory.resolve("data");
  }

  private int run(String... words) throws IOException {
    Process process = start(words);
    await("its end").atMost(LONG).until(() -> !process.isAlive());
    return process.exitValue();
  }

  private String out() throws IOException {
    return Files.readString(directory.resolve("out-" + (started.size() - 1)));
  }

  private String err() throws IOException {
    return Files.readString(directory.resolve("err-" + (started.size() - 1)));
  }

  /** What was started, directly or not, and is not the command itself: it inherited the cookie. */
  private List<ProcessHandle> members() {
    return ProcessHandle.allProcesses()
        .filter(one -> started.stream().noneMatch(process -> process.pid() == one.pid()))
        .filter(
            one -> {
              try {
                return Files.readString(
                        Path.of("/proc", String.valueOf(one.pid()), "environ"),
                        StandardCharsets.ISO_8859_1)
                    .contains(cookie);
              } catch (IOException | UncheckedIOException e) {
                return false; // it has ended, or is not ours to look at
              }
            })
        .toList();
  }

  private String journal() throws IOException {
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(data())) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
        lines.append(Files.readString(file));
      }
    }
    return lines.toString();
  }

  @Test
  void anEndIsTheExitCodeAndTheReasonIsSaid() throws IOException {
    assertThat(run("--", "sh", "-c", "echo hello; echo aside >&2")).isZero();
    assertThat(out()).startsWith("hello\ndone, completed: sh/sh-");
    assertThat(err()).isEqualTo("aside\n");
    assertThat(run("--", "sh", "-c", "exit 3")).isEqualTo(1);
    assertThat(out()).startsWith("failed, exit_nonzero: ").contains("exit code 3");
    assertThat(run("--", "no-such-program")).isEqualTo(1);
    assertThat(out()).startsWith("failed, container_spawn_failed_before_running: ");
    assertThat(run("--no-output", "300ms", "--", "sleep", "60")).isEqualTo(1);
    assertThat(out()).startsWith("failed, no_output_timeout: ");
    assertThat(run("--idle", "300ms", "--", "sh", "-c", "echo hello; cat")).isZero();
    assertThat(out()).contains("done, idle_cleanup: ");
    assertThat(run("--job", "300ms", "--", "sleep", "60")).isEqualTo(1);
    assertThat(out()).startsWith("failed, run_deadline_exceeded: ");
    assertThat(run("--marker", "STEP", "--no-output", "500ms", "--", "yes")).isEqualTo(1);
    assertThat(out()).contains("failed, no_output_timeout: ");
    assertThat(run("--result", "OK", "--linger", "300ms", "--", "sh", "-c", "echo OK 42; sleep 60"))
        .isZero();
    assertThat(out()).contains("done, linger_cleanup: ");
    assertThat(members()).isEmpty();
  }

  @Test
  void badInputIsNamedAndNothingIsStarted() throws IOException {
    assertThat(run()).isEqualTo(2);
    assertThat(err()).contains("expected a command behind --, got none");
    assertThat(run("--idle", "soon", "--", "true")).isEqualTo(2);
    assertThat(err()).contains("--idle").contains("expected a duration").contains("\"soon\"");
    assertThat(run("--lane", "a\tb", "--", "true")).isEqualTo(2);
    assertThat(err()).contains("--lane");
    assertThat(run("--job", "5s", "--idle", "5s", "--", "true")).isEqualTo(2);
    assertThat(err()).contains("got both");
    assertThat(run("--engine", "lxc", "--image", "x", "--", "true")).isEqualTo(2);
    assertThat(err()).contains("podman, docker, nerdctl").contains("lxc");
    assertThat(data()).doesNotExist();
  }

  @Test
  void theDocumentIsAllThatIsOnStandardOutput() throws IOException {
    assertThat(run("--json", "--item", "review-7", "--", "sh", "-c", "echo hello; exit 3"))
        .isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(out());
    assertThat(json.at("/verdict").asText()).isEqualTo("failed");
    assertThat(json.at("/summary/end/reason").asText()).isEqualTo("exit_nonzero");
    assertThat(json.at("/summary/end/exitCode").asInt()).isEqualTo(3);
    assertThat(err()).startsWith("hello\n");
  }

  @Test
  void whatHasANameIsDoneOnce() throws IOException {
    assertThat(run("--item", "review-7", "--", "true")).isZero();
    assertThat(run("--item", "review-7", "--", "true")).isEqualTo(1);
    assertThat(out()).startsWith("not run: true/review-7 is done since ");
  }

  @Test
  void askedToEndItEndsTheCommandFirstAndSaysSo() throws IOException {
    Process run = start("--", "sh", "-c", "trap '' TERM; echo working; while :; do sleep 1; done");
    await("its worker").atMost(LONG).until(() -> !members().isEmpty());
    run.destroy();
    await("everybody gone").atMost(Duration.ofSeconds(10)).until(() -> !run.isAlive());
    assertThat(members()).isEmpty();
    assertThat(journal()).contains("\"type\":\"run.ended\"").contains("\"shutdown\"");
    assertThat(journal().strip()).endsWith("}").contains("process.stopped");
  }

  @Test
  void whatAKilledOneLeftTheNextOneStops() throws IOException {
    Process run = start("--item", "one", "--", "sh", "-c", "trap '' HUP; echo working; sleep 600");
    await("its worker").atMost(LONG).until(() -> members().size() >= 2);
    run.destroyForcibly();
    await("it").atMost(LONG).until(() -> !run.isAlive());
    assertThat(members()).isNotEmpty();
    assertThat(run("--item", "two", "--", "true")).isZero();
    assertThat(members()).isEmpty();
    assertThat(run("--lane", "sh", "--item", "one", "--", "true")).isEqualTo(1);
    assertThat(out()).contains("one is worked on by ");
  }
}
