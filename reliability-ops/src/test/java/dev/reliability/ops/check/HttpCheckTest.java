package dev.reliability.ops.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services that answer, refuse, hang and talk without an end, on a real server. */
class HttpCheckTest {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final EventBus bus = EventBus.builder(runtime).build();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private String origin;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    origin = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void close() {
    server.stop(0);
    threads.shutdownNow();
    bus.close();
    runtime.close();
  }

  private PreflightReport.CheckReport check(DependencyCheck check, Duration limit) {
    Preflight preflight =
        Preflight.builder(bus).attempts(1, Duration.ofMillis(1)).check("it", check, limit).build();
    return runtime.await(preflight.run()).checks().get(0);
  }

  private String line(DependencyCheck check) {
    return check(check, Duration.ofMinutes(1)).line();
  }

  private HttpCheck get(String path) {
    return HttpCheck.of(client, URI.create(origin + path));
  }

  private void answers(String path, int status, String body) {
    on(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void on(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  @Test
  void theStatusDecides() {
    answers("/ok", 204, "");
    answers("/away", 503, "no worker is free");
    assertThat(line(get("/ok"))).isEqualTo("PASS it: GET " + origin + "/ok answered 204");
    assertThat(line(get("/away?token=abc")))
        .isEqualTo("FAIL it: GET " + origin + "/away answered 503; last output: no worker is free");
    assertThat(line(get("/away").expecting(401, 503)))
        .isEqualTo("PASS it: GET " + origin + "/away answered 503");
    assertThat(line(get("/ok").expecting(401, 503)))
        .isEqualTo("FAIL it: GET " + origin + "/ok answered 204, not one of [401, 503]");
  }

  @Test
  void aRequestOfTheHostsOwnCarriesItsHeaders() {
    on(
        "/private",
        exchange -> {
          boolean known =
              "Bearer abc123".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(known ? 200 : 401, -1);
          exchange.close();
        });
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(origin + "/private"))
            .header("Authorization", "Bearer abc123")
            .build();
    assertThat(line(HttpCheck.of(client, request))).startsWith("PASS it");
    assertThat(line(get("/private"))).startsWith("FAIL it");
  }

  @Test
  void nobodyThereIsExplained() {
    server.stop(0);
    assertThat(line(get("/ok"))).startsWith("FAIL it: GET " + origin + "/ok: no answer: ");
  }

  @Test
  void oneThatHangsIsGivenUp() {
    CountDownLatch never = new CountDownLatch(1);
    on("/hangs", exchange -> hang(never, exchange));
    PreflightReport.CheckReport report = check(get("/hangs"), Duration.ofSeconds(1));
    assertThat(report.why()).isEqualTo("hung: it did not end within PT1S and was given up");
  }

  private static void hang(CountDownLatch latch, HttpExchange exchange) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      exchange.close();
    }
  }

  @Test
  void ofABodyWithoutAnEndOnlyTheBeginningIsReadAndMasked() {
    AtomicLong written = new AtomicLong();
    on(
        "/talks",
        exchange -> {
          exchange.sendResponseHeaders(500, 0);
          byte[] line = "refused token=abc123 again\n".repeat(100).getBytes(StandardCharsets.UTF_8);
          try (OutputStream body = exchange.getResponseBody()) {
            while (true) {
              body.write(line);
              written.addAndGet(line.length);
            }
          }
        });
    PreflightReport.CheckReport report = check(get("/talks"), Duration.ofMinutes(1));
    assertThat(report.why()).isEqualTo("GET " + origin + "/talks answered 500");
    assertThat(report.lastOutput())
        .startsWith("refused token=[masked] again\nrefused token=[masked] again")
        .hasSizeLessThanOrEqualTo(2048)
        .doesNotContain("abc123");
    assertThat(written.get()).isLessThan(100_000_000L);
  }

  @Test
  void whatCannotBeAskedForIsRefused() {
    assertThatThrownBy(() -> HttpCheck.of(client, URI.create("file:///etc/hosts")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> get("/").expecting())
        .hasMessage("expecting: expected statuses from 100 to 599, got []");
    assertThatThrownBy(() -> get("/").expecting(200, 999))
        .hasMessage("expecting: expected statuses from 100 to 599, got [200, 999]");
  }
}
