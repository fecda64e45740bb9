package dev.reliability.benchmarks;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import dev.reliability.benchmarks.Table.Role;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
  private static final String SHELL = "a shell's loop: fork, exec, wait";
  private static final String BARE = "RunSupervisor on ProcessRuntime, no ledger";
  private static final String OURS = "the same with a ledger in memory";
  private static final String SYNCED = "the same with a ledger on the disk";
  private static final String SYNC = "one write of the disk, alone";

  @Override
  public String what() {
    return "a process that does nothing, from the wish to the outcome";
  }

  @Override
  public void measure(Report report) throws Exception {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "spawn");
    Path disk = Files.createTempDirectory("spawn");
    try {
      measure(report, memory, disk);
    } finally {
      delete(memory);
      delete(disk);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void measure(Report report, Path memory, Path disk) throws Exception {
    int warmUps = Settings.pick(100, 2);
    int rounds = Settings.pick(500, 10);
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        Ledger inMemory = Ledger.open(memory, "benchmark");
        Ledger onDisk = Ledger.open(disk, "benchmark");
        FileChannel file =
            FileChannel.open(
                disk.resolve("alone"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        ProcessRuntime bare = ProcessRuntime.system(runtime);
        ProcessRuntime booked = ProcessRuntime.builder(runtime).ledger(inMemory).build();
        ProcessRuntime synced = ProcessRuntime.builder(runtime).ledger(onDisk).build();
        RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).build()) {
      ProcessSpec spec = ProcessSpec.of(PROGRAM);
      Map<String, InTurns.Subject> subjects = new LinkedHashMap<>();
      subjects.put(BUILDER, InTurns.timed(() -> builder(PROGRAM)));
      subjects.put(SETSID, InTurns.timed(() -> builder("/usr/bin/setsid", PROGRAM)));
      subjects.put(COMMONS, InTurns.timed(SpawnRow::commons));
      subjects.put(ZT, InTurns.timed(() -> new ProcessExecutor(PROGRAM).execute()));
      subjects.put(NU, InTurns.timed(SpawnRow::nu));
      subjects.put(SHELL, SpawnRow::shell);
      subjects.put(BARE, InTurns.timed(() -> ours(supervisor, bare.worker(spec))));
      subjects.put(OURS, InTurns.timed(() -> ours(supervisor, booked.worker(spec))));
      subjects.put(SYNCED, InTurns.timed(() -> ours(supervisor, synced.worker(spec))));
      subjects.put(SYNC, InTurns.timed(() -> sync(file)));
      Map<String, List<Double>> millis =
          Quiet.measure("spawns", () -> InTurns.measure(subjects, warmUps, rounds));
      Table table = new Table("Spawn to outcome, median of " + rounds, "ms");
      millis.forEach(
          (name, values) -> {
            Samples samples = Samples.of(values);
            Role role =
                switch (name) {
                  case SHELL -> Role.LIMIT;
                  case OURS, BARE -> Role.OURS;
                  case SETSID, SYNCED, SYNC -> Role.NOTE;
                  default -> Role.PEER;
                };
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

  /** Many at once, since the shell itself takes its time: milliseconds for one of them. */
  private static double shell() throws Exception {
    int times = 20;
    long start = System.nanoTime();
    builder(
        "/bin/sh",
        "-c",
        "i=0; while [ $i -lt " + times + " ]; do " + PROGRAM + "; i=$((i + 1)); done");
    return (System.nanoTime() - start) / 1e6 / times;
  }

  private static void sync(FileChannel file) throws IOException {
    file.write(ByteBuffer.wrap(new byte[200]));
    file.force(false);
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
