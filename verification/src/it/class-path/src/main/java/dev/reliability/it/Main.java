package dev.reliability.it;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import java.io.File;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Uses the library as published: an adapter of the user's own, on core and its jars alone, on the class path. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    check(!Main.class.getModule().isNamed(), "this project has no module");
    // Core, the SLF4J API, Guava with failureaccess, JSpecify: whoever takes core takes no more.
    long jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .count();
    check(jars <= 5, jars + " jars on the class path");

    Worker worker =
        (context, listener) -> {
          listener.spawned("a worker of the user's own");
          listener.output(5);
          listener.result("done");
          listener.eof();
          listener.exited(new ExitStatus.Code(0));
          return new Handle();
        };
    try (RunSupervisor supervisor = RunSupervisor.builder().build()) {
      RunOutcome outcome = supervisor.run(Work.of("lane", "item"), worker).join();
      check(outcome.isSuccess(), "a success, not " + outcome);
      check("done".equals(outcome.ended().orElseThrow().result()), "the result is kept");
    }
  }

  private static final class Handle implements WorkerHandle {
    @Override
    public CompletionStage<StopReport> closeInput() {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }

    @Override
    public CompletionStage<StopReport> terminate() {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }

    @Override
    public CompletionStage<StopReport> kill() {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }

    @Override
    public boolean isAlive() {
      return false;
    }
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
