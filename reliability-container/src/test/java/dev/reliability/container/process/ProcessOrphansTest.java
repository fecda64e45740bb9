package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunRecord;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that supervise real processes are killed; what they left is found, and nothing else is. */
@Tag("once")
@EnabledOnOs(value = OS.LINUX, disabledReason = "sessions and environments of Linux")
@Timeout(180)
class ProcessOrphansTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FORKS =
      "(sleep 300 & (sleep 300 & sleep 300 &) &); echo marker; exec sleep 300";
  private static final String LEAVES =
      "(sleep 300 & sleep 300 &); echo marker; cat >/dev/null"; // ends with its input
  private static final String STUBBORN = "trap '' TERM; echo marker; while :; do sleep 1; done";
  private static final String ESCAPES =
      "setsid sh -c 'sleep 300 & exec sleep 300' & echo marker; exec sleep 300";

  @TempDir private Path temporary;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final EventBus bus = EventBus.builder(runtime).sink(events::add).build();
  private final List<Process> children = new ArrayList<>();
  private Path directory;
  private Ledger ledger;
  private ProcessRuntime processes;
  private OrphanReaper reaper;

  @BeforeEach
  void open() {
    directory = temporary.resolve("ledgers");
    ledger = Ledger.open(directory, bus.epoch());
    processes = ProcessRuntime.builder(runtime).ledger(ledger).build();
    reaper = reaper(OrphanPolicy.STOP);
  }

  @AfterEach
  void leaveNothing() {
    children.forEach(Process::destroyForcibly);
    await().atMost(LONG).until(() -> children.stream().noneMatch(Process::isAlive));
    reap(reaper(OrphanPolicy.STOP)); // also if a test failed
    processes.close();
    ledger.close();
    bus.close();
    runtime.close();
  }

  private OrphanReaper reaper(OrphanPolicy policy) {
    return OrphanReaper.builder(bus, LedgerDirectory.at(directory))
        .source(processes.orphans(Duration.ofSeconds(1)), policy)
        .build();
  }

  private static ReapReport reap(OrphanReaper reaper) {
    CompletableFuture<ReapReport> report = reaper.reap();
    await("the look").atMost(LONG).until(report::isDone);
    return report.join();
  }

  /** A supervisor that is up, with what it said. */
  private record Supervisor(Process process, String incarnation, List<String> runs) {
    void kill() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor()).as("its exit, by signal 9").isEqualTo(128 + 9);
    }
  }

  private Supervisor supervisor(DoomedSupervisor.Death death, long stranger, String... scripts)
      throws IOException {
    Process process =
        DoomedSupervisor.start(directory, death, stranger, ProcessFence.GROUP, scripts);
    children.add(process);
    BufferedReader told = process.inputReader();
    String incarnation = told.readLine();
    List<String> runs = new ArrayList<>();
    for (String line = told.readLine();
        line != null && !line.equals("ready");
        line = told.readLine()) {
      runs.add(line);
    }
    return new Supervisor(process, incarnation, runs);
  }

  private Supervisor supervisor(String... scripts) throws IOException {
    Supervisor up = supervisor(DoomedSupervisor.Death.LATER, 0, scripts);
    assertThat(up.runs()).hasSize(scripts.length);
    return up;
  }

  /** Who is alive of a run: pids of those that carry it in their environment. */
  private static List<Long> family(String run) {
    String cookie = "RELIABILITY_RUN=" + run + "\0";
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> ("\0" + environment(pid)).contains("\0" + cookie))
        .toList();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended while we looked
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  // ---- a whole life ----

  @Test
  void whatAKilledJvmLeftIsStoppedAndNeitherStrangersNorTheLivingAre() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "300").start();
    children.add(stranger);
    Supervisor living = supervisor(FORKS, STUBBORN);
    Supervisor doomed =
        supervisor(DoomedSupervisor.Death.LATER, stranger.pid(), FORKS, LEAVES, STUBBORN, ESCAPES);
    doomed.kill();
    for (String run : doomed.runs()) {
      assertThat(family(run)).as("left of %s", run).isNotEmpty();
    }
    int alive = family(living.runs().get(0)).size();

    ReapReport report = reap(reaper);

    assertThat(report.found())
        .extracting(Orphan::run)
        .containsExactlyInAnyOrderElementsOf(doomed.runs());
    assertThat(report.settled())
        .extracting(ReapReport.Settled::action)
        .containsOnly(ReapReport.Action.STOPPED);
    for (String run : doomed.runs()) {
      assertThat(family(run)).as("left of %s", run).isEmpty();
    }
    assertThat(stranger.isAlive()).isTrue();
    assertThat(living.process().isAlive()).isTrue();
    assertThat(family(living.runs().get(0))).hasSize(alive);
    assertThat(family(living.runs().get(1))).isNotEmpty();
    assertThat(files())
        .contains(
            doomed.incarnation() + ".dead",
            living.incarnation() + ".ledger",
            bus.epoch() + ".ledger")
        .doesNotContain(doomed.incarnation() + ".ledger");
    assertThat(reap(reaper).found()).isEmpty();
    bus.drained().join();
    assertThat(events.stream().map(Event::type))
        .filteredOn(type -> type.startsWith("process.orphan"))
        .containsOnly("process.orphan_found", "process.orphan_stopped")
        .hasSize(8);

    living.kill();
    assertThat(reap(reaper).found()).hasSize(2);
    assertThat(family(living.runs().get(0))).isEmpty();
    assertThat(family(living.runs().get(1))).isEmpty();
    assertThat(stranger.isAlive()).isTrue();
  }

  @Test
  void byDefaultTheyAreOnlyToldWithWhatTheyAreKnownBy() throws Exception {
    Supervisor doomed = supervisor(FORKS, LEAVES);
    doomed.kill();
    ReapReport report = reap(reaper(OrphanPolicy.REPORT));
    assertThat(report.left()).hasSize(2);
    Orphan forks = of(doomed.runs().get(0), report);
    assertThat(forks.name()).contains("pid ", "(sleep)");
    assertThat(forks.evidence())
        .contains("has the pid, the start and the boot that were written down");
    assertThat(forks.lane()).isEqualTo("lane");
    await("its root ends with its input")
        .atMost(LONG)
        .untilAsserted(
            () -> {
              ReapReport again = reap(reaper(OrphanPolicy.REPORT));
              assertThat(of(doomed.runs().get(1), again).evidence())
                  .contains("is gone or another process now");
            });
    assertThat(family(doomed.runs().get(0))).hasSize(4);
    bus.drained().join();
    assertThat(events.stream().map(Event::data))
        .filteredOn(ProcessEvent.OrphanFound.class::isInstance)
        .isNotEmpty();
  }

  private static Orphan of(String run, ReapReport report) {
    return report.left().stream()
        .filter(orphan -> orphan.run().equals(run))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anOrderlyEndLeavesNothingAndIsRememberedAsDead() throws Exception {
    Supervisor orderly = supervisor("echo marker; exec sleep 300", LEAVES);
    assertThat(LedgerDirectory.at(directory).isDead(orderly.incarnation())).isFalse();
    orderly.process().getOutputStream().close();
    assertThat(orderly.process().waitFor()).isZero();
    assertThat(files()).contains(orderly.incarnation() + ".dead");
    assertThat(LedgerDirectory.at(directory).isDead(orderly.incarnation())).isTrue();
    assertThat(reap(reaper).found()).isEmpty();
  }

  // ---- deaths between two steps ----

  @Test
  void aDeathBeforeTheStartLeavesAnIntentThatIsForgotten() throws Exception {
    Supervisor dead = supervisor(DoomedSupervisor.Death.BEFORE_START, 0, FORKS);
    assertThat(dead.process().waitFor()).isEqualTo(9);
    ReapReport report = reap(reaper);
    assertThat(report.found()).isEmpty();
    assertThat(files()).contains(dead.incarnation() + ".dead");
  }

  @Test
  void aDeathAfterTheStartLeavesAProcessThatIsFoundByItsCookie() throws Exception {
    String script = "(sleep 300 & sleep 300 &); exec sleep 300"; // there is nobody to put out to
    Supervisor dead = supervisor(DoomedSupervisor.Death.AFTER_START, 0, script);
    assertThat(dead.process().waitFor()).isEqualTo(9);
    String run = dead.incarnation() + "-1";
    await("it is up").atMost(LONG).until(() -> family(run).size() >= 3);
    ReapReport report = reap(reaper);
    assertThat(report.found()).extracting(Orphan::run).containsExactly(run);
    assertThat(report.found().get(0).evidence()).contains("no pid of this boot was written down");
    assertThat(family(run)).isEmpty();
    assertThat(report.left()).isEmpty();
  }

  // ---- together with the records ----

  @Test
  void theRecordsOfAKilledJvmAreFailedOnceItsWorkersAreGone() throws Exception {
    Supervisor doomed = supervisor(STUBBORN);
    doomed.kill();
    InMemoryRunStore store = new InMemoryRunStore();
    RunRecord queued =
        RunRecord.queued(
            doomed.runs().get(0),
            "lane",
            "item",
            doomed.incarnation(),
            runtime.time().wall().minus(Duration.ofMinutes(5)));
    store.create(queued);
    store.transition(RunState.QUEUED, queued.running("pid 1", queued.createdAt()));
    OrphanReaper reporting = reaper(OrphanPolicy.REPORT);
    assertThat(reap(reporting).left()).hasSize(1);
    assertThat(reconcile(store, reporting)).isEmpty(); // its worker is still there
    assertThat(reap(reaper).left()).isEmpty();
    assertThat(reconcile(store, reaper)).containsExactly("running_without_container");
    assertThat(store.find(queued.id()).orElseThrow().reason())
        .isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
  }

  private List<String> reconcile(InMemoryRunStore store, OrphanReaper from) {
    var done =
        Reconciler.builder(bus, store)
            .handles(processes.handles())
            .handles(from.handles())
            .ownerIsDead(LedgerDirectory.at(directory)::isDead)
            .dryRun(false)
            .build()
            .reconcile();
    await("the comparison").atMost(LONG).until(done::isDone);
    return done.join().findings().stream().map(found -> found.reason().wireName()).toList();
  }

  // ---- the ledger of this process ----

  @Test
  void whatEndedIsGoneFromTheLedgerAndWhatLivesIsInIt() {
    RecordingListener heard = new RecordingListener();
    spawn(processes, "lives", "echo; exec sleep 300", heard);
    spawn(processes, "ends", "true", new RecordingListener());
    await("one is left")
        .atMost(LONG)
        .until(
            () ->
                ledger.entries().stream()
                    .map(entry -> entry.intent().run())
                    .toList()
                    .equals(List.of("lives")));
    await("who it became")
        .atMost(LONG)
        .until(() -> ledger.entries().iterator().next().identity().containsKey("start"));
    assertThat(ledger.entries().iterator().next().identity())
        .containsEntry(Bookkeeper.SESSION, "group")
        .containsEntry(Bookkeeper.BOOT, Boot.id());
    processes.close();
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void whatCannotBeWrittenDownIsNotStartedUnlessTheHostSaysSo() {
    ledger.close(); // as good as a disk that is full
    RecordingListener refused = new RecordingListener();
    spawn(processes, "refused", "echo; exec sleep 300", refused);
    await("the refusal").atMost(LONG).until(() -> refused.failure() != null);
    assertThat(refused.failure().kind()).isEqualTo(SpawnFailure.Kind.NO_RESOURCES);
    assertThat(refused.failure().detail()).contains("not started", bus.epoch());
    assertThat(family("refused")).isEmpty();
    try (ProcessRuntime degraded =
        ProcessRuntime.builder(runtime).ledger(ledger).startWithoutLedger(true).build()) {
      RecordingListener started = new RecordingListener();
      spawn(degraded, "degraded", "echo; exec sleep 300", started);
      await("its start").atMost(LONG).until(() -> started.calls().contains("spawned"));
      assertThat(started.failure()).isNull();
    }
  }

  @Test
  void aGraceIsNotNegative() {
    assertThatThrownBy(() -> processes.orphans(Duration.ofSeconds(-1)))
        .hasMessage("grace: expected a duration that is not negative, got PT-1S");
  }

  private void spawn(ProcessRuntime in, String run, String script, RecordingListener heard) {
    in.spawn(
        ProcessSpec.of("sh", "-c", script),
        new RunContext(run, 1, Work.of("lane", "item"), bus.epoch(), LONG),
        heard);
  }
}
