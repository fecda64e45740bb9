package dev.reliability.whatsapp.gateway;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of {@code java.net.http} and its threads, which are no others'. Follows no
 * redirections, keeps no cookies, speaks HTTP/1.1. Thread-safe.
 */
final class GatewayHttp {
  private static final Logger log = LoggerFactory.getLogger(GatewaySocket.class);
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private volatile @Nullable HttpClient client;

  GatewayHttp(String name) {
    AtomicInteger number = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              String label = "gateway-" + name + "-" + number.incrementAndGet();
              Thread thread = new Thread(null, task, label, 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(loader);
              return thread;
            });
    client =
        HttpClient.newBuilder()
            .executor(threads)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Runs what may take its time, such as a mapper's code; nothing once this is closed. What follows
   * the futures of this class is to be run here, too: the client completes them on threads of the
   * JVM's that are not for this.
   */
  void run(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException closed) {
      // whoever is closed has told everybody
    }
  }

  CompletableFuture<WebSocket> webSocket(
      URI uri, Map<String, String> headers, WebSocket.Listener listener) {
    WebSocket.Builder builder = client().newWebSocketBuilder();
    headers.forEach(builder::header);
    return builder.buildAsync(uri, listener);
  }

  /** Cancelling what is returned ends the exchange. */
  CompletableFuture<HttpResponse<String>> get(URI uri, Map<String, String> headers) {
    return exchange(HttpRequest.newBuilder(uri).GET(), headers);
  }

  /** Cancelling what is returned ends the exchange. */
  CompletableFuture<HttpResponse<String>> post(
      URI uri, Map<String, String> headers, BodyPublisher body) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri).POST(body);
    if (headers.keySet().stream()
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).equals("content-type"))) {
      builder.header("Content-Type", "application/json");
    }
    return exchange(builder, headers);
  }

  private CompletableFuture<HttpResponse<String>> exchange(
      HttpRequest.Builder builder, Map<String, String> headers) {
    headers.forEach(builder::header);
    return client().sendAsync(builder.build(), info -> new CappedText());
  }

  /**
   * Ends what is under way. What the client throws at that says nothing to anybody, and must not
   * keep others from being told.
   */
  static void giveUp(@Nullable CompletableFuture<?> exchange) {
    try {
      if (exchange != null) {
        exchange.cancel(true);
      }
    } catch (RuntimeException e) {
      log.debug("an exchange could not be cancelled", e);
    }
  }

  /** Ends a WebSocket without a word. */
  static void giveUp(WebSocket webSocket) {
    try {
      webSocket.abort();
    } catch (RuntimeException e) {
      log.debug("a WebSocket could not be aborted", e);
    }
  }

  /** Tells the other side of a WebSocket that it is closed; done when that is written. */
  static CompletableFuture<?> sayFarewell(WebSocket webSocket) {
    try {
      return webSocket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private HttpClient client() {
    HttpClient current = client;
    if (current == null) {
      throw new IllegalStateException("the socket is closed");
    }
    return current;
  }

  /**
   * Ends the threads. That of the client itself ends at once from Java 21 on; before, the client
   * can only be let go, and its thread ends once the garbage collector has found that.
   */
  void close() {
    HttpClient last = client;
    client = null;
    if (last != null) {
      shutDown(last);
    }
    threads.shutdown();
  }

  private static void shutDown(HttpClient client) {
    try {
      MethodHandle method =
          MethodHandles.publicLookup()
              .findVirtual(HttpClient.class, "shutdownNow", MethodType.methodType(void.class));
      method.invoke(client);
    } catch (NoSuchMethodException beforeJava21) {
      // nothing more can be done
    } catch (Throwable e) {
      log.warn("the HTTP client could not be shut down", e);
    }
  }
}
