package dev.reliability.container.process;

import dev.reliability.container.ChildJvm;
import dev.reliability.container.ContainerHandle;
import dev.reliability.container.ContainerIdentity;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A supervisor in a JVM of its own that opens all the files it may, and then has to kill. */
final class StarvedSupervisor {
  private StarvedSupervisor() {}

  static Process start(int files) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + "; exec \"$@\"", "sh"));
    command.addAll(ChildJvm.command(StarvedSupervisor.class, List.of(), List.of()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Says the report of the kill, and then who of the worker is alive. */
  public static void main(String[] args) throws Exception {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime processes = ProcessRuntime.system(runtime)) {
      round(runtime, processes, "warm-up", false); // so that all classes are loaded
      round(runtime, processes, "starved", true);
    }
  }

  private static void round(
      ReliabilityRuntime runtime, ProcessRuntime processes, String run, boolean starve)
      throws InterruptedException, ExecutionException {
    CompletableFuture<Void> up = new CompletableFuture<>();
    RecordingListener heard = new RecordingListener();
    ContainerHandle handle =
        processes.spawn(
            ProcessSpec.builder("sh", "-c", "sleep 300 & echo up; wait")
                .output(OutputSpec.lines().onFrame(frame -> up.complete(null)))
                .build(),
            new RunContext(run, 1, Work.of("lane", "item"), "test", Duration.ofMinutes(1)),
            heard);
    up.get();
    List<ProcStat> members = ProcSource.system().scan().inSession(pid(handle));
    Deque<FileInputStream> all = new ArrayDeque<>();
    String limit = "";
    try {
      while (starve) {
        all.add(new FileInputStream("/dev/zero"));
      }
    } catch (IOException e) {
      limit = "files " + all.size() + ", ";
    }
    StopReport report = handle.kill().toCompletableFuture().get();
    for (FileInputStream file : all) {
      try {
        file.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    ProcSource source = ProcSource.system();
    long alive =
        members.stream()
            .map(member -> source.read(member.pid()))
            .filter(now -> now != null && !now.isDead())
            .count();
    System.out.println(
        run + ": " + limit + members.size() + " members, " + report + ", alive " + alive);
  }

  private static long pid(ContainerHandle handle) {
    return ((ContainerIdentity.OfProcess) handle.identity().orElseThrow()).pid();
  }
}
