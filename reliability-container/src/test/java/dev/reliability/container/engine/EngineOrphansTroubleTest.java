package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerLabels;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerDirectory;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.OrphanSource;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orphans of an engine that is in trouble, and whose they are: a script plays the engine. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the engine is a shell script")
@Tag("once")
class EngineOrphansTroubleTest extends StubEngineTestBase {

  // ---- engines that do not answer ----

  @Test
  void anEngineThatDoesNotAnswerHasNothingTouchedAndThatIsTold() throws IOException {
    left("dead-1", "orphan");
    for (String verb : List.of("ps", "inspect")) {
      stub.hang(verb);
      ReapReport report = reap(OrphanPolicy.STOP);
      assertThat(report.found()).isEmpty();
      assertThat(report.unanswered()).singleElement().asString().contains("podman", "did not end");
      assertThat(stub.calls()).doesNotContain("kill", "rm");
      assertThat(stub.containers()).containsExactly("orphan");
      stub.heal(verb);
    }
    assertThat(reap(OrphanPolicy.STOP).left()).isEmpty();
    assertThat(stub.containers()).isEmpty();
  }

  @Test
  void anOrphanThatCannotBeRemovedStaysForTheNextLook() throws IOException {
    left("dead-1", "orphan");
    stub.say("rm", "echo 'Error: device or resource busy' >&2; exit 1");
    ReapReport report = reap(OrphanPolicy.STOP);
    assertThat(report.settled())
        .singleElement()
        .extracting(one -> one.action().wireName())
        .isEqualTo("error");
    assertThat(report.settled().get(0).detail()).contains("container orphan");
    stub.heal("rm");
    assertThat(reap(OrphanPolicy.STOP).settled())
        .extracting(ReapReport.Settled::action)
        .containsExactly(ReapReport.Action.STOPPED);
    assertThat(stub.containers()).isEmpty();
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
  }

  // ---- whose they are ----

  @Test
  void whatIsNotOursIsNeverTouched() throws IOException {
    Ledger living = Ledger.open(ledgers, "living-1");
    living.intend(intent("living-1", "adopted"));
    written("dead-1", "renamed", "taken", "vanished");
    put("theirs", "somebody else", "dead-1");
    put("taken", "somebody else", "dead-1"); // under a name that we wrote down
    put("unknown", OWNER, "never-heard-of-1");
    put("lives", OWNER, "living-1");
    put("adopted", OWNER, "dead-1"); // but the ledger of a living incarnation names it
    stub.put(
        "id-bare\tbare\trunning\t0\tfalse\tTERM\t{\""
            + ContainerLabels.OWNER
            + "\":\""
            + OWNER
            + "\"}");
    List<String> before = stub.containers();

    ReapReport report = reap(OrphanPolicy.STOP);

    assertThat(report.found()).extracting(Orphan::name).containsExactly("taken");
    assertThat(report.settled().get(0).detail())
        .contains("expected one of owner \"" + OWNER + "\", got one of \"somebody else\"");
    assertThat(stub.containers()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(stub.calls()).doesNotContain("kill", "rm");
    living.close();
    for (String name : before) {
      Files.delete(directory.resolve("stub/c." + name));
    }
  }

  @Test
  void anotherContainerUnderTheNameOfOneThatIsGoneIsAStranger() throws IOException {
    Ledger dead = Ledger.open(ledgers, "dead-1");
    dead.intend(intent("dead-1", "orphan")).became(Map.of("id", "id-of-the-first"));
    dead.close();
    put("orphan", OWNER, "never-heard-of-1");
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
    assertThat(stub.containers()).containsExactly("orphan");
    Files.delete(directory.resolve("stub/c.orphan"));
  }

  @Test
  void aLabelIsEnoughIfItsIncarnationIsDeadAndEveryLedgerCanBeRead() throws IOException {
    written("dead-1");
    put("labelled", OWNER, "dead-1");
    Path bad = Files.writeString(ledgers.resolve("bad-1.ledger"), "nonsense\n");
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
    Files.delete(bad);
    Orphan found = reap(OrphanPolicy.STOP).found().get(0);
    assertThat(found.name()).isEqualTo("labelled");
    assertThat(found.entry()).isNull();
    assertThat(found.evidence()).contains("its label names this incarnation");
    assertThat(stub.containers()).isEmpty();
  }

  // ---- what is half made ----

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStartThatIsStillUnderWayIsWaitedForAndThenStopped(boolean comesToSomething)
      throws IOException {
    written("dead-1", "late");
    stub.say("run", "touch under-way; while [ ! -e go ]; do sleep 0.02; done");
    // The command line of a JVM that is gone: it makes its container while the reaper looks.
    Process commandLine =
        new ProcessBuilder(
                stub.engine().program().get(0),
                "run",
                "--name",
                "late",
                "--label",
                ContainerLabels.OWNER + "=" + OWNER)
            .start();
    await("it runs").atMost(LONG).until(() -> Files.exists(directory.resolve("stub/under-way")));
    CompletableFuture<ReapReport> reaped = reaper(OrphanPolicy.STOP).reap();
    await("it is looked for").atMost(LONG).until(() -> stub.calls().contains("inspect"));
    if (comesToSomething) {
      Files.createFile(directory.resolve("stub/go"));
    }
    ReapReport report = done(reaped);
    assertThat(report.found()).singleElement().extracting(Orphan::name).isEqualTo("late");
    assertThat(report.found().get(0).evidence()).contains("no such container", "(engine)");
    assertThat(report.left()).isEmpty();
    await("it is gone").atMost(LONG).until(() -> !commandLine.isAlive());
    assertThat(stub.containers()).isEmpty();
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
  }

  @Test
  void aNameThatStaysTakenIsNotGone() throws IOException {
    written("dead-1", "half");
    stub.say("ps", "for arg; do [ \"$arg\" = --format ] && echo half; done; exit 0");
    ReapReport report = reap(OrphanPolicy.STOP);
    assertThat(report.found().get(0).evidence()).contains("the engine has the name");
    assertThat(report.left()).hasSize(1);
    assertThat(report.settled().get(0).detail()).contains("container half");
    assertThat(stub.calls()).contains("rm");
    stub.heal("ps");
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
  }

  @Test
  void aSpentEntryIsForgotten() throws IOException {
    written("dead-1", "never-started");
    assertThat(reap(OrphanPolicy.REPORT).found()).isEmpty();
    assertThat(stub.calls()).containsExactly("ps", "ps");
    assertThat(Files.exists(ledgers.resolve("dead-1.dead"))).isTrue();
  }

  // ---- adopting ----

  @Test
  void anAdoptedContainerIsALiveOneOfThisRuntime() throws IOException {
    left("dead-1", "orphan");
    stub.onAttach("echo here again");
    AtomicReference<ContainerHandle> handle = new AtomicReference<>();
    ReapReport report =
        reap(
            adopting(
                adoption -> {
                  assertThat(adoption.labels()).containsEntry("colour", "blue");
                  Worker worker = adoption.worker(OutputSpec.lines());
                  handle.set((ContainerHandle) worker.start(context("next"), heard));
                  assertThatThrownBy(() -> worker.start(context("twice"), heard))
                      .hasMessageContaining("it is offered once");
                }));
    assertThat(report.settled())
        .extracting(ReapReport.Settled::action)
        .containsExactly(ReapReport.Action.ADOPTED);
    await("its output").atMost(LONG).until(() -> heard.progressCount() == 1);
    assertThat(handle.get().name()).isEqualTo("orphan");
    assertThat(handle.get().labels())
        .containsEntry("colour", "blue")
        .containsEntry(ContainerLabels.RUN, "next")
        .containsEntry(ContainerLabels.INCARNATION, bus.epoch());
    assertThat(done(containers.list(Map.of(ContainerLabels.RUN, "next"))))
        .singleElement()
        .satisfies(info -> assertThat(info.labels()).isEqualTo(handle.get().labels()));
    assertThat(done(containers.list(Map.of(ContainerLabels.RUN, "orphan")))).isEmpty();
    assertThat(done(containers.handles().list()))
        .singleElement()
        .satisfies(live -> assertThat(live.owner()).isEqualTo(bus.epoch()));
    assertThat(ledger.entries()).extracting(one -> one.intent().cookie()).containsExactly("orphan");
    assertThat(Files.exists(ledgers.resolve("dead-1.dead"))).isTrue();
    assertThat(reap(OrphanPolicy.STOP).found()).isEmpty();
    assertThat(done(containers.kill("orphan")).survivors()).isEmpty();
    await("its end").atMost(LONG).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Signal(9));
    assertThat(heard.complaints()).isEmpty();
    assertThat(ledger.entries()).isEmpty();
    assertThat(stub.containers()).isEmpty();
  }

  @Test
  void whatEndedBeforeItWasAdoptedTellsItsExit() throws IOException {
    written("dead-1", "orphan");
    stub.put("id-orphan\torphan\texited\t3\tfalse\tTERM\t" + labels(OWNER, "dead-1"));
    ReapReport report =
        reap(adopting(it -> it.worker(OutputSpec.lines()).start(context("next"), heard)));
    assertThat(report.left()).isEmpty();
    await("its end").atMost(LONG).until(() -> heard.exit() != null);
    assertThat(heard.exit()).isEqualTo(new ExitStatus.Code(3));
    await("it is removed").atMost(LONG).until(() -> stub.containers().isEmpty());
  }

  @Test
  void whatNobodyTakesStaysAnOrphan() throws IOException {
    left("dead-1", "orphan");
    put("labelled", OWNER, "dead-1");
    List<String> offered = new CopyOnWriteArrayList<>();
    AtomicReference<Worker> refused = new AtomicReference<>();
    ReapReport report =
        reap(
            adopting(
                adoption -> {
                  offered.add(adoption.orphan().name());
                  refused.set(adoption.worker(OutputSpec.lines()));
                  throw new IllegalArgumentException("not this one");
                }));
    assertThat(offered).containsExactly("orphan");
    assertThatThrownBy(() -> refused.get().start(context("late"), heard))
        .hasMessageContaining("it is offered once");
    assertThat(report.left())
        .extracting(Orphan::name)
        .containsExactlyInAnyOrder("orphan", "labelled");
    assertThat(report.settled())
        .extracting(ReapReport.Settled::detail)
        .anyMatch(detail -> detail.contains("not this one"))
        .anyMatch(detail -> detail.contains("no ledger names it"));
    assertThat(stub.containers()).hasSize(2);
    assertThat(reap(OrphanPolicy.STOP).left()).isEmpty();
    assertThat(stub.containers()).isEmpty();
  }

  @Test
  void anOfferThatNobodyTakesLapses() throws IOException {
    left("dead-1", "orphan");
    AtomicReference<Worker> late = new AtomicReference<>();
    ReapReport report =
        reap(
            containers.adoptable(
                Duration.ZERO,
                Duration.ofMillis(100),
                adoption -> late.set(adoption.worker(OutputSpec.lines()))));
    assertThat(report.settled().get(0).detail()).contains("nobody attached to it in time");
    assertThatThrownBy(() -> late.get().start(context("late"), heard))
        .hasMessageContaining("for a while only");
    assertThat(stub.calls()).doesNotContain("attach");
    assertThat(reap(OrphanPolicy.STOP).left()).isEmpty();
  }

  @Test
  void adoptionNeedsALedgerAndIsNotOfferedByDefault() {
    assertThat(containers.orphans().canAdopt()).isFalse();
    try (EngineRuntime bare = builder().build()) {
      assertThatThrownBy(() -> bare.adoptable(Duration.ZERO, adoption -> {}))
          .hasMessage("adoption: expected a runtime with a ledger, got one without");
    }
    assertThatThrownBy(() -> containers.orphans(Duration.ofSeconds(-1)))
        .hasMessage("grace: expected a duration that is not negative, got PT-1S");
  }

  // ---- helpers ----

  private static Intent intent(String incarnation, String name) {
    return new Intent("podman", name, 1, "lane", "item", incarnation, name);
  }

  /** What an incarnation that is dead by now wrote down. */
  private void written(String incarnation, String... names) {
    Ledger dead = Ledger.open(ledgers, incarnation);
    for (String name : names) {
      dead.intend(intent(incarnation, name));
    }
    dead.close();
  }

  private void left(String incarnation, String name) throws IOException {
    written(incarnation, name);
    put(name, OWNER, incarnation);
  }

  private void put(String name, String owner, String incarnation) throws IOException {
    stub.put(
        "id-%s\t%s\trunning\t0\tfalse\tTERM\t%s".formatted(name, name, labels(owner, incarnation)));
  }

  private static String labels(String owner, String incarnation) {
    return "{\"colour\":\"blue\",\"%s\":\"%s\",\"%s\":\"%s\",\"%s\":\"orphan\"}"
        .formatted(
            ContainerLabels.OWNER,
            owner,
            ContainerLabels.INCARNATION,
            incarnation,
            ContainerLabels.RUN);
  }

  private OrphanSource adopting(Consumer<Adoption> host) {
    return containers.adoptable(Duration.ZERO, host);
  }

  private OrphanReaper reaper(OrphanPolicy policy) {
    return OrphanReaper.builder(bus, LedgerDirectory.at(ledgers))
        .source(containers.orphans(Duration.ofMillis(200)), policy)
        .build();
  }

  private ReapReport reap(OrphanPolicy policy) {
    return done(reaper(policy).reap());
  }

  private ReapReport reap(OrphanSource adopting) {
    return done(
        OrphanReaper.builder(bus, LedgerDirectory.at(ledgers))
            .source(adopting, OrphanPolicy.ADOPT)
            .build()
            .reap());
  }
}
