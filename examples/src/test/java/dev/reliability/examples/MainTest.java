package dev.reliability.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.store.ItemView;
import dev.reliability.jdbc.JdbcStore;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** The main job as a user starts it: in a JVM of its own, with default heap settings. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks at processes through /proc")
@Tag("once")
class MainTest {
  private static final Duration LONG = Duration.ofSeconds(90);

  private final String cookie = "MAIN_TEST=" + UUID.randomUUID();
  private final List<Process> started = new ArrayList<>();
  @TempDir Path directory;

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void theStoryEndsAsItShouldInBoundedMemoryAndLeavesNoProcess() throws IOException {
    Process main = start("--dir", directory.resolve("data").toString());
    long[] peak = {0};
    await("the story's end")
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              peak[0] = Math.max(peak[0], peakResidentKilobytes(main));
              return !main.isAlive();
            });
    String out = output(main);
    assertThat(main.exitValue()).as(out).isZero();
    assertThat(out)
        .containsPattern("works-and-exits +done +completed")
        .containsPattern("hangs-before-output +failed +no_output_timeout")
        .containsPattern("works-then-idles +done +idle_cleanup")
        .containsPattern("works-then-ignores-everybody +done +idle_cleanup .*killed")
        .containsPattern("talks-for-ever +failed +hard_timeout")
        .containsPattern("does-not-exist +failed +container_spawn_failed_before_running")
        .containsPattern("finishes-but-the-pipe-stays-open +done +linger_cleanup")
        .containsPattern("prints-200-MB-without-a-newline +done +completed .*200\\.0 MB")
        .contains("Timeline of ")
        .contains("run.killed");
    assertThat(peak[0]).as("peak resident set in kB").isBetween(1L, 300_000L);
    assertThat(family()).as("processes left").isEmpty();
    assertThat(journal()).anyMatch(line -> line.contains("\"type\":\"run.ended\""));
    assertThat(directory.resolve("data/reliability.db")).exists();
  }

  private void untilAllIsQueuedAndMostAtWork() {
    await("workers at work")
        .atMost(LONG)
        .until(
            () ->
                family().size() >= 6
                    && journal().stream().filter(l -> l.contains("\"run.queued\"")).count() == 8);
  }

  @Test
  void aTerminatedMainTakesAllItsWorkersWithIt() {
    Process main = start("--dir", directory.resolve("data").toString());
    untilAllIsQueuedAndMostAtWork();
    main.destroy();
    await("everybody gone")
        .atMost(Duration.ofSeconds(10))
        .until(() -> !main.isAlive() && family().isEmpty());
    assertThat(main.isAlive()).isFalse();
    List<String> journal = journal();
    assertThat(journal).filteredOn(line -> line.contains("\"run.queued\"")).hasSize(8);
    assertThat(journal)
        .as("every run has its end")
        .filteredOn(line -> line.contains("\"run.ended\""))
        .hasSize(8);
    assertThat(journal)
        .filteredOn(line -> line.contains("\"run.ended\"") && line.contains("\"shutdown\""))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(journal.get(journal.size() - 1)).contains("process.stopped");
  }

  @Test
  void aCommandWhoseOutputNobodyReadsAnyMoreIsEnded() {
    ProcessBuilder builder = command("--dir", directory.resolve("data").toString(), "--", "yes");
    Process main = start(builder.redirectOutput(ProcessBuilder.Redirect.PIPE));
    try (InputStream output = main.getInputStream()) {
      assertThat(output.read()).isEqualTo('y');
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    await("its end").atMost(LONG).until(() -> !main.isAlive() && family().isEmpty());
    assertThat(main.exitValue()).isEqualTo(1);
    assertThat(journal()).anyMatch(line -> line.contains("nobody reads its output any more"));
  }

  @Test
  void aReaderThatIsSlowGetsEverythingAndTheRunItsOwnReason() throws IOException {
    String read = "java=$1; shift; \"$java\" \"$@\" | (sleep 2; tail -n 1)";
    List<String> command = new ArrayList<>(List.of("sh", "-c", read, "sh"));
    command.addAll(
        command("--dir", directory.resolve("data").toString(), "--", "seq", "1", "20000")
            .command());
    Process shell =
        start(new ProcessBuilder(command).redirectOutput(directory.resolve("out-0").toFile()));
    await("its end").atMost(LONG).until(() -> !shell.isAlive());
    assertThat(output(shell).strip()).isEqualTo("20000");
    await("its journal")
        .atMost(LONG)
        .until(() -> journal().stream().anyMatch(l -> l.contains("process.stopped")));
    assertThat(journal())
        .anyMatch(line -> line.contains("\"run.ended\"") && line.contains("\"completed\""));
  }

  @Test
  void aTerminatedMainWhoseOutputNobodyTakesClosesItsJournalAllTheSame() throws IOException {
    ProcessBuilder builder = command("--dir", directory.resolve("data").toString(), "--", "yes");
    Process main =
        start(builder.redirectOutput(ProcessBuilder.Redirect.PIPE)); // which nobody reads
    await("yes at work")
        .atMost(LONG)
        .until(() -> family().stream().anyMatch(p -> p.endsWith(" yes")));
    await("a full pipe").atMost(LONG).until(() -> main.getInputStream().available() > 60_000);
    main.toHandle().destroy(); // unlike destroy, this keeps the pipe open
    await("everybody gone")
        .atMost(Duration.ofSeconds(10))
        .until(() -> !main.isAlive() && family().isEmpty());
    assertThat(journal())
        .anyMatch(line -> line.contains("\"run.ended\"") && line.contains("\"shutdown\""));
    assertThat(journal().get(journal().size() - 1)).contains("process.stopped");
  }

  @Test
  void twoMainsAtOnceOnOneDirectoryDoNoItemTwice() throws IOException {
    String data = directory.resolve("data").toString();
    Process one = start("--dir", data);
    Process two = start("--dir", data);
    await("both at their ends").atMost(LONG).until(() -> !one.isAlive() && !two.isAlive());
    assertThat(output(one) + error(one)).as("the first").contains("Telling 1");
    assertThat(List.of(one.exitValue(), two.exitValue())).containsOnly(0);
    assertEveryItemWasClaimedOnce();
  }

  @Test
  void whatAKilledMainLeftIsPickedUpByTheNext() throws IOException {
    String data = directory.resolve("data").toString();
    Process killed = start("--dir", data);
    untilAllIsQueuedAndMostAtWork();
    killed.destroyForcibly();
    Process next = start("--dir", data);
    await("its end").atMost(LONG).until(() -> !next.isAlive());
    assertThat(next.exitValue()).as(output(next) + error(next)).isZero();
    assertThat(output(next)).contains("Telling 1 ");
    List<String> journal = journal();
    for (String item : ITEMS) {
      // None, if the kill came between the commit and the line.
      assertThat(journal)
          .as("completions of " + item)
          .filteredOn(line -> line.contains("item.completed") && line.contains("\"" + item + "\""))
          .hasSizeLessThanOrEqualTo(1);
    }
    assertEveryItemIsDone();
    endFamily();
  }

  @Test
  void whatHasANameIsDoneOnce() throws IOException {
    String data = directory.resolve("data").toString();
    assertThat(exitCode("--dir", data, "--item", "review-7", "--", "sh", "-c", "echo hello"))
        .isZero();
    Process again = start("--dir", data, "--item", "review-7", "--", "sh", "-c", "echo hello");
    await("its end").atMost(LONG).until(() -> !again.isAlive());
    assertThat(again.exitValue()).isEqualTo(1);
    assertThat(error(again)).contains("own/review-7 is done, since");
    assertThat(output(again)).isEmpty();
  }

  private static final List<String> ITEMS =
      List.of(
          "works-and-exits",
          "hangs-before-output",
          "works-then-idles",
          "works-then-ignores-everybody",
          "talks-for-ever",
          "does-not-exist",
          "finishes-but-the-pipe-stays-open",
          "prints-200-MB-without-a-newline");

  private void assertEveryItemWasClaimedOnce() {
    List<String> journal = journal();
    for (String item : ITEMS) {
      assertThat(journal)
          .as("claims of " + item)
          .filteredOn(line -> line.contains("item.claimed\"") && line.contains("\"" + item + "\""))
          .hasSize(1);
    }
  }

  /** As the store has it, which is right whatever a kill took from the journal. */
  private void assertEveryItemIsDone() {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("data").resolve("reliability.db"));
    assertThat(JdbcStore.open(file).leases().items(ItemView.State.DONE, null, 99))
        .extracting(item -> item.key().item())
        .containsExactlyInAnyOrderElementsOf(ITEMS);
  }

  /** What outlived a kill -9: its workers see the end of their input, and not all care. */
  private void endFamily() {
    family()
        .forEach(
            member ->
                ProcessHandle.of(Long.parseLong(member.split(" ")[0]))
                    .ifPresent(ProcessHandle::destroyForcibly));
  }

  /** The lines of all journals. */
  private List<String> journal() {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("data"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--idle -5s -- true",
        "--hard 0s -- true",
        "--no-output soon -- true",
        "--no-output",
        "--idle 5s",
        "--frobnicate",
        "--",
        "--dir /proc/self/status/data -- true",
        "--lane  -- true",
        "--lane a\nb -- true",
        "--item a\tb -- true",
        "--item review-7"
      })
  void badInputGetsOneClearLineAndExitCode2(String line) throws IOException {
    Process main = start(line.split(" ", -1));
    await("its end").atMost(LONG).until(() -> !main.isAlive());
    String error = error(main);
    assertThat(main.exitValue()).as(error).isEqualTo(2);
    assertThat(error.lines()).as(error).hasSize(1);
    assertThat(error).startsWith("error: ").doesNotContain("Exception");
    assertThat(output(main)).isEmpty();
  }

  @Test
  void everyBadSettingOfTheEnvironmentIsInTheOneLine() throws IOException {
    ProcessBuilder builder = command("--", "true");
    builder.environment().put("IDLE_TIMEOUT", "-1");
    builder.environment().put("CONTAINER_TIMEOUT", "soon");
    Process main = start(builder);
    await("its end").atMost(LONG).until(() -> !main.isAlive());
    assertThat(main.exitValue()).isEqualTo(2);
    assertThat(error(main))
        .contains("IDLE_TIMEOUT")
        .contains("\"-1\"")
        .contains("CONTAINER_TIMEOUT")
        .contains("\"soon\"");
  }

  @Test
  void ownCommandsTellSuccessFromFailure() throws IOException {
    assertThat(exitCode("--dir", directory.toString(), "--", "sh", "-c", "echo hello")).isZero();
    assertThat(exitCode("--dir", directory.toString(), "--", "sh", "-c", "echo hello; exit 3"))
        .isEqualTo(1);
    assertThat(exitCode("--dir", directory.toString(), "--", "no-such-program")).isEqualTo(1);
    assertThat(exitCode("--dir", directory.toString(), "--no-output", "300ms", "--", "sleep", "60"))
        .isEqualTo(1);
    assertThat(
            exitCode(
                "--dir",
                directory.toString(),
                "--idle",
                "300ms",
                "--",
                "sh",
                "-c",
                "echo hello; cat"))
        .isZero();
    assertThat(exitCode("--help")).isZero();
    assertThat(family()).isEmpty();
  }

  private int exitCode(String... arguments) {
    Process main = start(arguments);
    await("its end").atMost(LONG).until(() -> !main.isAlive());
    return main.exitValue();
  }

  private Process start(String... arguments) {
    return start(command(arguments));
  }

  private Process start(ProcessBuilder builder) {
    try {
      Process process = builder.start();
      started.add(process);
      return process;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ProcessBuilder command(String... arguments) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "dev.reliability.examples.Main"));
    command.addAll(List.of(arguments));
    int number = started.size();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(directory.resolve("out-" + number).toFile());
    builder.redirectError(directory.resolve("err-" + number).toFile());
    builder
        .environment()
        .put(cookie.substring(0, cookie.indexOf('=')), cookie.substring(cookie.indexOf('=') + 1));
    return builder;
  }

  private String output(Process process) throws IOException {
    return Files.readString(directory.resolve("out-" + started.indexOf(process)));
  }

  private String error(Process process) throws IOException {
    return Files.readString(directory.resolve("err-" + started.indexOf(process)));
  }

  /** The main process and all that it started, directly or not: they inherited the cookie. */
  private List<String> family() {
    List<String> family = new ArrayList<>();
    File[] entries =
        new File("/proc").listFiles((dir, name) -> name.chars().allMatch(Character::isDigit));
    for (File entry : entries == null ? new File[0] : entries) {
      try {
        String environment =
            Files.readString(entry.toPath().resolve("environ"), StandardCharsets.ISO_8859_1);
        if (environment.contains(cookie)) {
          family.add(
              entry.getName() + " " + Files.readString(entry.toPath().resolve("comm")).strip());
        }
      } catch (IOException e) {
        // it ended while we looked
      }
    }
    return family;
  }

  private static long peakResidentKilobytes(Process process) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
