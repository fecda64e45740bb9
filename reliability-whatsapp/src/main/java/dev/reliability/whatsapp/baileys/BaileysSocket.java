package dev.reliability.whatsapp.baileys;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.WhatsAppSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket on Baileys, the client library that speaks WhatsApp's own protocol, behind a small
 * bridge in Node.
 *
 * <pre>{@code
 * WhatsAppSocket socket = BaileysSocket.builder(runtime, processes, Path.of("state/whatsapp"))
 *     .baileys(Path.of("node_modules/baileys"))
 *     .listener(listener)
 *     .build();
 * LinkSupervisor link = LinkSupervisor.builder("whatsapp", socket, bus).build();
 * link.start();
 * }</pre>
 *
 * <p>Needs Node 20 or later, and the package {@code baileys} 7 ({@code npm install
 * baileys@7.0.0-rc14 --ignore-scripts}), or a bundle of it. The bridge is one process, started with
 * the first connection; it ends when this JVM does, however that ends, within five seconds. One
 * that dies or hangs is a connection that closed, and the next connection starts another.
 *
 * <p>The directory of the credentials is used by one bridge at a time. Nothing in it is ever
 * deleted but used-up keys, at the library's wish; it has the layout of Baileys' own {@code
 * useMultiFileAuthState}. Thread-safe.
 */
public final class BaileysSocket implements WhatsAppSocket {
  private final ReliabilityRuntime runtime;
  private final BaileysLink link;
  private final AtomicLong open = new AtomicLong(); // the generation that is open; 0 if none is

  private BaileysSocket(
      ReliabilityRuntime runtime,
      ProcessRuntime processes,
      BaileysOptions options,
      WhatsAppListener listener) {
    this.runtime = runtime;
    link = new BaileysLink(runtime, processes, options, listener);
  }

  /**
   * A builder with all defaults.
   *
   * @param runtime for time and timers
   * @param processes runs the bridge; closed by the caller, after this socket
   * @param authDir where the credentials are, or will be once a telephone was paired; made with
   *     mode 0700 if it is not there
   */
  public static Builder builder(
      ReliabilityRuntime runtime, ProcessRuntime processes, Path authDir) {
    return new Builder(runtime, processes, authDir);
  }

  @Override
  public void connect(long generation, LinkListener listener) {
    Objects.requireNonNull(listener, "listener");
    link.connect(generation, new Watched(generation, listener));
  }

  @Override
  public void close(long generation) {
    link.close(generation);
  }

  @Override
  public boolean probe(long generation) {
    if (open.get() != generation) {
      return false;
    }
    link.probe(generation);
    return true;
  }

  @Override
  public void send(OutgoingMessage message, Consumer<? super SendResult> result) {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(result, "result");
    link.send(message, result);
  }

  /**
   * Asks for a code to type into the telephone of that number, while a QR code is shown; the code
   * is told to {@link WhatsAppListener#pairingCode}. Does nothing if no connection is being made.
   *
   * @param phone the number with its country's code, in digits
   * @throws IllegalArgumentException if there is anything but digits
   */
  public void pair(String phone) {
    if (!phone.matches("[0-9]{5,20}")) {
      throw new IllegalArgumentException(
          "phone: expected 5 to 20 digits, the country's code first, got \"" + phone + "\"");
    }
    link.pair(phone);
  }

  /**
   * Takes this device off the account. The connection then closes for good; the credentials stay
   * where they are, and are of no use any more.
   */
  public void logout() {
    link.logout();
  }

  /** Closes what is open, and ends the bridge; waits for that, for about six seconds at most. */
  @Override
  public void close() {
    if (!runtime.isClosed()) {
      runtime.await(link.shut());
    }
  }

  /** Knows which connection is open, for probes. */
  private final class Watched implements LinkListener {
    private final long generation;
    private final LinkListener listener;

    Watched(long generation, LinkListener listener) {
      this.generation = generation;
      this.listener = listener;
    }

    @Override
    public void opened() {
      open.set(generation);
      listener.opened();
    }

    @Override
    public void activity() {
      listener.activity();
    }

    @Override
    public void pairing(boolean waits) {
      listener.pairing(waits);
    }

    @Override
    public void closed(dev.reliability.core.link.CloseReason reason) {
      open.compareAndSet(generation, 0);
      listener.closed(reason);
    }
  }

  /** Collects the settings of a socket. Not thread-safe. */
  public static final class Builder {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofHours(1);

    private final ReliabilityRuntime runtime;
    private final ProcessRuntime processes;
    private final Path authDir;
    private String name = "whatsapp";
    private String node = "node";
    private Path baileys = Path.of("node_modules", "baileys");
    private @Nullable URI url;
    private @Nullable Duration keepAlive;
    private @Nullable Duration codeLifetime;
    private Duration ping = Duration.ofSeconds(5);
    private WhatsAppListener listener = new WhatsAppListener() {};

    private Builder(ReliabilityRuntime runtime, ProcessRuntime processes, Path authDir) {
      this.runtime = Objects.requireNonNull(runtime, "runtime");
      this.processes = Objects.requireNonNull(processes, "processes");
      this.authDir = Objects.requireNonNull(authDir, "authDir");
    }

    /** A name for logs; {@code whatsapp} by default. */
    public Builder name(String value) {
      name = Objects.requireNonNull(value, "name");
      return this;
    }

    /** The program that runs the bridge; {@code node}, looked up on the path, by default. */
    public Builder node(String program) {
      node = Objects.requireNonNull(program, "node");
      return this;
    }

    /**
     * The package's directory, or one file that holds all of it; {@code node_modules/baileys} under
     * this process's directory by default.
     */
    public Builder baileys(Path value) {
      baileys = Objects.requireNonNull(value, "baileys");
      return this;
    }

    /** What to connect to, for tests and proxies; WhatsApp's own servers by default. */
    public Builder url(URI value) {
      url = Objects.requireNonNull(value, "url");
      return this;
    }

    /** Between the client library's own pings of the server, 1 h at most; 30 s by default. */
    public Builder keepAlive(Duration value) {
      keepAlive = Objects.requireNonNull(value, "keepAlive");
      return this;
    }

    /**
     * How long each QR code holds before the next one is shown; 60 s for the first and 20 s for the
     * others by default. When they have run out the link closes as {@code pairing_expired}.
     */
    public Builder codeLifetime(Duration value) {
      codeLifetime = Objects.requireNonNull(value, "codeLifetime");
      return this;
    }

    /**
     * Between pings of the bridge; 5 s by default. After three that are not answered the bridge is
     * killed, and one that misses as many believes its parent gone.
     */
    public Builder ping(Duration value) {
      ping = Objects.requireNonNull(value, "ping");
      return this;
    }

    /** Who is told of messages and codes; nobody by default. */
    public Builder listener(WhatsAppListener value) {
      listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /**
     * The socket. Nothing is started before it is connected.
     *
     * @throws IllegalArgumentException listing every setting that cannot be used
     */
    public BaileysSocket build() {
      List<String> problems = new ArrayList<>();
      between("ping", ping, problems);
      if (keepAlive != null) {
        between("keepAlive", keepAlive, problems);
      }
      if (codeLifetime != null) {
        between("codeLifetime", codeLifetime, problems);
      }
      if (name.isBlank()) {
        problems.add("name: expected one, got \"" + name + "\"");
      }
      if (node.isBlank()) {
        problems.add("node: expected a program, got \"" + node + "\"");
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a Baileys socket cannot be built: " + String.join("; ", problems));
      }
      return new BaileysSocket(
          runtime,
          processes,
          new BaileysOptions(name, authDir, node, baileys, url, keepAlive, codeLifetime, ping),
          listener);
    }

    private static void between(String what, Duration value, List<String> problems) {
      if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
        problems.add(what + ": expected " + LEAST + " to " + MOST + ", got " + value);
      }
    }
  }
}
