package dev.reliability.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.orphan.Intent;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunState;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Stale records are found from another process, and nothing is ended on a guess. */
@Timeout(120)
class ReconcileVerbTest {
  private static final String DEAD = "20260101T000000Z-dead";
  private static final String ALIVE = "20260101T000000Z-alive";

  @TempDir private Path directory;
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private Calls calls;

  @BeforeEach
  void begin() {
    calls = new Calls(directory);
  }

  @AfterEach
  void end() {
    runtime.close();
  }

  private void record(String run, String owner, boolean running) {
    Instant hourAgo = runtime.time().wall().minus(Duration.ofHours(1));
    calls.store(
        store -> {
          RunRecord queued = RunRecord.queued(run, "lane", "item-" + run, owner, hourAgo);
          store.runs().create(queued);
          if (running) {
            store.runs().transition(RunState.QUEUED, queued.running("pid 1", hourAgo));
          }
        });
  }

  private RunRecord stored(String run) {
    RunRecord[] found = new RunRecord[1];
    calls.store(store -> found[0] = store.runs().find(run).orElseThrow());
    return found[0];
  }

  private Ledger ledger(String incarnation) {
    return Ledger.open(directory.resolve("ledger"), incarnation);
  }

  @Test
  void withoutApplyItSaysWhatItWouldDoAndWritesNothing() {
    ledger(DEAD).close();
    try (Ledger alive = ledger(ALIVE)) {
      record("q", DEAD, false);
      record("r", DEAD, true);
      record("a", ALIVE, true);
      Map<String, String> before = calls.files();
      Told result = calls.verb("reconcile");
      assertThat(result.code()).isZero();
      assertThat(result.out())
          .containsPattern(
              "queued_stale_before_spawn run=q lane=lane item=item-q .*would be failed")
          .containsPattern("running_without_container run=r .*would be failed")
          .contains("1 open records of " + ALIVE + ", which lives: they are its own")
          .contains("2 found in 3 open records, nothing was changed")
          .endsWith("next: reliability reconcile --apply --actor NAME --dir " + directory + "\n");
      assertThat(calls.files()).isEqualTo(before);
      assertThat(stored("q").state()).isEqualTo(RunState.QUEUED);
      assertThat(stored("r").state()).isEqualTo(RunState.RUNNING);
      assertThat(alive.incarnation()).isEqualTo(ALIVE);
    }
  }

  @Test
  void withApplyTheyAreEndedEachForItsReasonAndTheJournalSaysForWhom() {
    ledger(DEAD).close();
    record("q", DEAD, false);
    record("r", DEAD, true);
    Told result = calls.verb("reconcile --apply --actor alice", "--json");
    assertThat(result.code()).isZero();
    assertThat(result.json().get("verdict").asText()).isEqualTo("APPLIED");
    assertThat(result.json().get("summary").get("running_without_container").asInt()).isEqualTo(1);
    assertThat(stored("q").reason()).isEqualTo(EndReason.QUEUED_STALE);
    assertThat(stored("r").reason()).isEqualTo(EndReason.RUNNING_WITHOUT_CONTAINER);
    List<Event> told =
        calls.events().stream()
            .filter(event -> event.data() instanceof ReconcileEvent.Settled)
            .toList();
    assertThat(told)
        .extracting(event -> event.subject().run() + " " + event.subject().actor())
        .containsExactlyInAnyOrder("q alice", "r alice");
    assertThat(calls.verb("reconcile").out()).contains("0 found in 0 open records");
  }

  @Test
  void whatCannotBeKnownIsSaidAndLeftAlone() {
    try (Ledger dead = ledger(DEAD)) {
      dead.intend(new Intent("podman", "c", 1, "lane", "item-c", DEAD, "box-1"));
    }
    record("c", DEAD, true);
    record("s", "somebody-elsewhere", true);
    Told result = calls.verb("reconcile --apply --actor alice");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out())
        .contains(
            "not looked at: podman is not declared (engines)",
            "1 open records of somebody-elsewhere: nobody here knows whether it lives",
            "0 found in 2 open records");
    assertThat(stored("c").state()).isEqualTo(RunState.RUNNING);
    assertThat(stored("s").state()).isEqualTo(RunState.RUNNING);
  }

  /** An engine as its command line answers: nothing is there, or it does not work. */
  private void engine(String answers) throws IOException {
    Path program = calls.write("engine.sh", "#!/bin/sh\n" + answers + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    calls.write(
        "reliability.json",
        "{\"engines\": [{\"engine\": \"podman\", \"owner\": \"bots\", \"program\": [\""
            + program
            + "\"]}]}");
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "a script, and processes with arguments")
  @Test
  void anEngineThatIsDeclaredIsAskedAndIfItDoesNotAnswerNothingIsJudged() throws IOException {
    try (Ledger dead = ledger(DEAD)) {
      dead.intend(new Intent("podman", "c", 1, "lane", "item-c", DEAD, "box-1"));
    }
    record("c", DEAD, true);
    engine("echo 'no engine here' >&2; exit 125");
    Told result = calls.verb("reconcile");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("the live workers could not be listed", "no engine here");
    engine("exit 0");
    Map<String, String> before = calls.files();
    assertThat(calls.verb("reconcile").out()).contains("running_without_container run=c");
    assertThat(calls.files()).isEqualTo(before);
    engine("case \"$*\" in *Names*) echo box-1;; esac");
    assertThat(calls.verb("reconcile").out()).contains("0 found in 1 open records");
  }

  @Test
  void withoutLedgersNobodyIsKnownToBeDead() {
    record("r", DEAD, true);
    Told result = calls.verb("reconcile");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("there are no ledgers here", "0 found in 1 open records");
    assertThat(directory.resolve("ledger")).doesNotExist();
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "environments of processes")
  @Test
  void aProcessThatAKilledHostLeftKeepsItsRecordAndOnceItIsGoneTheRecordIsStale() throws Exception {
    DoomedHost.Up host = DoomedHost.start(directory);
    String later = runtime.time().wall().plus(Duration.ofHours(1)).toString();
    try {
      assertThat(calls.verb("reconcile", "--now", later).out())
          .contains("1 open records of " + host.epoch() + ", which lives");
    } finally {
      host.kill();
    }
    Told result = calls.verb("reconcile", "--now", later, "--json");
    assertThat(result.json().get("summary").get("workersLeft").asInt()).isEqualTo(1);
    assertThat(result.json().get("verdict").asText()).isEqualTo("NONE_FOUND");
    RunRecord[] open = new RunRecord[1];
    calls.store(store -> open[0] = store.runs().findByState(Set.of(RunState.RUNNING), 1).get(0));
    long pid = Long.parseLong(open[0].worker().replaceAll("\\D", ""));
    ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
    worker.destroyForcibly();
    worker.onExit().join();
    result = calls.verb("reconcile", "--now", later);
    assertThat(result.out()).contains("running_without_container run=" + open[0].id());
  }

  @Test
  void badInputIsNamedAndExitsWithTwo() {
    assertThat(calls.verb("reconcile").err()).contains("there is no", "reliability.db");
    calls.store(store -> {});
    assertThat(calls.verb("reconcile --apply").err()).contains("expected --actor NAME");
    assertThat(calls.verb("reconcile --apply --actor a --now 2026-01-01T00:00:00Z").err())
        .contains("expected no --now");
    assertThat(calls.verb("reconcile --apply", "--actor", " ").code()).isEqualTo(2);
  }
}
