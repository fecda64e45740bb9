package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * 10,000 want to watch, a thousand at a time while those who may go on: the others are told to come
 * back, and nobody else notices.
 */
@Tag("once")
class ManyViewersTest {
  private static final int CLIENTS = 10_000;
  private static final int AT_ONCE = 1_000;
  private static final int MAY_WATCH = 100;

  @Test
  void thoseWhoAreTooManyAreToldToComeBackAndNobodyElseNotices() throws Exception {
    FakeFleet fleet = new FakeFleet();
    List<SocketChannel> clients = new ArrayList<>();
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        PageServer server =
            PageServer.start(
                new PageServer.Settings(
                    new InetSocketAddress("127.0.0.1", 0),
                    List.of(),
                    "0123456789abcdef",
                    MAY_WATCH,
                    Duration.ofMillis(200)),
                fleet,
                runtime)) {
      String request = "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
      int watching = 0;
      int waiting = 0;
      for (int i = 0; i < CLIENTS / AT_ONCE; i++) {
        List<SocketChannel> wave = new ArrayList<>();
        for (int k = 0; k < AT_ONCE; k++) {
          wave.add(asking(server, request));
        }
        for (SocketChannel client : wave) {
          String answer = firstOf(client);
          if (answer.startsWith("HTTP/1.1 200")) {
            watching++;
            clients.add(client);
          } else {
            assertThat(answer).startsWith("HTTP/1.1 503").contains("Retry-After: 10");
            waiting++;
            client.close();
          }
        }
      }
      assertThat(watching).isEqualTo(MAY_WATCH);
      assertThat(waiting).isEqualTo(CLIENTS - MAY_WATCH);
      assertThat(status(server)).isEqualTo(200);
      for (SocketChannel client : clients) {
        client.close();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> server.viewers() == 0);
    }
  }

  private static SocketChannel asking(PageServer server, String request) throws IOException {
    SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
    client.configureBlocking(false);
    client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
    return client;
  }

  private static String firstOf(SocketChannel client) {
    ByteBuffer into = ByteBuffer.allocate(2_048);
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.read(into) < 0 || into.position() > 300);
    return new String(into.array(), 0, into.position(), StandardCharsets.UTF_8);
  }

  private static int status(PageServer server) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/api/status"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
