package dev.reliability.benchmarks;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import dev.reliability.benchmarks.Table.Role;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;

/** Row g: from the wish to run a command that does nothing to its outcome, one after the other. */
final class SpawnRow implements Row {
  private static final String PROGRAM = "/bin/true";
  private static final String BUILDER = "ProcessBuilder, waitFor";
  private static final String SETSID = "the same in a session of its own (setsid)";
  private static final String COMMONS = "commons-exec";
  private static final String ZT = "zt-exec";
  private static final String NU = "NuProcess";
  private static final String OURS = "RunSupervisor on ProcessRuntime";

  @Override
  public String what() {
    return "a process that does nothing, from the wish to the outcome";
  }

  @Override
  public void measure(Report report) throws Exception {
    int warmUps = Settings.pick(100, 2);
    int rounds = Settings.pick(500, 10);
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime);
        RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).build()) {
      Worker worker = processes.worker(ProcessSpec.of(PROGRAM));
      Map<String, InTurns.Subject> subjects = new LinkedHashMap<>();
      subjects.put(BUILDER, InTurns.timed(() -> builder(PROGRAM)));
      subjects.put(SETSID, InTurns.timed(() -> builder("/usr/bin/setsid", PROGRAM)));
      subjects.put(COMMONS, InTurns.timed(SpawnRow::commons));
      subjects.put(ZT, InTurns.timed(() -> new ProcessExecutor(PROGRAM).execute()));
      subjects.put(NU, InTurns.timed(SpawnRow::nu));
      subjects.put(OURS, InTurns.timed(() -> ours(supervisor, worker)));
      Map<String, List<Double>> millis =
          Quiet.measure("spawns", () -> InTurns.measure(subjects, warmUps, rounds));
      Table table = new Table("Spawn to outcome, median of " + rounds, "ms");
      millis.forEach(
          (name, values) -> {
            Samples samples = Samples.of(values);
            Role role = name.equals(OURS) ? Role.OURS : name.equals(SETSID) ? Role.NOTE : Role.PEER;
            table.add(role, name, samples, InTurns.tail(samples));
          });
      report.table(table);
      report.atMost("median / ProcessBuilder's", table.ratio(OURS, BUILDER), 1.6);
      report.atMost("95 % / median", table.samples(OURS).quantile(0.95) / table.median(OURS), 3);
    }
  }

  private static void builder(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("exit " + process.exitValue());
    }
  }

  private static void commons() throws Exception {
    DefaultExecutor executor = DefaultExecutor.builder().get();
    executor.setStreamHandler(new PumpStreamHandler(OutputStream.nullOutputStream()));
    executor.execute(new CommandLine(PROGRAM));
  }

  private static void nu() throws Exception {
    NuProcess process = new NuProcessBuilder(new NuAbstractProcessHandler() {}, PROGRAM).start();
    process.waitFor(30, TimeUnit.SECONDS);
  }

  private static void ours(RunSupervisor supervisor, Worker worker) throws Exception {
    RunOutcome outcome = supervisor.run(Work.of("lane", "item"), worker).get(30, TimeUnit.SECONDS);
    if (outcome.ended().isEmpty()) {
      throw new IllegalStateException(outcome.toString());
    }
  }
}
