package dev.reliability.examples;

import dev.reliability.core.event.RunState;
import dev.reliability.core.run.LiveRun;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Shows once a second what runs, while it runs. */
final class LiveView implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final RunSupervisor supervisor;
  private final PrintStream out;
  private final Periodic periodic;
  private final long startedAt;
  private final ReliabilityRuntime runtime;

  LiveView(ReliabilityRuntime runtime, RunSupervisor supervisor, PrintStream out) {
    this.runtime = runtime;
    this.supervisor = supervisor;
    this.out = out;
    startedAt = runtime.time().nanos();
    periodic =
        Periodic.start(
            runtime, runtime.strand(Strand.Kind.DELIVERY, "live view"), PERIOD, this::show);
  }

  @Override
  public void close() {
    periodic.close();
  }

  private void show() {
    List<LiveRun> live = supervisor.live();
    if (live.isEmpty()) {
      return;
    }
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT, "%4d s  ", (runtime.time().nanos() - startedAt) / 1_000_000_000L));
    for (LiveRun run : live) {
      line.append(run.work().item()).append(' ').append(state(run)).append("   ");
    }
    out.println(line.toString().stripTrailing());
  }

  private static String state(LiveRun run) {
    if (run.state() == RunState.QUEUED) {
      return "queued";
    }
    Duration quiet = run.sinceProgress();
    String progress = quiet == null ? "silent" : "quiet " + Report.seconds(quiet);
    return "[" + progress + ", " + Report.bytes(run.outputBytes()) + "]";
  }
}
