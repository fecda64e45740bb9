package dev.reliability.ops.cli;

import com.google.common.net.InetAddresses;
import dev.reliability.ops.analysis.Window;
import dev.reliability.ops.serve.PageServer;
import dev.reliability.ops.setup.Installation;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The page, for as long as nobody ends it (requirements R1, R2). */
@Command(
    name = "serve",
    description = {
      "Serves the operators' page, /metrics, /healthz and /readyz, until it is ended.",
      "On loopback whoever can reach it may look; changes take the token, which is",
      "printed at the start. On any other address each look takes the token too."
    })
final class ServeVerb extends Verb {
  private static final String VARIABLE = "RELIABILITY_SERVE_TOKEN";
  private static final int LONGEST_TOKEN = 512;

  /** A page that hears nothing for 15 s says so. */
  private static final Duration SELDOMEST = Duration.ofSeconds(10);

  @Mixin SetupOptions setup = new SetupOptions();

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Where it listens (default: ${DEFAULT-VALUE}); any but loopback takes a token.")
  String address = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8377",
      description = "Its port (default: ${DEFAULT-VALUE}); 0 for any that is free.")
  int port = 8377;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "A further name that it is asked for, such as that of a proxy; repeatable.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = {
        "Whose first line is the token, at least 16 characters; else the variable",
        "RELIABILITY_SERVE_TOKEN; else, on loopback, one is made up."
      })
  @Nullable Path tokenFile;

  @Option(
      names = "--viewers",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many may watch at a time (default: ${DEFAULT-VALUE}).")
  int viewers = 100;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      defaultValue = "1s",
      converter = Values.Span.class,
      description =
          "How often it looks while somebody watches (default: ${DEFAULT-VALUE}, at most 10s).")
  Duration every = Duration.ofSeconds(1);

  @Override
  boolean makesReport() {
    return false;
  }

  @Override
  List<String> useless() {
    return List.of("--env", "--events", "--now", "--json", "--json-out");
  }

  @Override
  Report report(Workplace workplace) {
    if (workplace.isNowGiven()) {
      throw CommandException.usage("--now: the page shows what is now, and takes no other time");
    }
    if (common.events) {
      throw CommandException.usage("--events: the page follows the journal's files alone");
    }
    if (setup.env != null) {
      throw CommandException.usage("--env: the page goes by no settings, got " + setup.env);
    }
    checkStore();
    if (common.json || common.jsonOut != null) {
      throw CommandException.usage("--json: the page makes no report; ask /api/status");
    }
    for (Path journal : common.journals) {
      if (!Files.isDirectory(journal)) {
        throw CommandException.usage("there is no journal in " + journal + " (--journal)");
      }
    }
    if (every.isNegative() || every.isZero() || every.compareTo(SELDOMEST) > 0) {
      throw CommandException.usage(
          "--every: expected more than 0 and at most " + SELDOMEST + ", got " + every);
    }
    InetSocketAddress at = at();
    String given = givenToken();
    if (given == null && !at.getAddress().isLoopbackAddress()) {
      throw CommandException.usage(
          "--address "
              + address
              + " can be reached from elsewhere, so it takes a token: expected --token-file FILE,"
              + " or the variable "
              + VARIABLE);
    }
    String token = given == null ? workplace.runtime().randomness().nonce("token", "serve") : given;
    Installation installation = setup.installation(workplace);
    workplace.reopenIfReplaced();
    ServedFleet fleet = new ServedFleet(workplace, installation, back -> timeline(workplace, back));
    PageServer.Settings settings;
    try {
      settings = new PageServer.Settings(at, hosts, token, viewers, every);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
    try (PageServer server = PageServer.start(settings, fleet, workplace.runtime())) {
      String url =
          "http://" + InetAddresses.toUriString(at.getAddress()) + ":" + server.port() + "/";
      tell("serving " + url + " until it is ended");
      if (given == null) {
        tell("open " + url + "#token=" + token);
      }
      untilEnded(workplace, server);
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("url", url);
      return Report.of("serve", List.of("ended"), summary);
    } catch (IOException e) {
      throw CommandException.unknown(String.valueOf(e.getMessage()));
    }
  }

  /** A store that does not answer may do so later; one without a driver never will. */
  private void checkStore() {
    try {
      if (common.store != null) {
        DriverManager.getDriver(common.store);
      }
    } catch (SQLException e) {
      throw CommandException.usage(
          "--store: expected jdbc:postgresql:... or jdbc:sqlite:..., got one that has no driver");
    }
  }

  private static byte[] timeline(Workplace workplace, Duration back) {
    Instant now = workplace.runtime().time().wall();
    return TimelineVerb.page(workplace, Window.before(now, back), now)
        .getBytes(StandardCharsets.UTF_8);
  }

  private void tell(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private static void untilEnded(Workplace workplace, PageServer server) {
    CompletableFuture<Void> ending = new CompletableFuture<>();
    Thread hook =
        new Thread(
            () -> {
              server.close();
              workplace.finish();
              ending.complete(null);
            },
            "reliability: end");
    Runtime.getRuntime().addShutdownHook(hook);
    workplace.runtime().await(ending);
  }

  private InetSocketAddress at() {
    if (port < 0 || port > 65_535) {
      throw CommandException.usage("--port: expected 0 to 65535, got " + port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw CommandException.usage(
          "--address: expected an address of this machine, got " + address);
    }
  }

  private @Nullable String givenToken() {
    if (tokenFile == null) {
      return checked(System.getenv(VARIABLE), VARIABLE);
    }
    try (InputStream in = Files.newInputStream(tokenFile)) {
      String text = new String(in.readNBytes(2 * LONGEST_TOKEN), StandardCharsets.UTF_8);
      return checked(text.lines().findFirst().orElse(""), "--token-file " + tokenFile);
    } catch (IOException e) {
      throw CommandException.usage("--token-file " + tokenFile + " cannot be read: " + e);
    }
  }

  private static @Nullable String checked(@Nullable String token, String from) {
    if (token != null && !token.strip().matches("[!-~]{16," + LONGEST_TOKEN + "}")) {
      throw CommandException.usage(
          from
              + ": expected a token of 16 to "
              + LONGEST_TOKEN
              + " letters, digits and signs of ASCII, without a blank");
    }
    return token == null ? null : token.strip();
  }
}
