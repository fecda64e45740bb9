package dev.reliability.ops.setup;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.container.process.CommandCheck;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.Checks;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Masker;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcCheck;
import dev.reliability.ops.check.HttpCheck;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes checks of what an installation declares, and holds what they need until it is closed. Not
 * thread-safe; the checks are.
 */
public final class DependencyChecks implements AutoCloseable {
  private static final String SQLITE = "jdbc:sqlite:";
  private static final int SOME = 500;
  private static final int SHORTEST_SECRET = 4; // a masker takes no shorter one

  private final ReliabilityRuntime runtime;
  private final Map<String, String> environment;
  private final List<HikariDataSource> pools = Collections.synchronizedList(new ArrayList<>());
  private final List<String> secrets = new ArrayList<>();
  private @Nullable ProcessRuntime processes;
  private @Nullable HttpClient client;

  /**
   * Nothing is opened before a check needs it.
   *
   * @param environment where passwords are
   */
  public DependencyChecks(ReliabilityRuntime runtime, Map<String, String> environment) {
    this.runtime = runtime;
    this.environment = Map.copyOf(environment);
  }

  /** The check of a dependency. */
  public DependencyCheck check(Dependency dependency) {
    Dependency.Asked asked = dependency.asked();
    if (asked instanceof Dependency.Files files) {
      return Checks.files(files.files());
    } else if (asked instanceof Dependency.Command command) {
      return command(command);
    } else if (asked instanceof Dependency.Http http) {
      return http(http);
    }
    return jdbc((Dependency.Jdbc) asked, dependency.timeout());
  }

  /** Takes the passwords that the checks use out of what they say, and what looks like secrets. */
  public Masker masker() {
    return secrets.isEmpty() ? Masker.ofDefaults() : Masker.hiding(secrets);
  }

  private DependencyCheck command(Dependency.Command command) {
    ProcessRuntime open = processes;
    if (open == null) {
      open = ProcessRuntime.system(runtime);
      processes = open;
    }
    return CommandCheck.of(open, command.words().toArray(String[]::new))
        .expecting(command.codes().stream().mapToInt(Integer::intValue).toArray());
  }

  private DependencyCheck http(Dependency.Http http) {
    HttpClient open = client;
    if (open == null) {
      open = HttpClient.newHttpClient();
      client = open;
    }
    HttpCheck check = HttpCheck.of(open, http.address());
    return http.statuses().isEmpty()
        ? check
        : check.expecting(http.statuses().stream().mapToInt(Integer::intValue).toArray());
  }

  private DependencyCheck jdbc(Dependency.Jdbc jdbc, Duration timeout) {
    String from = jdbc.passwordFrom();
    String password = from == null ? null : environment.get(from);
    if (password != null && password.length() >= SHORTEST_SECRET) {
      secrets.add(password);
    }
    if (from != null && password == null) {
      return context ->
          CompletableFuture.completedFuture(
              CheckResult.failed("the variable " + from + " is not set, and holds its password"));
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(jdbc.url());
    config.setUsername(jdbc.user());
    config.setPassword(password);
    config.setMaximumPoolSize(1);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(
        Math.max(250, timeout.toMillis() * 4 / 5)); // why, before it is late
    config.setInitializationFailTimeout(-1);
    return new Database(jdbc, config);
  }

  /** A database, whose driver is looked for when it is first asked. */
  private final class Database implements DependencyCheck {
    private final Dependency.Jdbc jdbc;
    private final HikariConfig config;
    private @Nullable JdbcCheck check;

    Database(Dependency.Jdbc jdbc, HikariConfig config) {
      this.jdbc = jdbc;
      this.config = config;
    }

    @Override
    public CompletionStage<CheckResult> check(CheckContext context) {
      String missing = missing();
      if (missing != null) {
        return CompletableFuture.completedFuture(CheckResult.failed(missing));
      }
      try {
        return open().check(context);
      } catch (RuntimeException e) {
        String why = masker().head(String.valueOf(e.getMessage()), SOME);
        return CompletableFuture.completedFuture(CheckResult.failed("no driver takes it: " + why));
      }
    }

    private synchronized JdbcCheck open() {
      JdbcCheck open = check;
      if (open == null) {
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        open = JdbcCheck.of(pool);
        String query = jdbc.query();
        open = query == null ? open : open.query(query);
        check = open;
      }
      return open;
    }

    /** To look at a file of SQLite would make it. */
    private @Nullable String missing() {
      String url = jdbc.url();
      if (!url.startsWith(SQLITE)) {
        return null;
      }
      int end = url.indexOf('?');
      String file = url.substring(SQLITE.length(), end < 0 ? url.length() : end);
      boolean inMemory = file.isEmpty() || file.startsWith(":") || file.startsWith("file:");
      return inMemory || Files.isRegularFile(Path.of(file)) ? null : file + " is not there";
    }
  }

  @Override
  public void close() {
    pools.forEach(HikariDataSource::close);
    if (processes != null) {
      processes.close();
    }
  }
}
