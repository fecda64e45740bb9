package dev.reliability.ops.cli;

import dev.reliability.container.ContainerRuntime;
import dev.reliability.container.engine.EngineRuntime;
import dev.reliability.container.engine.EngineSpec;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.orphan.LedgerException;
import dev.reliability.container.orphan.OrphanPolicy;
import dev.reliability.container.orphan.OrphanReaper;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.store.Claim;
import dev.reliability.jdbc.JdbcStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Supervises a command: as a process, or in a container. Its output is shown as it comes; asked to
 * end, it ends the command first; what a killed predecessor left running it stops.
 */
@Command(
    name = "run",
    description = {
      "Supervises a command: claims its item, shows its output, ends what hangs, records why.",
      "Its standard input is a pipe that nobody writes into, closed when it idles."
    })
final class RunVerb extends Verb {
  @Mixin RunOptions options = new RunOptions();

  @Override
  Report report(Workplace workplace) {
    options.check();
    JdbcStore store = workplace.makeStore();
    EventBus bus = workplace.bus();
    try (Ledger ledger = Ledger.open(workplace.directory().resolve("ledger"), bus.epoch());
        ProcessRuntime processes =
            ProcessRuntime.builder(workplace.runtime()).ledger(ledger).stopAtExit(false).build();
        RunSupervisor supervisor =
            RunSupervisor.builder()
                .bus(bus)
                .policy(options.policy(System.getenv()))
                .store(store.runs())
                .leases(store.leases())
                .lanes(store.states(), (lane, episode, fingerprint) -> {})
                .drainTimeout(Duration.ZERO)
                .build()) {
      supervisor.recoverLanes();
      return options.image == null
          ? alone(workplace, ledger, processes, supervisor)
          : contained(workplace, ledger, processes, supervisor);
    } catch (LedgerException e) {
      throw CommandException.unknown(String.valueOf(e.getMessage()));
    }
  }

  private Report alone(
      Workplace workplace, Ledger ledger, ProcessRuntime processes, RunSupervisor supervisor) {
    stopOrphans(supervisor, ledger, processes, null);
    Echo echo = new Echo(supervisor, common.json);
    ProcessSpec spec = ProcessSpec.builder(options.command).output(options.output(echo)).build();
    return supervise(workplace, supervisor, processes, processes.worker(spec), echo);
  }

  private Report contained(
      Workplace workplace, Ledger ledger, ProcessRuntime processes, RunSupervisor supervisor) {
    try (EngineRuntime containers =
        EngineRuntime.builder(
                workplace.runtime(), options.engine.engine(), options.owner(workplace.directory()))
            .ledger(ledger)
            .stopAtExit(false)
            .build()) {
      stopOrphans(supervisor, ledger, processes, containers);
      Echo echo = new Echo(supervisor, common.json);
      EngineSpec spec =
          EngineSpec.builder(String.valueOf(options.image))
              .command(options.command.toArray(String[]::new))
              .output(options.output(echo))
              .build();
      return supervise(workplace, supervisor, containers, containers.worker(spec), echo);
    }
  }

  /** Stops what a predecessor that was killed left running. */
  private void stopOrphans(
      RunSupervisor supervisor,
      Ledger ledger,
      ProcessRuntime processes,
      @Nullable EngineRuntime containers) {
    OrphanReaper.Builder reaper =
        OrphanReaper.builder(supervisor.bus(), ledger.directory())
            .source(processes.orphans(), OrphanPolicy.STOP);
    if (containers != null) {
      reaper.source(containers.orphans(), OrphanPolicy.STOP);
    }
    supervisor.bus().runtime().await(reaper.build().reap());
  }

  private Report supervise(
      Workplace workplace,
      RunSupervisor supervisor,
      ContainerRuntime<?> workers,
      Worker worker,
      Echo echo) {
    Work work = Work.of(options.laneOrProgram(), options.itemOr(supervisor.bus().epoch()));
    CompletableFuture<Void> finished = new CompletableFuture<>();
    try (StopAtExit atExit = new StopAtExit(supervisor, workers, workplace, finished)) {
      RunHandle run = supervisor.submit(work, worker);
      echo.of(run);
      return shown(supervisor.bus().runtime().await(run.outcome()));
    } finally {
      finished.complete(null);
    }
  }

  // ---- what became of it ----

  private static Report shown(RunOutcome outcome) {
    return outcome.fold(
        succeeded -> ended(succeeded.report(), ExitCode.OK),
        failed -> ended(failed.report(), ExitCode.FAIL),
        cancelled -> ended(cancelled.report(), ExitCode.FAIL),
        RunVerb::refused);
  }

  private static Report ended(RunReport report, ExitCode code) {
    RunEvent.Ended end = report.end();
    List<String> lines = new ArrayList<>();
    lines.add(
        end.state().wireName()
            + ", "
            + end.reason()
            + ": "
            + report.work().lane()
            + "/"
            + report.work().item()
            + ", queued "
            + seconds(end.queued())
            + ", ran "
            + seconds(end.running())
            + ", put out "
            + end.outputBytes()
            + " bytes"
            + (end.stoppedBy().equals("none") ? "" : ", stopped by " + end.stoppedBy()));
    if (end.detail() != null) {
      lines.add(end.detail());
    }
    if (!end.survivors().isEmpty()) {
      lines.add("left behind: " + String.join(", ", end.survivors()));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("run", report.run());
    summary.put("lane", report.work().lane());
    summary.put("item", report.work().item());
    summary.put("result", report.result());
    summary.put("end", Plain.of(end));
    return Report.of("run", lines, summary)
        .verdict(code, end.state().wireName())
        .next("reliability trace --run " + report.run());
  }

  private static Report refused(RunOutcome.Refused refused) {
    Work work = refused.work();
    String item = work.lane() + "/" + work.item();
    Claim claim = refused.claim();
    String why;
    if (claim instanceof Claim.Duplicate duplicate) {
      why = item + " is worked on by " + duplicate.holder() + " until " + duplicate.leaseUntil();
    } else if (claim instanceof Claim.AlreadyDone done) {
      why = item + " is done since " + done.doneAt();
    } else if (claim instanceof Claim.AttemptsExhausted exhausted) {
      why = item + " was tried " + exhausted.attempts() + " times";
    } else {
      why = item + ": " + refused.why() + (refused.detail() == null ? "" : ": " + refused.detail());
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("lane", work.lane());
    summary.put("item", work.item());
    summary.put("refusal", refused.why());
    summary.put("why", why);
    return Report.of("run", List.of("not run: " + why), summary)
        .verdict(
            refused.why() == RunOutcome.Refusal.STORE_FAILED ? ExitCode.UNKNOWN : ExitCode.FAIL,
            "refused");
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }
}
