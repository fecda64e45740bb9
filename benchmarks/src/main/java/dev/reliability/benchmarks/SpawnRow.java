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
import java.util.ArrayList;
import java.util.Collections;
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

  /** Runs the command to its end. */
  private interface Subject {
    void run() throws Exception;
  }

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
      Map<String, Subject> subjects = new LinkedHashMap<>();
      subjects.put(BUILDER, () -> builder(PROGRAM));
      subjects.put(SETSID, () -> builder("/usr/bin/setsid", PROGRAM));
      subjects.put(COMMONS, SpawnRow::commons);
      subjects.put(ZT, () -> new ProcessExecutor(PROGRAM).execute());
      subjects.put(NU, SpawnRow::nu);
      subjects.put(OURS, () -> ours(supervisor, worker));
      Map<String, List<Double>> millis =
          Quiet.measure("spawns", () -> measure(subjects, warmUps, rounds));
      Table table = new Table("Spawn to outcome, median of " + rounds, "ms");
      millis.forEach(
          (name, values) -> {
            Samples samples = Samples.of(values);
            Map<String, String> more = new LinkedHashMap<>();
            more.put("95 %", Table.number(samples.quantile(0.95)));
            more.put("max", Table.number(samples.max()));
            Role role = name.equals(OURS) ? Role.OURS : name.equals(SETSID) ? Role.NOTE : Role.PEER;
            table.add(role, name, samples, more);
          });
      report.table(table);
      report.atMost("median / ProcessBuilder's", table.ratio(OURS, BUILDER), 1.6);
      report.atMost("95 % / median", table.samples(OURS).quantile(0.95) / table.median(OURS), 3);
    }
  }

  private static Map<String, List<Double>> measure(
      Map<String, Subject> subjects, int warmUps, int rounds) throws Exception {
    Map<String, List<Double>> millis = new LinkedHashMap<>();
    subjects.keySet().forEach(name -> millis.put(name, new ArrayList<>()));
    for (int round = -warmUps; round < rounds; round++) {
      List<String> order = new ArrayList<>(subjects.keySet());
      if (round % 2 != 0) {
        Collections.reverse(order);
      }
      for (String name : order) {
        long start = System.nanoTime();
        subjects.get(name).run();
        if (round >= 0) {
          millis.get(name).add((System.nanoTime() - start) / 1e6);
        }
      }
    }
    return millis;
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
