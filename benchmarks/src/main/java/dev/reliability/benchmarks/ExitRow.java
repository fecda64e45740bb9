package dev.reliability.benchmarks;

import com.zaxxer.nuprocess.NuAbstractProcessHandler;
import com.zaxxer.nuprocess.NuProcessBuilder;
import dev.reliability.benchmarks.Table.Role;
import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteResultHandler;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.listener.ProcessListener;

/**
 * Row h: from the exit of a child to the callback that tells of it. The child sleeps, and as the
 * last thing it does prints the wall clock with nanoseconds; the callback reads the same clock.
 */
final class ExitRow implements Row {
  private static final String SCRIPT = "sleep 0.05; exec date +%s%N";
  private static final String BUILDER = "ProcessBuilder, onExit";
  private static final String COMMONS = "commons-exec, result handler";
  private static final String ZT = "zt-exec, afterStop";
  private static final String NU = "NuProcess, onExit";
  private static final String OURS = "ProcessRuntime, exited";
  private static final String RUN = "RunSupervisor, outcome of the run";

  private final AtomicInteger numbers = new AtomicInteger();

  @Override
  public String what() {
    return "from the exit of a child to the callback";
  }

  @Override
  public void measure(Report report) throws Exception {
    int warmUps = Settings.pick(30, 2);
    int rounds = Settings.pick(300, 10);
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime);
        RunSupervisor supervisor = RunSupervisor.builder().runtime(runtime).build()) {
      Map<String, InTurns.Subject> subjects = new LinkedHashMap<>();
      subjects.put(BUILDER, ExitRow::builder);
      subjects.put(COMMONS, ExitRow::commons);
      subjects.put(ZT, ExitRow::zt);
      subjects.put(NU, ExitRow::nu);
      subjects.put(OURS, () -> ours(processes));
      subjects.put(RUN, () -> run(processes, supervisor));
      Map<String, List<Double>> late =
          Quiet.measure("exits", () -> InTurns.measure(subjects, warmUps, rounds));
      Table table = new Table("Exit to callback, median of " + rounds, "ms");
      late.forEach(
          (name, values) -> {
            Role role = name.equals(OURS) ? Role.OURS : name.equals(RUN) ? Role.NOTE : Role.PEER;
            Samples samples = Samples.of(values);
            table.add(role, name, samples, InTurns.tail(samples));
          });
      report.table(table);
      // 0.6 and 1.2 ms beside a commons-exec that needs 0.53 and 0.93.
      report.atMost("median / commons-exec's", table.ratio(OURS, COMMONS), 0.6 / 0.53);
      report.atMost(
          "95 % / commons-exec's",
          table.samples(OURS).quantile(0.95) / table.samples(COMMONS).quantile(0.95), 1.2 / 0.93);
    }
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {1, 10, 100};
    double[] medians = new double[sizes.length];
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      List<ContainerHandle> others = new ArrayList<>();
      for (int i = 0; i < sizes.length; i++) {
        while (others.size() < sizes[i]) {
          others.add(processes.spawn(ProcessSpec.of("sleep", "600"), context(), new Exit()));
        }
        Map<String, List<Double>> late =
            InTurns.measure(Map.of(OURS, () -> ours(processes)), 5, Settings.pick(200, 10));
        medians[i] = Samples.of(late.get(OURS)).median();
      }
      others.forEach(ContainerHandle::kill);
    }
    report.note("Exit to callback by how many other children are alive");
    report.growth(OURS, "ms", sizes, medians);
    report.atMost("100 others / 1", medians[2] / medians[0], 2);
  }

  /** Milliseconds from what the child printed until {@code told}. */
  private static double since(String printed, Instant told) {
    long nanos = Long.parseLong(printed.strip());
    Instant exit = Instant.ofEpochSecond(0, nanos);
    return Duration.between(exit, told).toNanos() / 1e6;
  }

  private static double builder() throws Exception {
    Process process = new ProcessBuilder("sh", "-c", SCRIPT).start();
    CompletableFuture<Instant> told = process.onExit().thenApply(any -> Instant.now());
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return since(printed, told.get(30, TimeUnit.SECONDS));
  }

  private static double commons() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    CompletableFuture<Instant> told = new CompletableFuture<>();
    DefaultExecutor executor = DefaultExecutor.builder().get();
    executor.setStreamHandler(new PumpStreamHandler(output));
    CommandLine line = new CommandLine("sh").addArgument("-c").addArgument(SCRIPT, false);
    executor.execute(
        line,
        new ExecuteResultHandler() {
          @Override
          public void onProcessComplete(int exitValue) {
            told.complete(Instant.now());
          }

          @Override
          public void onProcessFailed(ExecuteException e) {
            told.completeExceptionally(e);
          }
        });
    Instant when = told.get(30, TimeUnit.SECONDS);
    return since(output.toString(StandardCharsets.US_ASCII), when);
  }

  private static double zt() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    CompletableFuture<Instant> told = new CompletableFuture<>();
    new ProcessExecutor("sh", "-c", SCRIPT)
        .redirectOutput(output)
        .addListener(
            new ProcessListener() {
              @Override
              public void afterStop(Process process) {
                told.complete(Instant.now());
              }
            })
        .start();
    Instant when = told.get(30, TimeUnit.SECONDS);
    return since(output.toString(StandardCharsets.US_ASCII), when);
  }

  private static double nu() throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    CompletableFuture<Instant> told = new CompletableFuture<>();
    new NuProcessBuilder(
            new NuAbstractProcessHandler() {
              @Override
              public void onStdout(ByteBuffer buffer, boolean closed) {
                while (buffer.hasRemaining()) {
                  output.write(buffer.get());
                }
              }

              @Override
              public void onExit(int code) {
                told.complete(Instant.now());
              }
            },
            "sh",
            "-c",
            SCRIPT)
        .start();
    Instant when = told.get(30, TimeUnit.SECONDS);
    return since(output.toString(StandardCharsets.US_ASCII), when);
  }

  private double ours(ProcessRuntime processes) throws Exception {
    CompletableFuture<String> printed = new CompletableFuture<>();
    Exit exit = new Exit();
    processes.spawn(spec(printed), context(), exit);
    return since(printed.get(30, TimeUnit.SECONDS), exit.told.get(30, TimeUnit.SECONDS));
  }

  private double run(ProcessRuntime processes, RunSupervisor supervisor) throws Exception {
    CompletableFuture<String> printed = new CompletableFuture<>();
    Instant told =
        supervisor
            .run(Work.of("lane", "item"), processes.worker(spec(printed)))
            .thenApply(outcome -> Instant.now())
            .get(30, TimeUnit.SECONDS);
    return since(printed.get(30, TimeUnit.SECONDS), told);
  }

  private static ProcessSpec spec(CompletableFuture<String> printed) {
    return ProcessSpec.builder("sh", "-c", SCRIPT)
        .output(OutputSpec.lines().onFrame(frame -> printed.complete(frame.text())))
        .build();
  }

  private RunContext context() {
    return new RunContext(
        "exit-" + numbers.incrementAndGet(),
        1,
        Work.of("lane", "item"),
        "benchmark",
        Duration.ofMinutes(1));
  }

  /** Remembers when the exit was told. */
  private static final class Exit implements WorkerListener {
    private final CompletableFuture<Instant> told = new CompletableFuture<>();

    @Override
    public void exited(ExitStatus status) {
      told.complete(Instant.now());
    }

    @Override
    public void spawnFailed(SpawnFailure failure) {
      told.completeExceptionally(new IllegalStateException(failure.toString()));
    }

    @Override
    public void spawnUnknown(String detail) {
      told.completeExceptionally(new IllegalStateException(detail));
    }

    @Override
    public void spawned(String workerName) {}

    @Override
    public void output(long bytes) {}

    @Override
    public void progress() {}

    @Override
    public void toolsInFlight(int inFlight) {}

    @Override
    public void result(String payload) {}

    @Override
    public void eof() {}
  }
}
