package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Too much, too slowly, or two things that look like one. */
@Tag("once")
class FloodTest extends Attacked {
  // 13
  @Test
  void headersWithoutEnd() throws IOException {
    String large = "X-Large: " + "x".repeat(20_000);
    assertThat(get("/api/status", large).status()).isEqualTo(431);
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      many.add("X-" + i + ": x");
    }
    assertThat(get("/api/status", many.toArray(String[]::new)).status()).isEqualTo(431);
    assertThat(get("/" + "x".repeat(20_000)).status()).isIn(414, 431);
  }

  // 14
  @Test
  void bodiesWithoutEnd() throws IOException {
    String large = BODY.replace("because", "x".repeat(5_000));
    assertThat(change(large, JSON, bearer(TOKEN), "X-Ticket: " + ticket()).status()).isEqualTo(413);
    String ticket = "X-Ticket: " + ticket();
    String chunked = "Transfer-Encoding: chunked";
    assertThat(change("", JSON, bearer(TOKEN), ticket, chunked).status()).isEqualTo(411);
    String endless = "Content-Length: 99999999999999999999";
    assertThat(change("", JSON, bearer(TOKEN), ticket, endless).status()).isEqualTo(400);
    nothingWasChanged();
  }

  // 15 and 16
  @Test
  void headersAndABodyThatDripIn() throws IOException {
    String whole =
        request("POST", "/api/actions", BODY, JSON, bearer(TOKEN), "X-Ticket: " + ticket());
    try (Socket headers = connect();
        Socket body = connect()) {
      write(headers, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      write(body, whole.substring(0, whole.length() - BODY.length() + 1));
      assertThatTheyAreClosed(headers, body);
    }
    nothingWasChanged();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** However many bytes still come, one at a time. */
  private static void assertThatTheyAreClosed(Socket... sockets) {
    await()
        .atMost(Connections.PATIENCE.multipliedBy(2))
        .pollInterval(Duration.ofMillis(250))
        .until(() -> Stream.of(sockets).filter(FloodTest::takesOneMore).count() == 0);
  }

  private static boolean takesOneMore(Socket socket) {
    try {
      socket.getOutputStream().write('x');
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  // 17
  @Test
  void twoRequestsThatLookLikeOne() throws IOException {
    Got got =
        send(
            "POST /api/tickets HTTP/1.1\r\nHost: "
                + host()
                + "\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                + "GET /metrics HTTP/1.1\r\nHost: "
                + host()
                + "\r\n\r\n");
    assertThat(got.status()).isIn(400, 401);
    assertThat(got.all()).doesNotContain("lanes_paused");
    assertThat(get("/metrics", "Content-Length: 4", "Content-Length: 5").status()).isEqualTo(400);
  }

  // 23
  @Test
  void whoeverWatchesAndDoesNotRead() throws IOException {
    try (Socket socket = connect()) {
      socket.setReceiveBufferSize(1_024);
      socket
          .getOutputStream()
          .write(request("GET", "/api/live", "").getBytes(StandardCharsets.UTF_8));
      await().until(() -> server.viewers() == 1);
      String padding = "x".repeat(400);
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(60))
          .until(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  fleet.paused.merge("lane " + i + padding, 1L, Long::sum);
                }
                return server.viewers() == 0;
              });
    }
    assertThat(get("/healthz").status()).isEqualTo(200);
  }
}
