package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.journal.CodecException;
import dev.reliability.journal.EventCodec;
import dev.reliability.journal.JournalWriter;
import dev.reliability.ops.ChildJvm;
import dev.reliability.testkit.worker.FakeWorker;
import dev.reliability.testkit.worker.WorkerScript;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The command where the disk is full or read-only, the journal is torn, or the clock jumps. */
class InTroubleTest {
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded", "main");
  private static final List<String> LOOKING =
      List.of(
          "trace",
          "reliability",
          "timeline",
          "hotspots",
          "fingerprints",
          "explain-zero",
          "correlate",
          "unclassified",
          "status",
          "locks",
          "lanes",
          "incident list");

  @TempDir private Path directory;

  // ---- disks ----

  static boolean mayMount() {
    try {
      return new ProcessBuilder(apart("mount -t tmpfs none /mnt")).start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /** In a mount namespace of its own, so that nobody else sees what is mounted. */
  private static List<String> apart(String script) {
    return List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);
  }

  /** Calls the command within such a script; what it says is followed by its exit code. */
  private static String call(String words) {
    return "\"$JAVA\" -Xmx64m -XX:TieredStopAtLevel=1 -cp \"$CP\" "
        + Main.class.getName()
        + " "
        + words
        + " --dir disk 2>&1; echo \"exit $?: "
        + words.replace("\"", "'")
        + "\"\n";
  }

  private List<String> said(String script) throws IOException, InterruptedException {
    Path recorded = RECORDED.toAbsolutePath();
    ProcessBuilder shell =
        new ProcessBuilder(
            apart(
                "mkdir disk; mount -t tmpfs -o size=400k none disk || exit 9\n"
                    + "cp "
                    + recorded
                    + "/*.jsonl "
                    + recorded
                    + "/reliability.db disk\n"
                    + script));
    shell.directory(directory.toFile()).redirectErrorStream(true);
    shell.environment().put("JAVA", ChildJvm.java());
    shell.environment().put("CP", ChildJvm.classPath());
    Process process = shell.start();
    List<String> lines = process.inputReader().lines().toList();
    process.waitFor();
    return lines;
  }

  private static List<String> exits(List<String> said) {
    return said.stream().filter(line -> line.startsWith("exit ")).toList();
  }

  @Test
  @EnabledIf(value = "mayMount", disabledReason = "needs mount namespaces")
  void onAReadOnlyDiskEveryVerbThatLooksAnswersAndWhatActsIsRefused() throws Exception {
    List<String> looking = List.of("trace", "reliability", "status", "lanes", "locks");
    StringBuilder script = new StringBuilder("mount -o remount,ro disk\n");
    looking.forEach(verb -> script.append(call(verb)));
    script.append(call("pause lane --actor me --reason why"));
    script.append(call("run --no-output 5s"));
    List<String> said = said(script + "");
    assertThat(exits(said))
        .as(said.toString())
        .startsWith(looking.stream().map(verb -> "exit 0: " + verb).toArray(String[]::new))
        .endsWith("exit 3: pause lane --actor me --reason why", "exit 2: run --no-output 5s");
    assertThat(said).anyMatch(line -> line.contains("this is from a copy"));
  }

  @Test
  @EnabledIf(value = "mayMount", disabledReason = "needs mount namespaces")
  void onAFullDiskEveryVerbThatLooksAnswersAndNothingIsHalfDone() throws Exception {
    List<String> said =
        said(
            "head -c 1000000 /dev/zero > disk/fill\n"
                + call("trace")
                + call("status")
                + call("lanes")
                + call("pause lane --actor me --reason why")
                + "rm disk/fill\n"
                + call("lanes")
                + call("pause lane --actor me --reason why")
                + call("lanes"));
    assertThat(exits(said))
        .as(said.toString())
        .containsExactly(
            "exit 0: trace",
            "exit 0: status",
            "exit 0: lanes",
            "exit 3: pause lane --actor me --reason why",
            "exit 0: lanes",
            "exit 0: pause lane --actor me --reason why",
            "exit 0: lanes");
    assertThat(said).filteredOn("no lane was ever paused"::equals).hasSize(2);
    assertThat(said)
        .filteredOn(line -> line.startsWith("paused  lane") && line.endsWith("by me: why"))
        .hasSize(2);
  }

  // ---- journals ----

  /** A supervisor in simulated time that writes a journal. */
  private static final class Node implements AutoCloseable {
    final World world;
    private final JournalWriter journal;
    private final EventBus bus;
    private final RunSupervisor supervisor;
    private int runs;

    Node(long seed, JournalWriter journal) {
      this.journal = journal;
      world = World.create(seed);
      world.advance(Duration.ofMillis(seed));
      bus = EventBus.builder(world).sink(journal).build();
      supervisor = RunSupervisor.builder().bus(bus).build();
    }

    void run() {
      WorkerScript well =
          WorkerScript.idle()
              .at(Duration.ofSeconds(1), new WorkerScript.Result("ok"))
              .exitAt(Duration.ofSeconds(2), 0);
      world.await(
          supervisor.run(Work.of("lane", "item-" + runs++), FakeWorker.playing(world, well)));
    }

    @Override
    public void close() {
      supervisor.close();
      bus.close();
      journal.close();
    }
  }

  /** Lines that are events. */
  private long wholeLines() throws IOException {
    long whole = 0;
    for (String line : lines()) {
      try {
        EventCodec.decode(line);
        whole++;
      } catch (CodecException e) {
        // not whole
      }
    }
    return whole;
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  /** Every verb that reads the journal, by its account of what it read. */
  private Map<String, JsonNode> accounts() {
    Map<String, JsonNode> accounts = new TreeMap<>();
    for (String verb : LOOKING.subList(0, 7)) {
      Told told =
          Told.by(
              verb,
              "--json",
              "--now",
              "2026-01-02T00:00:00Z",
              "--since",
              "2025-01-01T00:00:00Z",
              "--dir",
              directory.toString());
      assertThat(told.code()).as(verb + told.err()).isBetween(0, 1);
      accounts.put(verb, told.json().get("journal"));
    }
    return accounts;
  }

  @Test
  void aLineTornInTheMiddleOfARotationIsToldAndHidesNoOther() throws IOException {
    try (Node node = new Node(1, JournalWriter.builder(directory).rotateBytes(1_500).open())) {
      for (int i = 0; i < 10; i++) {
        node.run();
      }
    }
    List<Path> parts;
    try (Stream<Path> files = Files.list(directory)) {
      parts = files.filter(one -> one.toString().endsWith(".jsonl")).sorted().toList();
    }
    assertThat(parts).hasSizeGreaterThan(4);
    Path torn = parts.get(2);
    byte[] bytes = Files.readAllBytes(torn);
    Files.write(torn, Arrays.copyOf(bytes, bytes.length - 40));
    long whole = wholeLines();
    accounts()
        .forEach(
            (verb, account) -> {
              assertThat(account.get("events").asLong()).as(verb).isEqualTo(whole);
              assertThat(account.get("torn").asLong()).as(verb).isEqualTo(1);
              assertThat(account.get("gaps").asLong()).as(verb).isEqualTo(1);
              assertThat(account.get("malformed").asLong()).as(verb).isZero();
            });
  }

  @Test
  void aClockThatIsSetBackAnHourHidesNothing() throws IOException {
    try (Node node = new Node(1, JournalWriter.open(directory))) {
      for (int i = 0; i < 6; i++) {
        node.run();
        node.world.stepWall(Duration.ofHours(-1));
      }
    }
    assertThat(lines()).anyMatch(line -> line.contains("\"clock.jumped\""));
    wholeAndNothingMissing();
  }

  @Test
  void incarnationsThatWriteAtOnceAreBothReadAlsoWhileTheyWrite() throws IOException {
    try (Node one = new Node(1, JournalWriter.open(directory));
        Node other = new Node(700, JournalWriter.builder(directory).rotateBytes(2_000).open())) {
      for (int i = 0; i < 5; i++) {
        one.run();
        other.run();
        accounts()
            .forEach((verb, account) -> assertThat(account.get("gaps").asLong()).as(verb).isZero());
      }
    }
    assertThat(lines()).filteredOn(line -> line.contains("\"process.stopped\"")).hasSize(2);
    wholeAndNothingMissing();
  }

  private void wholeAndNothingMissing() throws IOException {
    long whole = wholeLines();
    accounts()
        .forEach(
            (verb, account) -> {
              assertThat(account.get("events").asLong()).as(verb).isEqualTo(whole);
              assertThat(account.get("gaps").asLong()).as(verb).isZero();
              assertThat(account.get("torn").asLong()).as(verb).isZero();
              assertThat(account.get("malformed").asLong()).as(verb).isZero();
            });
  }
}
