package dev.reliability.ops.serve;

import com.google.common.net.InetAddresses;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page, its facts, meters and probes on one address, until it is closed. Thread-safe.
 */
public final class PageServer implements AutoCloseable {
  private static final List<String> OWN_NAMES = List.of("localhost", "127.0.0.1", "::1");
  private static final int MOST_HEADER_BYTES = 8 * 1024;
  private static final int THREADS = 12;
  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+|\\[[0-9a-f:.]+]");

  private final Server server;
  private final ServerConnector connector;
  private final Connections connections;
  private final Live live;
  private final PageHandler handler;

  /**
   * How it serves.
   *
   * @param address where it listens; port 0 takes any that is free
   * @param names further names that it may be asked for, without a port, such as that of a proxy,
   *     beside its address; those of all interfaces where it listens on all
   * @param token what a change takes, and on other addresses than loopback each look as well
   * @param viewers how many may watch at a time; more are asked to come back
   * @param period how often it looks while somebody watches
   */
  public record Settings(
      InetSocketAddress address, List<String> names, String token, int viewers, Duration period) {
    /** Checks what is said. */
    public Settings {
      names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
      for (String name : names) {
        if (!NAME.matcher(name).matches()) {
          throw new IllegalArgumentException(
              "host: expected a name or an address without a port, got \"" + name + "\"");
        }
      }
      if (token.length() < 16) {
        throw new IllegalArgumentException("token: expected at least 16 characters");
      }
      if (viewers < 1) {
        throw new IllegalArgumentException("viewers: expected at least 1, got " + viewers);
      }
      if (period.isNegative() || period.isZero()) {
        throw new IllegalArgumentException("period: expected more than 0, got " + period);
      }
      Objects.requireNonNull(address, "address");
    }

    /** A further name is one that others ask for it, such as that of a proxy. */
    boolean isForThisMachineAlone() {
      return isLoopback() && names.stream().allMatch(OWN_NAMES::contains);
    }

    boolean isLoopback() {
      InetAddress at = address.getAddress();
      return at != null && at.isLoopbackAddress();
    }
  }

  private PageServer(
      Server server,
      ServerConnector connector,
      Connections connections,
      Live live,
      PageHandler handler) {
    this.handler = handler;
    this.server = server;
    this.connector = connector;
    this.connections = connections;
    this.live = live;
  }

  /**
   * Starts to serve.
   *
   * @param runtime its clocks, timers and threads; must stay open as long as this
   * @throws IOException naming the address if it cannot listen there
   */
  public static PageServer start(Settings settings, Fleet fleet, ReliabilityRuntime runtime)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("reliability-http");
    threads.setDaemon(true);
    Server server = new Server(threads);
    server.setErrorHandler(PageServer::error);
    server.setStopTimeout(0); // whoever still watches is let go

    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MOST_HEADER_BYTES);
    Connections connections = new Connections(runtime);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.addBean(connections);
    connector.setHost(settings.address.getHostString());
    connector.setPort(settings.address.getPort());
    connector.setAcceptQueueSize(1_024);
    connector.setIdleTimeout(30_000);
    server.addConnector(connector);
    try {
      connector.open();
    } catch (IOException e) {
      throw new IOException("cannot listen on " + settings.address + ": " + e.getMessage(), e);
    }

    Live live = new Live(runtime, fleet, settings.period);
    Door door =
        new Door(
            hosts(settings, connector.getLocalPort()),
            Set.copyOf(settings.names),
            settings.isForThisMachineAlone());
    PageHandler handler =
        new PageHandler(
            door,
            new Secret(settings.token),
            new Tickets(runtime.randomness(), runtime.time()),
            live,
            connections,
            settings.viewers);
    server.setHandler(handler);
    PageServer serving = new PageServer(server, connector, connections, live, handler);
    try {
      server.start();
    } catch (Exception e) {
      serving.close();
      throw new IOException("cannot serve on " + settings.address + ": " + e, e);
    }
    connections.start();
    return serving;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** How many watch. */
  int viewers() {
    return handler.viewers();
  }

  private static Set<String> hosts(Settings settings, int port) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    names.add(settings.address.getHostString());
    InetAddress at = settings.address.getAddress();
    if (at != null) {
      names.add(InetAddresses.toAddrString(at));
    }
    if (settings.isLoopback() || isAny(at)) {
      names.addAll(OWN_NAMES);
    }
    if (isAny(at)) {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(own -> names.add(InetAddresses.toAddrString(own).replaceFirst("%.*", "")));
    }
    Set<String> hosts = new LinkedHashSet<>();
    for (String name : names) {
      String host = name.contains(":") ? "[" + name + "]" : name.toLowerCase(Locale.ROOT);
      hosts.add(host + ":" + port);
      if (port == 80) {
        hosts.add(host);
      }
    }
    return hosts;
  }

  private static boolean isAny(@Nullable InetAddress address) {
    return address != null && address.isAnyLocalAddress();
  }

  /** What Jetty refuses by itself, in plain words and without a hint at what it is. */
  private static boolean error(Request request, Response response, @Nullable Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    byte[] words =
        ("refused with status " + response.getStatus() + "\n").getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(words), callback);
    return true;
  }

  @Override
  public void close() {
    connections.close();
    live.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop: " + e, e);
    }
  }
}
