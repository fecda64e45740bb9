package dev.reliability.container.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ChildJvm;
import dev.reliability.container.engine.RealPodman;
import dev.reliability.container.engine.WithPodman;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * Runs on processes and on containers, while the engine's command lines, the containers, the
 * workers and the host itself are killed, command lines hang, and the journal's disk is full. After
 * the next start nothing is left of any of it, and every run has ended for a reason. Short as part
 * of every build; 500 runs with the profile {@code torture}.
 */
@WithPodman
@Tag("once")
class FaultCampaignTest {
  private static final int RUNS = Integer.getInteger("campaign.runs", 40);
  private static final Duration LIMIT = Duration.ofSeconds(90 + 3L * RUNS);
  private static final String OWNER = "campaign";

  private final SplittableRandom random = new SplittableRandom(Long.getLong("campaign.seed", 42));
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<ProcessHandle, Long> stopped = new LinkedHashMap<>();
  private final RealPodman podman;
  private Process supervisor;
  private int incarnations;
  @TempDir Path home;

  FaultCampaignTest(RealPodman podman) {
    this.podman = podman;
  }

  @BeforeEach
  void giveTheJournalASmallDisk() throws IOException {
    Files.createDirectories(home.resolve("journal"));
    podman.must("mount -t tmpfs -o size=64k none " + home.resolve("journal"));
  }

  @AfterEach
  void end() {
    if (supervisor != null) {
      supervisor.destroyForcibly();
    }
    stopped.keySet().forEach(process -> signal("CONT", process));
    podman.must("umount " + home.resolve("journal"));
  }

  @Test
  void nothingIsLeftOfAnyFaultAfterTheNextStart() throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    begin();
    while (begun() < RUNS) {
      assertThat(System.nanoTime())
          .as("%d of %d runs begun within %s; %s", begun(), RUNS, LIMIT, faults)
          .isLessThan(deadline);
      fault();
      pass(Duration.ofMillis(50 + random.nextInt(250)));
    }
    kill(supervisor.toHandle(), "host killed");
    supervisor.waitFor();
    stopped.keySet().forEach(process -> signal("CONT", process));

    start(0);
    supervisor.getOutputStream().close();
    await("the last host ends").atMost(Duration.ofMinutes(2)).until(() -> !supervisor.isAlive());

    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + home.resolve("runs.db"));
    RunStore store = JdbcStore.open(database).runs();
    List<RunRecord> open =
        store.findByState(EnumSet.of(RunState.QUEUED, RunState.RUNNING), Integer.MAX_VALUE);
    List<RunRecord> ended =
        store.findByState(
            EnumSet.complementOf(EnumSet.of(RunState.QUEUED, RunState.RUNNING)), Integer.MAX_VALUE);
    Map<String, Long> reasons =
        ended.stream()
            .collect(
                Collectors.groupingBy(
                    run -> run.state().wireName() + " " + run.reason(),
                    TreeMap::new,
                    Collectors.counting()));
    System.out.printf(
        "Campaign: %d runs of %d hosts; faults %s; ends %s%n",
        open.size() + ended.size(), incarnations, faults, reasons);
    int number = incarnations - 1;
    String last =
        Files.readString(home.resolve("out-" + number))
            + Files.readString(home.resolve("err-" + number));
    assertThat(supervisor.exitValue()).as("exit code of the last host: %s", last).isZero();
    assertThat(open).as("records that did not end; the last host: %s", last).isEmpty();
    assertThat(ended).as("records").hasSizeGreaterThan(RUNS / 2);
    assertThat(ended).as("reasons").allSatisfy(run -> assertThat(run.reason()).isNotNull());
    assertThat(podman.containers()).as("containers").isEmpty();
    await("no process of the engine")
        .atMost(Duration.ofSeconds(60))
        .until(() -> podman.processes().isEmpty());
    assertThat(workers(ended)).as("processes of runs").isEmpty();
    assertThat(faults).as("faults").containsKeys("host killed", "container killed");
  }

  // ---- faults ----

  private void fault() throws IOException {
    long now = System.nanoTime();
    stopped
        .entrySet()
        .removeIf(
            entry -> {
              if (entry.getValue() <= now) {
                signal("CONT", entry.getKey());
                return true;
              }
              return false;
            });
    if (!supervisor.isAlive()) {
      begin();
      return;
    }
    List<ProcessHandle> below = supervisor.descendants().toList();
    List<ProcessHandle> calls = below.stream().filter(one -> isProgram(one, "podman")).toList();
    int which = random.nextInt(100);
    if (which < 25) {
      kill(any(calls.stream().filter(one -> has(one, "run")).toList()), "command line killed");
    } else if (which < 50) {
      kill(any(containers()), "container killed");
    } else if (which < 65) {
      kill(any(below.stream().filter(one -> isProgram(one, "sh")).toList()), "worker killed");
    } else if (which < 90) {
      ProcessHandle call = any(calls);
      if (call != null && !stopped.containsKey(call)) {
        signal("STOP", call);
        stopped.put(call, now + Duration.ofMillis(200 + random.nextInt(8_000)).toNanos());
        faults.merge("command line hung", 1, Integer::sum);
      }
    } else if (which < 94) {
      kill(supervisor.toHandle(), "host killed");
    }
  }

  private ProcessHandle any(List<ProcessHandle> from) {
    return from.isEmpty() ? null : from.get(random.nextInt(from.size()));
  }

  private void kill(ProcessHandle process, String what) {
    if (process != null && process.isAlive()) {
      signal("KILL", process);
      faults.merge(what, 1, Integer::sum);
    }
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The first process of each container. */
  private List<ProcessHandle> containers() {
    String mark = podman.home() + "/graph";
    return ProcessHandle.allProcesses()
        .filter(one -> isProgram(one, "conmon") && has(one, mark))
        .flatMap(ProcessHandle::children)
        .filter(one -> !isProgram(one, "runc") && !isProgram(one, "conmon"))
        .toList();
  }

  private static boolean isProgram(ProcessHandle process, String name) {
    return process.info().command().map(path -> path.endsWith("/" + name)).orElse(false);
  }

  private static boolean has(ProcessHandle process, String argument) {
    return commandLine(process.pid()).contains(argument);
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  // ---- hosts ----

  private void begin() throws IOException {
    start(RUNS);
  }

  private void start(int runs) throws IOException {
    podman.must("rm -f %s/*".formatted(home.resolve("journal"))); // it starts, and is soon full
    ProcessBuilder builder =
        new ProcessBuilder(
            ChildJvm.command(
                CampaignSupervisor.class,
                List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                List.of(
                    home.toString(),
                    RealPodman.IMAGE,
                    OWNER,
                    Long.toString(random.nextLong()),
                    Integer.toString(runs))));
    builder.environment().putAll(podman.engine().environment());
    builder.redirectOutput(home.resolve("out-" + incarnations).toFile());
    builder.redirectError(home.resolve("err-" + incarnations).toFile());
    incarnations++;
    supervisor = builder.start();
  }

  private long begun() throws IOException {
    long begun = 0;
    for (int i = 0; i < incarnations; i++) {
      try (Stream<String> lines = Files.lines(home.resolve("out-" + i))) {
        begun += lines.filter(line -> line.equals("begun")).count();
      }
    }
    return begun;
  }

  /** Processes that carry the variable of one of these runs' hosts. */
  private static List<String> workers(List<RunRecord> runs) throws IOException {
    List<String> marks =
        runs.stream().map(run -> "RELIABILITY_RUN=" + run.owner()).distinct().toList();
    List<String> found = new ArrayList<>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        String environment =
            Files.readString(
                Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1);
        if (marks.stream().anyMatch(environment::contains)) {
          found.add(process.pid() + " " + commandLine(process.pid()).replace('\0', ' '));
        }
      } catch (IOException gone) {
        // then it is not left
      }
    }
    return found;
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(60)).until(() -> true);
  }
}
