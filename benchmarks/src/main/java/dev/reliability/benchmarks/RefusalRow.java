package dev.reliability.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.benchmarks.Table.Role;

/** Row k: claims in PostgreSQL that are refused, and a key for which all compete. */
final class RefusalRow implements Row {
  private static final String LIMIT = "a look, then an upsert: one prepared statement";
  private static final String SHED = "ShedLock, plain JDBC";
  private static final String OURS = "JdbcLeaseStore";

  @Override
  public String what() {
    return "PostgreSQL that waits for its disk: a claim of what another holds; one hot key";
  }

  @Override
  public void measure(Report report) throws Exception {
    for (int threads : new int[] {1, 2, 8, 32}) {
      try (Databases database = Databases.postgres()) {
        Locks locks = new Locks(database);
        HikariDataSource pool = database.pool(threads);
        Table refused =
            new Load(threads)
                .add(Role.LIMIT, LIMIT, locks.refusedLimit())
                .add(Role.PEER, SHED, locks.refusedShedLock(pool))
                .add(Role.OURS, OURS, locks.refusedOurs(pool))
                .run("Refused");
        report.table(refused);
        String at = " at " + threads;
        if (threads > 1) {
          // 40,000 a second beside a limit of 51,309 at 8 threads.
          report.atLeast("refused: limit / ours" + at, refused.ratio(LIMIT, OURS), 0.78);
          Table hot =
              new Load(threads)
                  .add(Role.PEER, SHED, locks.hotShedLock(pool))
                  .add(Role.OURS, OURS, locks.hotOurs(pool))
                  .run("Wins on one hot key, losers wait up to 1 ms");
          report.table(hot);
          report.atLeast("wins: ShedLock / ours" + at, hot.ratio(SHED, OURS), 1);
        }
      }
    }
  }
}
