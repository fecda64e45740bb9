package dev.reliability.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.Worker;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A host with a fleet, in a JVM of its own: a real journal, a real store in SQLite, a real
 * supervisor; only the workers are none, but live for half a second to four and a half. {@code work
 * RUNS SECONDS} on its standard input starts so many runs with even distances, of all lanes in
 * turn, and is answered by {@code done ENDED} when all have ended.
 */
final class PageHost {
  /** Every so manieth lane is paused, and gets no runs. */
  static final int PAUSED_EVERY = 20;

  private static final int FAILED_EVERY = 50;

  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
  private final EventBus bus;
  private final RunSupervisor supervisor;
  private final int lanes;
  private long number;

  private PageHost(Path directory, int lanes) {
    this.lanes = lanes;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    JdbcStore store = JdbcStore.open(new HikariDataSource(config));
    bus = EventBus.builder(ReliabilityRuntime.system()).sink(JournalWriter.open(directory)).build();
    for (int i = 0; i < lanes; i += PAUSED_EVERY) {
      store.leases().pauseLane(lane(i), null, "alice", "three failures of the same kind");
    }
    supervisor =
        RunSupervisor.builder()
            .bus(bus)
            .policy(RunPolicy.ofDefaults())
            .store(store.runs())
            .leases(store.leases())
            .build();
  }

  private static String lane(int number) {
    return String.format("lane-%04d", number);
  }

  /** The directory, how many lanes. */
  public static void main(String[] args) throws IOException {
    PageHost host = new PageHost(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println("done " + host.work(Integer.parseInt(words[1]), Double.valueOf(words[2])));
    }
    host.supervisor.close();
    host.bus.close();
    System.exit(0);
  }

  private long work(int runs, double seconds) {
    List<CompletableFuture<RunOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      CompletableFuture<RunOutcome> outcome = new CompletableFuture<>();
      outcomes.add(outcome);
      long which = number++;
      clock.schedule(
          () -> start(which, outcome), (long) (i * seconds / runs * 1e9), TimeUnit.NANOSECONDS);
    }
    return outcomes.stream().filter(outcome -> outcome.join().ended().isPresent()).count();
  }

  private void start(long which, CompletableFuture<RunOutcome> outcome) {
    int lane = (int) (which % lanes);
    Work work = Work.of(lane(lane % PAUSED_EVERY == 0 ? lane + 1 : lane), "item-" + which);
    long millis = 500 + which * 7_919 % 4_000;
    int code = which % FAILED_EVERY == 0 ? 3 : 0;
    supervisor
        .run(work, worker(millis, code))
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                outcome.complete(result);
              } else {
                outcome.completeExceptionally(failure);
              }
            });
  }

  private Worker worker(long millis, int code) {
    return (context, listener) -> {
      listener.spawned("pid " + (1_000 + Math.floorMod(context.run().hashCode(), 30_000)));
      listener.output(400);
      listener.progress();
      clock.schedule(() -> end(listener, code), millis, TimeUnit.MILLISECONDS);
      return new Handle();
    };
  }

  private static void end(WorkerListener listener, int code) {
    listener.eof();
    listener.exited(new ExitStatus.Code(code));
  }

  private static final class Handle implements WorkerHandle {
    @Override
    public CompletionStage<StopReport> closeInput() {
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }

    @Override
    public CompletionStage<StopReport> terminate() {
      return closeInput();
    }

    @Override
    public CompletionStage<StopReport> kill() {
      return closeInput();
    }

    @Override
    public boolean isAlive() {
      return true;
    }
  }
}
