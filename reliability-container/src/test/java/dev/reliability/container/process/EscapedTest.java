package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.OutputSpec;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.orphan.ReapReport;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What leaves its session is found and named, whichever way its worker ends. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sessions")
class EscapedTest {
  /** Goes on once what leaves has left. */
  private static final String ESCAPES =
      "up=$(mktemp); "
          + "(setsid sh -c \"echo up >$up; exec sleep 300\" </dev/null >/dev/null 2>&1 &); "
          + "until [ -s $up ]; do sleep 0.02; done; rm $up; echo marker; ";

  private static final Duration LONG = Duration.ofSeconds(30);

  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  @TempDir Path directory;

  private EventBus bus(ReliabilityRuntime runtime) {
    EventSink sink =
        new EventSink() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public void accept(Event event) {
            events.add(event);
          }
        };
    return EventBus.builder(runtime).sink(sink).build();
  }

  private static RunReport run(
      EventBus bus, ProcessRuntime processes, Duration idle, String script) {
    RunPolicy policy =
        RunPolicy.builder()
            .noOutputTimeout(LONG)
            .idleTimeout(idle)
            .graces(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5))
            .build();
    try (RunSupervisor supervisor = RunSupervisor.builder().bus(bus).policy(policy).build()) {
      ProcessSpec spec = ProcessSpec.builder("sh", "-c", script).output(OutputSpec.lines()).build();
      return supervisor
          .run(Work.of("lane", "item"), processes.worker(spec))
          .join()
          .ended()
          .orElseThrow();
    }
  }

  private static ReapReport reap(EventBus bus, Ledger ledger, ProcessRuntime processes) {
    return OrphanReaper.builder(bus, ledger.directory())
        .source(processes.orphans(Duration.ofSeconds(1)), OrphanPolicy.STOP)
        .build()
        .reap()
        .join();
  }

  @Test
  void whatOutlivesAWorkerThatEndedByItselfIsToldAndFoundByTheNextIncarnation() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = bus(runtime);
        Ledger ledger = Ledger.open(directory, bus.epoch());
        ProcessRuntime processes = ProcessRuntime.builder(runtime).ledger(ledger).build()) {
      RunReport report = run(bus, processes, LONG, ESCAPES + "exit 0");
      await("it is told").until(() -> leftBehind().size() == 1);
      assertThat(leftBehind().get(0).subject().run()).isEqualTo(report.run());
      assertThat(((RunEvent.LeftBehind) leftBehind().get(0).data()).survivors())
          .singleElement()
          .asString()
          .contains("sleep");
      assertThat(ledger.entries()).hasSize(1);
    }
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = bus(runtime);
        Ledger ledger = Ledger.open(directory, bus.epoch());
        ProcessRuntime processes = ProcessRuntime.builder(runtime).ledger(ledger).build()) {
      ReapReport reaped = reap(bus, ledger, processes);
      assertThat(reaped.settled())
          .singleElement()
          .satisfies(one -> assertThat(one.action()).isEqualTo(ReapReport.Action.STOPPED));
      assertThat(reap(bus, ledger, processes).settled()).isEmpty();
    }
  }

  @Test
  void whatSurvivesAKillStandsAmongTheSurvivorsOfTheRun() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = bus(runtime);
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      String stays = "trap '' TERM; while :; do sleep 1; done";
      RunReport report = run(bus, processes, Duration.ofMillis(300), ESCAPES + stays);
      assertThat(report.end().stoppedBy()).isEqualTo("killed");
      await("it is told").until(() -> !survivors(report).isEmpty());
      assertThat(survivors(report)).singleElement().asString().contains("sleep");
      end(survivors(report));
    }
  }

  @Test
  void aWorkerThatLeavesNobodyBehindIsNotToldOf() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        EventBus bus = bus(runtime);
        Ledger ledger = Ledger.open(directory, bus.epoch());
        ProcessRuntime processes = ProcessRuntime.builder(runtime).ledger(ledger).build()) {
      run(bus, processes, LONG, "(sleep 300 &) >/dev/null 2>&1; echo marker");
      await("it is swept").until(() -> ledger.entries().isEmpty());
      assertThat(leftBehind()).isEmpty();
    }
  }

  /** In the end of the run, or after it if they were known only then. */
  private List<String> survivors(RunReport report) {
    return !report.end().survivors().isEmpty() || leftBehind().isEmpty()
        ? report.end().survivors()
        : ((RunEvent.LeftBehind) leftBehind().get(0).data()).survivors();
  }

  private List<Event> leftBehind() {
    return events.stream().filter(event -> event.data() instanceof RunEvent.LeftBehind).toList();
  }

  /** By the pid in its description, which was just taken. */
  private static void end(List<String> survivors) {
    for (String survivor : survivors) {
      long pid = Long.parseLong(survivor.replaceAll("\\D+", " ").strip().split(" ")[0]);
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
