package dev.reliability.core.run;

import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims queued items of a lane in one step and hands each to the supervisor as a run. */
final class QueuedRuns {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);

  private final RunSupervisor supervisor;
  private final Claims claims;
  private final Strand io;
  private final Strand host;

  QueuedRuns(RunSupervisor supervisor, Claims claims) {
    this.supervisor = supervisor;
    this.claims = claims;
    io = supervisor.runtime().strand(Strand.Kind.IO, "queue");
    host = supervisor.runtime().strand(Strand.Kind.DELIVERY, "queue");
  }

  CompletableFuture<List<RunHandle>> claim(String lane, int limit, Function<Lease, Job> jobs) {
    CompletableFuture<List<RunHandle>> runs = new CompletableFuture<>();
    io.execute(
        () -> {
          try {
            long asked = supervisor.runtime().time().nanos();
            String holder = supervisor.runtime().node() + "/" + supervisor.bus().epoch();
            List<Lease> leases =
                claims.guard().claimQueued(lane, limit, claims.request(holder, lane));
            host.execute(() -> submit(leases, asked, jobs, runs));
            tellSpent(lane);
          } catch (Throwable e) {
            host.execute(() -> runs.completeExceptionally(e));
          }
        });
    return runs;
  }

  private void tellSpent(String lane) {
    try {
      claims.spent().look(lane);
    } catch (RuntimeException e) {
      log.warn("lane {}: nobody knows which items have spent their attempts", lane, e);
    }
  }

  private void submit(
      List<Lease> leases,
      long asked,
      Function<Lease, Job> jobs,
      CompletableFuture<List<RunHandle>> runs) {
    List<RunHandle> handles = new ArrayList<>();
    for (Lease lease : leases) {
      try {
        Job job = jobs.apply(lease);
        if (!job.work().lane().equals(lease.key().lane())
            || !job.work().item().equals(lease.key().item())) {
          throw new IllegalArgumentException(
              "job: expected work on " + lease.key() + ", got " + job.work());
        }
        handles.add(supervisor.submit(lease, asked, job));
      } catch (Throwable e) {
        log.warn("{}: no job could be made of it; it is given back", lease.key(), e);
        io.execute(() -> claims.giveBack(lease));
      }
    }
    runs.complete(List.copyOf(handles));
  }
}
