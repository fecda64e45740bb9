package dev.reliability.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.benchmarks.Table.Role;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.jdbc.JdbcStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Row l: jobs through a queue in PostgreSQL: claimed in batches, run, completed one by one. */
final class QueueRow implements Row {
  private static final int JOBS = Settings.pick(30_000, 2_000);
  private static final int NODES = 2;
  private static final int BATCH = 100;
  private static final String LIMIT = "batches of 100 with SKIP LOCKED, own connections";
  private static final String PEER = "db-scheduler, lock and fetch";
  private static final String OURS = "JdbcLeaseStore, batches of 100";

  /** Runs all jobs, and tells the seconds that it took. */
  private interface Subject {
    double run(Databases database, int threads, Ran ran) throws Exception;
  }

  /** How often each job ran. */
  private static final class Ran {
    private final int jobs;
    private final AtomicIntegerArray times;
    private final CountDownLatch left;

    Ran(int jobs) {
      this.jobs = jobs;
      times = new AtomicIntegerArray(jobs);
      left = new CountDownLatch(jobs);
    }

    void job(int number) {
      if (times.getAndIncrement(number) == 0) {
        left.countDown();
      }
    }

    long twice() {
      long twice = 0;
      for (int i = 0; i < jobs; i++) {
        twice += times.get(i) > 1 ? 1 : 0;
      }
      return twice;
    }
  }

  @Override
  public String what() {
    return "PostgreSQL that waits for its disk: jobs claimed in batches, run, completed; "
        + NODES
        + " nodes";
  }

  @Override
  public void measure(Report report) throws Exception {
    long twice = 0;
    for (int threads : new int[] {2, 4, 16, 64}) {
      try (Databases database = Databases.postgres()) {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        subjects.put(LIMIT, QueueRow::limit);
        subjects.put(PEER, QueueRow::scheduler);
        subjects.put(OURS, QueueRow::ours);
        Map<String, List<Double>> micros = new LinkedHashMap<>();
        subjects.keySet().forEach(name -> micros.put(name, new ArrayList<>()));
        for (int round = -1; round < Settings.ROUNDS; round++) {
          List<String> order = new ArrayList<>(subjects.keySet());
          if (round % 2 != 0) {
            Collections.reverse(order);
          }
          for (String name : order) {
            Ran ran = new Ran(JOBS);
            double seconds = subjects.get(name).run(database, threads, ran);
            System.err.printf(
                Locale.ROOT, "  %d threads: %s %.0f/s%n", threads, name, JOBS / seconds);
            if (round >= 0) { // the first is for warming up
              micros.get(name).add(seconds * 1e6 / JOBS);
            }
            twice += name.equals(OURS) ? ran.twice() : 0;
          }
        }
        report(report, threads, micros);
      }
    }
    report.atMost("jobs that ours ran twice", twice, 0);
  }

  private static void report(Report report, int threads, Map<String, List<Double>> micros) {
    Table table =
        new Table(String.format(Locale.ROOT, "%,d jobs, %d threads", JOBS, threads), "us");
    micros.forEach(
        (name, values) -> {
          Role role =
              switch (name) {
                case LIMIT -> Role.LIMIT;
                case PEER -> Role.PEER;
                default -> Role.OURS;
              };
          Samples samples = Samples.of(values);
          String rate = Table.number(1e6 / samples.median());
          table.add(role, name, samples, Map.of("a second", rate));
        });
    report.table(table);
    report.atLeast("db-scheduler / ours at " + threads, table.ratio(PEER, OURS), 1.1);
    report.atLeast("limit / ours at " + threads, table.ratio(LIMIT, OURS), 0.9);
  }

  @Override
  public void growth(Report report) throws Exception {
    long[] sizes = {JOBS / 10, JOBS, 10L * JOBS};
    Map<String, Subject> subjects = new LinkedHashMap<>();
    subjects.put(LIMIT, QueueRow::limit);
    subjects.put(OURS, QueueRow::ours);
    Map<String, double[]> micros = new LinkedHashMap<>();
    try (Databases database = Databases.postgres()) {
      for (Map.Entry<String, Subject> subject : subjects.entrySet()) {
        subject.getValue().run(database, 4, new Ran(JOBS / 10)); // to warm up
        double[] costs = micros.computeIfAbsent(subject.getKey(), any -> new double[sizes.length]);
        for (int i = 0; i < sizes.length; i++) {
          Ran ran = new Ran((int) sizes[i]);
          costs[i] = subject.getValue().run(database, 4, ran) * 1e6 / sizes[i];
        }
      }
    }
    report.note("Cost of a job by how many there are, 4 threads");
    micros.forEach((name, costs) -> report.growth(name, "us", sizes, costs));
    double[] limit = micros.get(LIMIT);
    double[] ours = micros.get(OURS);
    report.atMost(
        "ours, the most jobs / the fewest, by the limit's own growth",
        ours[2] / ours[0] / (limit[2] / limit[0]),
        2);
  }

  // ---- the subjects: each begins with a table of its own ----

  private static double limit(Databases database, int threads, Ran ran) throws Exception {
    database.execute(
        "DROP TABLE IF EXISTS least_jobs",
        "CREATE TABLE least_jobs (id BIGINT PRIMARY KEY, state TEXT NOT NULL, token BIGINT,"
            + " until TIMESTAMPTZ) WITH (fillfactor = 70)",
        "CREATE INDEX ON least_jobs (id) WHERE state = 'queued'");
    database.fill(
        "INSERT INTO least_jobs (id, state) VALUES (?, 'queued')",
        ran.jobs,
        (row, i) -> row.setLong(1, i));
    List<Callable<Boolean>> loops = new ArrayList<>();
    List<Connection> connections = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      Connection connection = database.connection();
      connections.add(connection);
      PreparedStatement claim =
          connection.prepareStatement(
              """
              UPDATE least_jobs SET state = 'leased', token = 1,
                until = clock_timestamp() + interval '5 minutes'
              WHERE id = ANY (ARRAY(SELECT id FROM least_jobs WHERE state = 'queued' ORDER BY id
                LIMIT ? FOR UPDATE SKIP LOCKED)) RETURNING id
              """);
      PreparedStatement complete =
          connection.prepareStatement(
              "UPDATE least_jobs SET state = 'done' WHERE id = ? AND token = 1");
      loops.add(
          () -> {
            claim.setInt(1, BATCH);
            List<Long> batch = new ArrayList<>();
            try (ResultSet rows = claim.executeQuery()) {
              while (rows.next()) {
                batch.add(rows.getLong(1));
              }
            }
            for (long id : batch) {
              ran.job((int) id);
              complete.setLong(1, id);
              complete.executeUpdate();
            }
            return !batch.isEmpty();
          });
    }
    double seconds = drain(loops);
    for (Connection connection : connections) {
      connection.close();
    }
    return seconds;
  }

  private static double ours(Databases database, int threads, Ran ran) throws Exception {
    database.execute("DROP SCHEMA IF EXISTS jobs CASCADE");
    List<HikariDataSource> pools = new ArrayList<>();
    List<LeaseStore> nodes = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      pools.add(database.pool(threads / NODES));
      nodes.add(JdbcStore.builder(pools.get(node)).schema("jobs").open().leases());
    }
    database.fill(
        """
        INSERT INTO jobs.reliability_items
          (lane, item, state, token, attempts, queue_no, enqueued_at)
        VALUES ('jobs', ?, 'queued', 0, 0, nextval('jobs.reliability_token'), 0)
        """,
        ran.jobs,
        (row, i) -> row.setString(1, String.valueOf(i)));
    List<Callable<Boolean>> loops = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      LeaseStore store = nodes.get(thread % NODES);
      loops.add(
          () -> {
            List<Lease> batch = store.claimQueued("jobs", BATCH, Locks.REQUEST);
            for (Lease lease : batch) {
              ItemKey key = lease.key();
              ran.job(Integer.parseInt(key.item()));
              if (!(store.complete(key, lease.token(), null) instanceof Completion.Accepted)) {
                throw new IllegalStateException("not completed: " + key);
              }
            }
            return !batch.isEmpty();
          });
    }
    double seconds = drain(loops);
    pools.forEach(HikariDataSource::close);
    return seconds;
  }

  /** Each thread takes batches until there is none. */
  private static double drain(List<Callable<Boolean>> loops) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(loops.size());
    try {
      List<Callable<Boolean>> whole = new ArrayList<>();
      for (Callable<Boolean> loop : loops) {
        whole.add(
            () -> {
              boolean more = true;
              while (more) {
                more = loop.call();
              }
              return true;
            });
      }
      long start = System.nanoTime();
      for (Future<Boolean> end : pool.invokeAll(whole)) {
        end.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      pool.shutdownNow();
    }
  }

  private static double scheduler(Databases database, int threads, Ran ran) throws Exception {
    database.execute(
        "DROP TABLE IF EXISTS scheduled_tasks",
        """
        CREATE TABLE scheduled_tasks (task_name TEXT NOT NULL, task_instance TEXT NOT NULL,
          task_data BYTEA, execution_time TIMESTAMPTZ NOT NULL, picked BOOLEAN NOT NULL,
          picked_by TEXT, last_success TIMESTAMPTZ, last_failure TIMESTAMPTZ,
          consecutive_failures INT, last_heartbeat TIMESTAMPTZ, version BIGINT NOT NULL,
          priority SMALLINT, PRIMARY KEY (task_name, task_instance))
        """,
        "CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)",
        "CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
    Instant due = Instant.now().minusSeconds(60);
    database.fill(
        """
        INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
        VALUES ('job', ?, ?, false, 1)
        """,
        ran.jobs,
        (row, i) -> {
          row.setString(1, String.valueOf(i));
          row.setTimestamp(2, java.sql.Timestamp.from(due));
        });
    List<HikariDataSource> pools = new ArrayList<>();
    List<Scheduler> nodes = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      OneTimeTask<Void> task =
          Tasks.oneTime("job")
              .execute((instance, context) -> ran.job(Integer.parseInt(instance.getId())));
      pools.add(database.pool(threads / NODES + 2)); // it also polls and keeps its heart beating
      nodes.add(
          Scheduler.create(pools.get(node), task)
              .schedulerName(new SchedulerName.Fixed("node-" + node))
              .threads(threads / NODES)
              .pollUsingLockAndFetch(0.5, Math.max(4.0, 200.0 / threads))
              .pollingInterval(Duration.ofMillis(100))
              .build());
    }
    long start = System.nanoTime();
    nodes.forEach(Scheduler::start);
    if (!ran.left.await(120, TimeUnit.SECONDS)) {
      throw new IllegalStateException("db-scheduler: " + ran.left.getCount() + " jobs left");
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    nodes.forEach(Scheduler::stop);
    pools.forEach(HikariDataSource::close);
    return seconds;
  }
}
