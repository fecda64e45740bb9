package dev.reliability.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.benchmarks.Table.Role;

/** Row j: claims in PostgreSQL that are given back, or completed with the host's own change. */
final class LockRow implements Row {
  private static final String LIMIT = "one prepared statement each, own connection";
  private static final String SHED = "ShedLock, plain JDBC";
  private static final String DURABLE = "JdbcLeaseStore, releases durable";
  private static final String OURS = "JdbcLeaseStore";
  private static final String SHED_HOST = "ShedLock + the host's transaction";
  private static final String OURS_HOST = "JdbcLeaseStore, completed in the host's transaction";

  @Override
  public String what() {
    return "PostgreSQL that waits for its disk: claim + release on 100 keys a thread, used again";
  }

  @Override
  public void measure(Report report) throws Exception {
    for (int threads : new int[] {1, 2, 8, 32}) {
      try (Databases database = Databases.postgres()) {
        measure(report, database, threads);
      }
    }
  }

  private static void measure(Report report, Databases database, int threads) throws Exception {
    Locks locks = new Locks(database);
    HikariDataSource pool = database.pool(threads);
    Table table =
        new Load(threads)
            .add(Role.LIMIT, LIMIT, locks.limit())
            .add(Role.PEER, SHED, locks.shedLock(pool))
            .add(Role.OURS, DURABLE, locks.ours(pool, true))
            .add(Role.OURS, OURS, locks.ours(pool, false))
            .run("Claim + release");
    report.table(table);
    Table host =
        new Load(threads)
            .add(Role.PEER, SHED_HOST, locks.shedLockAndHost(pool))
            .add(Role.OURS, OURS_HOST, locks.oursAndHost(pool))
            .run("Claim, change of the host's data, end");
    report.table(host);
    String at = " at " + threads;
    report.atLeast("limit / ours, durable," + at, table.ratio(LIMIT, DURABLE), 0.95);
    report.atLeast("ShedLock / ours, durable," + at, table.ratio(SHED, DURABLE), 1);
    if (threads <= 8) {
      report.atLeast("ShedLock / ours" + at, table.ratio(SHED, OURS), 1.2);
    }
    report.atLeast("with the host: ShedLock / ours" + at, host.ratio(SHED_HOST, OURS_HOST), 1.5);
  }
}
