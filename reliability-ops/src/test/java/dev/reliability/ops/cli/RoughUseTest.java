package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.ops.ChildJvm;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a command in the hands of people: none of it is good news by mistake. */
class RoughUseTest {
  @TempDir private Path directory;
  private String now = "";

  private Told verb(String words, String... more) {
    return Told.by(
        Stream.of(
                Stream.of(words.split(" ")),
                Stream.of(more),
                Stream.of("--dir", directory.toString(), "--now", now))
            .flatMap(all -> all)
            .toArray(String[]::new));
  }

  /** A run that was silent, and one that has not ended. */
  private void installation() {
    try (Journalling host = new Journalling(directory)) {
      RunSupervisor supervisor = RunSupervisor.builder().bus(host.bus).build();
      host.world.await(
          supervisor.run(
              Work.of("lane", "silent"), FakeWorker.playing(host.world, WorkerScript.idle())));
      supervisor.run(Work.of("lane", "open"), FakeWorker.playing(host.world, WorkerScript.idle()));
      host.world.advance(Duration.ofSeconds(1));
      now = host.now().plusSeconds(1).toString();
      host.bus.close();
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertThat(JdbcStore.open(pool).leases().lanes()).isEmpty();
    }
  }

  private Path journal() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).findFirst().orElseThrow();
    }
  }

  /** In a locale without its characters two names may look the same to a JVM. */
  @EnabledOnOs(value = OS.LINUX, disabledReason = "locales")
  @Test
  void aNameThatTheLocaleCannotReadIsRefusedAndNoOtherLaneIsPaused() throws Exception {
    installation();
    String pause = "\"$@\" pause \"$(printf 'sp\\303\\244')\" --actor a --reason r --dir \"$0\"";
    List<String> command = new ArrayList<>(List.of("sh", "-c", pause, directory.toString()));
    command.addAll(ChildJvm.command(Main.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(told).isEqualTo(2);
    assertThat(told).contains("argument 2 cannot be read in the locale", "LC_ALL=C.UTF-8");
    assertThat(verb("lanes").out()).contains("no lane was ever paused");
  }

  @Test
  void evidenceIsAttachedAlsoWhereTheDirectoryIsRelative() throws IOException {
    installation();
    verb("incident open", "It is silent", "--fingerprint", "f", "--actor", "a");
    Path file = Files.writeString(directory.resolve("log.txt"), "nothing");
    Path relative = Path.of("").toAbsolutePath().relativize(directory.toRealPath());
    Told told =
        Told.by(
            "incident",
            "attach",
            "inc-1",
            "log",
            file.toString(),
            "--actor",
            "a",
            "--dir",
            relative.toString());
    assertThat(told.err()).isEmpty();
    assertThat(told.code()).isZero();
    assertThat(verb("incident show inc-1").out()).contains("log");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aReportThatCannotBeWrittenIsNoSuccess() throws Exception {
    installation();
    for (String words : List.of("--help", "trace --json --dir " + directory + " --now " + now)) {
      Process process =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "exec \"$0\" -cp \"$1\" " + Main.class.getName() + " " + words + " > /dev/full",
                  ChildJvm.java(),
                  ChildJvm.classPath())
              .start();
      String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(words).isEqualTo(3);
      assertThat(err).as(words).contains("could not be written");
    }
    assertThat(verb("trace", "--json-out", "/dev/full").code()).isEqualTo(3);
    assertThat(verb("trace", "--json-out", directory.resolve("no/such").toString()).code())
        .isEqualTo(2);
  }

  @Test
  void aCopyOfAJournalCountsOnce() throws IOException {
    installation();
    Told once = verb("trace", "--json");
    assertThat(verb("trace", "--journal", directory + "/.", "--json").out()).isEqualTo(once.out());

    Path copies = Files.createDirectory(directory.resolve("copies"));
    Files.copy(journal(), copies.resolve(journal().getFileName()));
    Told twice = verb("trace", "--journal", copies.toString(), "--json");
    long events = once.json().at("/journal/events").asLong();
    assertThat(twice.json().at("/journal/events").asLong()).isEqualTo(events).isGreaterThan(5);
    assertThat(twice.json().at("/journal/duplicates").asLong()).isEqualTo(events);
    assertThat(twice.json().at("/summary")).isEqualTo(once.json().at("/summary"));
    assertThat(verb("trace", "--journal", copies.toString()).out())
        .contains("journal: " + events + " events stand there again, and count once");

    Files.write(copies.resolve("doubled"), Files.readAllBytes(journal()));
    List<String> lines = new ArrayList<>(Files.readAllLines(journal()));
    lines.addAll(List.copyOf(lines));
    Files.write(journal(), lines);
    assertThat(verb("trace", "--json").json().at("/summary/ends/no_output_timeout/count").asLong())
        .isEqualTo(1);
  }

  @Test
  void aJournalThatIsNotWholeIsNotWell() throws IOException {
    try (Journalling host = new Journalling(directory)) {
      host.selfTest(true);
      host.alive(2);
      now = host.now().plusSeconds(1).toString();
    }
    assertThat(verb("reliability").lines()).last().isEqualTo("PASS");
    List<String> lines = new ArrayList<>(Files.readAllLines(journal()));
    lines.set(1, "no event");
    Files.write(journal(), lines);
    Told told = verb("reliability", "--json");
    assertThat(told.json().get("verdict").asText()).isEqualTo("WARN");
    assertThat(verb("reliability").out()).contains("WARN journal: it is not whole");
    Files.writeString(journal(), "no event\n");
    assertThat(verb("reliability").code()).isEqualTo(3);
  }

  @Test
  void aReportThatSaysTheWordFails() {
    installation();
    assertThat(verb("trace", "--fail-on", "no_output_timeout").code()).isEqualTo(1);
    assertThat(verb("trace", "--fail-on", "hard_timeout").code()).isZero();
    assertThat(verb("hotspots", "--fail-on", "no_output_timeout").code()).isEqualTo(1);
    assertThat(verb("fingerprints", "--fail-on", "none").code()).isZero();
  }

  @Test
  void whatHasNotEndedIsShown() {
    installation();
    assertThat(verb("trace").lines()).anyMatch(line -> line.startsWith("not ended, last told of"));
    assertThat(verb("trace", "--json").json().at("/summary/runsOmitted").asLong()).isZero();
  }

  @Test
  void whatCannotBeIsRefused() {
    installation();
    assertThat(verb("soak", "--what", "typo", "--since", "2026-01-01T00:00:00Z").err())
        .contains("running_without_container", "\"typo\"");
    assertThat(verb("pause lane", "--actor", " ", "--reason", "x").err()).contains("--actor");
    assertThat(verb("resume lane", "--actor", "a", "--reason", "").err()).contains("--reason");
    assertThat(verb("bundle", "--verify", directory.resolve("no").toString()).code()).isEqualTo(2);
    assertThat(Told.by("trace", "--dir", "").code()).isEqualTo(2);
  }

  @Test
  void whatSomebodyWroteMovesNoCursorAndLooksLikeNoOtherLine() {
    installation();
    String reason = "flood\nPASS all is well\u001b[2K\u202e";
    verb("pause lane", "--actor", "a", "--reason", reason);
    Told lanes = verb("lanes");
    assertThat(lanes.out()).contains("flood\n    PASS all is well?[2K?\n");
    assertThat(verb("lanes", "--json").json().at("/checks/0/lane_paused_reason").asText())
        .isEqualTo(reason);
    assertThat(verb("pause lane", "--actor", "b", "--reason", "other").out())
        .contains("by a: flood", "it was paused already, which stays as it is");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsNoFileHidesNothing() throws Exception {
    installation();
    Told before = verb("trace", "--json");
    Files.createDirectory(directory.resolve("journal-stray.jsonl"));
    Path loop = directory.resolve("journal-loop.jsonl");
    Files.createSymbolicLink(loop, loop);
    Path pipe = directory.resolve("journal-pipe.jsonl");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(verb("trace", "--json").out()).isEqualTo(before.out());
  }

  @Test
  void whatToDoNextCanBeDoneAsItStands() {
    installation();
    assertThat(verb("mark", "1.2", "--actor", "a", "--trigger", "t").out())
        .contains("next: reliability churn --mark 1.2 --dir " + directory);
  }
}
