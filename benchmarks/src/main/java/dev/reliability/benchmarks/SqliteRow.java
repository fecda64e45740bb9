package dev.reliability.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.benchmarks.Table.Role;

/** Row m: claims in SQLite that are given back. */
final class SqliteRow implements Row {
  private static final String LIMIT = "one prepared statement each, own connection";
  private static final String SHED = "ShedLock, plain JDBC";
  private static final String OURS = "JdbcLeaseStore";

  @Override
  public String what() {
    return "SQLite, WAL, synchronous FULL: claim + release on 100 keys a thread, used again";
  }

  @Override
  public void measure(Report report) throws Exception {
    for (int threads : new int[] {1, 8}) {
      try (Databases database = Databases.sqlite()) {
        Locks locks = new Locks(database);
        HikariDataSource pool = database.pool(threads);
        Load load =
            new Load(threads)
                .add(Role.LIMIT, LIMIT, locks.limit())
                .add(Role.PEER, SHED, locks.shedLock(pool))
                .add(Role.OURS, OURS, locks.ours(pool, true));
        Table table = load.run("Claim + release");
        report.table(table);
        report.atLeast("limit / ours at " + threads, table.ratio(LIMIT, OURS), 0.95);
        if (threads > 1) {
          report.atMost("longest at " + threads + ", ms", load.longestMillis(OURS), 100);
        }
      }
    }
  }
}
