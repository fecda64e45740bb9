package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerLabels;
import dev.reliability.container.engine.DoomedContainers.Ready;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunState;
import dev.reliability.core.reconcile.LiveHandle;
import dev.reliability.core.reconcile.Reconciler;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.RunRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs that supervise real containers are killed; what they left is found, and nothing else is. */
@WithPodman
@Timeout(240)
@Tag("once")
class EngineOrphansTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OWNER = "orphans";
  private static final String STUBBORN = "echo marker; while :; do sleep 300; done";
  private static final String POLITE = "trap 'exit 0' TERM; echo marker; while :; do sleep 1; done";
  private static final String ENDS_WITH_INPUT = "echo marker; cat >/dev/null";
  private static final String TALKS =
      "trap 'echo result done; exit 0' TERM; while :; do echo marker; sleep 0.2; done";

  @TempDir private Path temporary;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final EventBus bus = EventBus.builder(runtime).sink(events::add).build();
  private final List<Process> children = new ArrayList<>();
  private final RealPodman podman;
  private Path directory;
  private Ledger ledger;
  private EngineRuntime containers;

  EngineOrphansTest(RealPodman podman) {
    this.podman = podman;
  }

  @BeforeEach
  void open() {
    directory = temporary.resolve("ledgers");
    ledger = Ledger.open(directory, bus.epoch());
    containers = EngineRuntime.builder(runtime, podman.engine(), OWNER).ledger(ledger).build();
  }

  @AfterEach
  void nothingIsLeft() {
    children.forEach(Process::destroyForcibly);
    await().atMost(LONG).until(() -> children.stream().noneMatch(Process::isAlive));
    stop(); // also if a test failed
    containers.close();
    assertThat(ledger.entries()).isEmpty();
    ledger.close();
    bus.close();
    runtime.close();
    assertThat(podman.containers()).isEmpty();
    await("no process is left").atMost(LONG).until(() -> podman.processes().isEmpty());
  }

  /** A supervisor that is ready, with what it said. */
  private record Supervisor(Process process, String incarnation, List<String> runs) {
    void kill() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor()).as("its exit, by signal 9").isEqualTo(128 + 9);
    }
  }

  private Supervisor supervisor(Ready ready, String... scripts) throws IOException {
    Process process = DoomedContainers.start(podman, directory, OWNER, ready, scripts);
    children.add(process);
    BufferedReader told = process.inputReader();
    String incarnation = told.readLine();
    List<String> runs = new ArrayList<>();
    for (String line = told.readLine();
        line != null && !line.equals("ready");
        line = told.readLine()) {
      runs.add(line);
    }
    assertThat(runs).hasSize(scripts.length);
    return new Supervisor(process, incarnation, runs);
  }

  private ReapReport stop() {
    return reap(containers.orphans(Duration.ofSeconds(2)), OrphanPolicy.STOP);
  }

  private ReapReport reap(OrphanSource source, OrphanPolicy policy) {
    return done(
        OrphanReaper.builder(bus, LedgerDirectory.at(directory))
            .source(source, policy)
            .build()
            .reap());
  }

  private static <T> T done(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    await("the step").atMost(LONG).until(future::isDone);
    return future.join();
  }

  private void put(String name, String owner, String incarnation) {
    podman.must(
        ("podman run --detach --pull=never --network none --name %s"
                + " --label '%s=%s' --label '%s=%s' %s sh -c 'while :; do sleep 300; done'")
            .formatted(
                name,
                ContainerLabels.OWNER,
                owner,
                ContainerLabels.INCARNATION,
                incarnation,
                RealPodman.IMAGE));
  }

  // ---- stopping ----

  @Test
  void whatAKilledJvmLeftIsStoppedAndNeitherStrangersNorTheLivingAre() throws Exception {
    Supervisor living = supervisor(Ready.UP, STUBBORN);
    Supervisor doomed = supervisor(Ready.UP, STUBBORN, POLITE, ENDS_WITH_INPUT);
    doomed.kill();
    put("theirs", "somebody else", doomed.incarnation());
    put("unknown", OWNER, "an-incarnation-nobody-knows");
    put("unwritten", OWNER, doomed.incarnation());
    assertThat(done(containers.handles().list()))
        .extracting(LiveHandle::owner)
        .contains(doomed.incarnation(), living.incarnation());

    ReapReport report = stop();

    assertThat(report.found())
        .extracting(Orphan::run)
        .containsExactlyInAnyOrder(
            doomed.runs().get(0), doomed.runs().get(1), doomed.runs().get(2), "");
    assertThat(report.settled())
        .extracting(ReapReport.Settled::action)
        .containsOnly(ReapReport.Action.STOPPED);
    assertThat(podman.containers())
        .hasSize(3)
        .anyMatch(line -> line.startsWith("theirs Up"))
        .anyMatch(line -> line.startsWith("unknown Up"))
        .anyMatch(line -> line.startsWith("run-" + living.runs().get(0)) && line.contains(" Up "));
    assertThat(stop().found()).isEmpty();
    bus.drained().join();
    assertThat(events.stream().map(Event::type))
        .filteredOn(type -> type.startsWith("process.orphan"))
        .containsOnly("process.orphan_found", "process.orphan_stopped")
        .hasSize(8);

    living.kill();
    assertThat(stop().found()).extracting(Orphan::run).containsExactlyElementsOf(living.runs());
    podman.must("podman rm --force --time 0 theirs unknown");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeathInTheMiddleOfStartsLeavesNothing(boolean commandLinesToo) throws Exception {
    Supervisor doomed =
        supervisor(Ready.STARTING, STUBBORN, POLITE, STUBBORN, POLITE, STUBBORN, POLITE, STUBBORN);
    await("the first is made").atMost(LONG).until(() -> !podman.containers().isEmpty());
    doomed.kill();
    if (commandLinesToo) { // as when all of a control group is killed for its memory
      commandLines().forEach(ProcessHandle::destroyForcibly);
    }
    ReapReport report = stop();
    assertThat(report.found()).isNotEmpty();
    assertThat(doomed.runs()).containsAll(report.found().stream().map(Orphan::run).toList());
    assertThat(report.left()).isEmpty();
    assertThat(report.unanswered()).isEmpty();
    assertThat(podman.containers()).isEmpty();
    await("no process is left").atMost(LONG).until(() -> podman.processes().isEmpty());
    await("no command line is left").atMost(LONG).until(() -> commandLines().isEmpty());
    assertThat(stop().found()).isEmpty();
    assertThat(Files.exists(directory.resolve(doomed.incarnation() + ".dead"))).isTrue();
  }

  private static List<ProcessHandle> commandLines() {
    String label = "--label\0" + ContainerLabels.OWNER + "=" + OWNER + "\0";
    return ProcessHandle.allProcesses()
        .filter(process -> commandLine(process.pid()).contains(label))
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it ended while we looked
    }
  }

  // ---- adopting ----

  @Test
  void anAdoptedContainerGoesOnAsANewRunAndTheOldRecordIsEnded() throws Exception {
    Supervisor doomed = supervisor(Ready.UP, TALKS);
    doomed.kill();
    InMemoryRunStore store = new InMemoryRunStore();
    RunRecord old =
        RunRecord.queued(
            doomed.runs().get(0),
            "lane",
            "item",
            doomed.incarnation(),
            runtime.time().wall().minus(Duration.ofMinutes(5)));
    store.create(old);
    store.transition(RunState.QUEUED, old.running("a container", old.createdAt()));
    try (RunSupervisor supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .store(store)
            .policy(RunPolicy.builder().idleTimeout(Duration.ofMinutes(1)).build())
            .build()) {
      assertThat(reconcile(store, supervisor)).as("its container is there").isEmpty();
      List<RunHandle> runs = new CopyOnWriteArrayList<>();
      ReapReport report =
          reap(
              containers.adoptable(
                  Duration.ZERO,
                  adoption ->
                      runs.add(
                          supervisor.submit(
                              Work.of("lane", adoption.orphan().item()),
                              adoption.worker(DoomedContainers.OUTPUT)))),
              OrphanPolicy.ADOPT);
      assertThat(report.settled())
          .extracting(ReapReport.Settled::action)
          .containsExactly(ReapReport.Action.ADOPTED);
      String run = runs.get(0).id();
      assertThat(done(containers.handles().list()))
          .singleElement()
          .satisfies(handle -> assertThat(handle.run()).isEqualTo(run));
      assertThat(reconcile(store, supervisor)).containsExactly("running_without_container");
      assertThat(store.find(old.id()).orElseThrow().reason())
          .isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
      String name = report.found().get(0).name();
      podman.must("podman kill --signal TERM " + name);
      await("its end").atMost(LONG).until(() -> runs.get(0).outcome().isDone());
      RunReport ended = runs.get(0).outcome().join().ended().orElseThrow();
      assertThat(ended.reason()).isEqualTo(EndReason.COMPLETED);
      assertThat(ended.result()).isEqualTo("result done");
      await("it is removed").atMost(LONG).until(() -> podman.containers().isEmpty());
    }
  }

  private List<String> reconcile(InMemoryRunStore store, RunSupervisor supervisor) {
    return done(
            Reconciler.builder(bus, store)
                .supervisor(supervisor)
                .handles(containers.handles())
                .ownerIsDead(LedgerDirectory.at(directory)::isDead)
                .dryRun(false)
                .build()
                .reconcile())
        .findings()
        .stream()
        .map(found -> found.reason().wireName())
        .toList();
  }

  @Test
  void whoeverAdoptsIsItsOwnerUntilHeDiesToo() throws Exception {
    supervisor(Ready.UP, TALKS).kill();
    Supervisor second = supervisor(Ready.ADOPTED, TALKS);
    assertThat(stop().found()).as("a living incarnation has it").isEmpty();
    assertThat(podman.containers()).singleElement().asString().contains(" Up ");
    second.kill();
    assertThat(stop().found())
        .singleElement()
        .satisfies(
            orphan -> {
              assertThat(orphan.incarnation()).isEqualTo(second.incarnation());
              assertThat(orphan.run()).isEqualTo(second.runs().get(0));
            });
    assertThat(podman.containers()).isEmpty();
  }
}
