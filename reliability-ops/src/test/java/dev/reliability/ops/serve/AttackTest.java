package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What somebody on the same machine, or a page in the same browser, would try: sent as bytes, since
 * a client of ours would refuse to send most of it.
 */
@Tag("once")
class AttackTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String BODY =
      "{\"action\":\"resume_lane\",\"assignee\":\"lane\",\"episode\":1,\"actor\":\"eve\","
          + "\"reason\":\"because\"}";

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final FakeFleet fleet = new FakeFleet();
  private PageServer server;

  @BeforeEach
  void serve() throws IOException {
    fleet.paused.put("lane", 1L);
    server = serving("127.0.0.1", 5);
  }

  @AfterEach
  void end() {
    server.close();
    runtime.close();
  }

  private PageServer serving(String address, int viewers) throws IOException {
    return PageServer.start(
        new PageServer.Settings(
            new InetSocketAddress(address, 0), List.of(), TOKEN, viewers, Duration.ofMillis(50)),
        fleet,
        runtime);
  }

  /** An answer: its status and everything. */
  private record Got(int status, String all) {
    static Got of(String all) {
      return new Got(all.startsWith("HTTP/1.1 ") ? Integer.parseInt(all.substring(9, 12)) : 0, all);
    }
  }

  private Socket connect() throws IOException {
    return new Socket("127.0.0.1", server.port());
  }

  private Got send(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return Got.of(answer(socket.getInputStream()));
    }
  }

  /** One answer: up to the length that it says, or to its end. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int length = -1;
    int head = -1;
    for (int next = in.read(); next >= 0; next = in.read()) {
      all.write(next);
      String text = all.toString(StandardCharsets.ISO_8859_1);
      if (head < 0 && text.endsWith("\r\n\r\n")) {
        head = all.size();
        String lower = text.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        length =
            at < 0 ? -1 : Integer.parseInt(lower.substring(at + 16, lower.indexOf("\r\n", at)));
      }
      if (head >= 0 && length >= 0 && all.size() >= head + length) {
        break;
      }
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  private String host() {
    return "127.0.0.1:" + server.port();
  }

  private Got get(String path, String... headers) throws IOException {
    return send(request("GET", path, "", headers));
  }

  private String request(String method, String path, String body, String... headers) {
    StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    boolean hasHost = List.of(headers).stream().anyMatch(header -> header.startsWith("Host:"));
    text.append(hasHost ? "" : "Host: " + host() + "\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      text.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length);
      text.append("\r\n");
    }
    return text.append("\r\n").append(body).toString();
  }

  private Got change(String body, String... headers) throws IOException {
    return send(request("POST", "/api/actions", body, headers));
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  private String ticket() throws IOException {
    String all = send(request("POST", "/api/tickets", "", bearer(TOKEN))).all();
    int at = all.indexOf("\"ticket\":\"") + 10;
    return all.substring(at, all.indexOf('"', at));
  }

  private void nothingWasChanged() {
    assertThat(fleet.resumed).isEmpty();
    assertThat(fleet.paused).containsKey("lane");
  }

  private static final String JSON = "Content-Type: application/json";

  @Test
  void whoeverHasTokenAndTicketChangesSomethingOnce() throws IOException {
    assertThat(change(BODY, JSON, bearer(TOKEN), "X-Ticket: " + ticket()).status()).isEqualTo(200);
    assertThat(fleet.resumed).containsExactly("lane by eve: because");
    fleet.paused.put("lane", 2L);
    String whichever = BODY.replace("\"episode\":1,", "");
    assertThat(change(whichever, JSON, bearer(TOKEN), "X-Ticket: " + ticket()).status())
        .isEqualTo(200);
  }

  // 1
  @Test
  void noToken() throws IOException {
    assertThat(change(BODY, JSON, "X-Ticket: " + ticket()).status()).isEqualTo(401);
    assertThat(send(request("POST", "/api/tickets", "")).status()).isEqualTo(401);
    nothingWasChanged();
  }

  // 2
  @Test
  void aWrongToken() throws IOException {
    for (String wrong :
        List.of("x", TOKEN + "0", TOKEN.substring(1), TOKEN.toUpperCase(Locale.ROOT), "")) {
      assertThat(change(BODY, JSON, bearer(wrong), "X-Ticket: " + ticket()).status())
          .as(wrong)
          .isEqualTo(401);
    }
    assertThat(
            change(BODY, JSON, "Authorization: Basic " + TOKEN, "X-Ticket: " + ticket()).status())
        .isEqualTo(401);
    nothingWasChanged();
  }

  // 3
  @Test
  void aTokenInTheAddressIsNone() throws IOException {
    assertThat(
            send(request(
                    "POST", "/api/actions?token=" + TOKEN, BODY, JSON, "X-Ticket: " + ticket()))
                .status())
        .isEqualTo(401);
    nothingWasChanged();
  }

  // 4
  @Test
  void aRequestThatWasRecordedAndIsSentAgain() throws IOException {
    String ticket = "X-Ticket: " + ticket();
    assertThat(change(BODY, JSON, bearer(TOKEN), ticket).status()).isEqualTo(200);
    fleet.paused.put("lane", 1L);
    fleet.resumed.clear();
    assertThat(change(BODY, JSON, bearer(TOKEN), ticket).status()).isEqualTo(409);
    nothingWasChanged();
  }

  // 5
  @Test
  void noTicketOrOneThatWasMadeUp() throws IOException {
    assertThat(change(BODY, JSON, bearer(TOKEN)).status()).isEqualTo(403);
    assertThat(change(BODY, JSON, bearer(TOKEN), "X-Ticket: " + "0".repeat(32)).status())
        .isEqualTo(403);
    nothingWasChanged();
  }

  // 6
  @Test
  void aForeignOrigin() throws IOException {
    for (String origin :
        List.of("http://evil.example", "null", "https://" + host(), "http://localhost:1")) {
      assertThat(
              change(BODY, JSON, bearer(TOKEN), "X-Ticket: " + ticket(), "Origin: " + origin)
                  .status())
          .as(origin)
          .isEqualTo(403);
    }
    assertThat(get("/api/status", "Origin: http://evil.example").status()).isEqualTo(403);
    nothingWasChanged();
  }

  // 7
  @Test
  void anotherSiteThatSendsNoOrigin() throws IOException {
    assertThat(get("/api/status", "Sec-Fetch-Site: cross-site").status()).isEqualTo(403);
    assertThat(get("/metrics", "Sec-Fetch-Site: same-site").status()).isEqualTo(403);
    assertThat(get("/", "Sec-Fetch-Site: cross-site").status()).isEqualTo(200);
  }

  // 8
  @Test
  void aNameThatLeadsHereToday() throws IOException {
    for (String host : List.of("evil.example", "evil.example:" + server.port(), "127.0.0.1:1")) {
      assertThat(get("/api/status", "Host: " + host).status()).as(host).isEqualTo(421);
      assertThat(get("/", "Host: " + host).status()).as(host).isEqualTo(421);
    }
    assertThat(get("/", "Host: " + host(), "Host: " + host()).status()).isEqualTo(400);
    assertThat(get("/api/status", "Host: LOCALHOST:" + server.port()).status()).isEqualTo(200);
  }

  // 9
  @Test
  void aFormOfAnotherPage() throws IOException {
    for (String type :
        List.of("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")) {
      assertThat(
              change(BODY, "Content-Type: " + type, bearer(TOKEN), "X-Ticket: " + ticket())
                  .status())
          .as(type)
          .isEqualTo(415);
    }
    nothingWasChanged();
  }

  // 10
  @Test
  void aQuestionWhetherAnotherOriginMaySend() throws IOException {
    Got got =
        send(
            request(
                "OPTIONS",
                "/api/actions",
                "",
                "Origin: http://evil.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,x-ticket"));
    assertThat(got.status()).isEqualTo(403);
    assertThat(got.all()).doesNotContainIgnoringCase("Access-Control-Allow");
  }

  // 11
  @Test
  void pathsThatLeadElsewhere() throws IOException {
    for (String path :
        List.of(
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc/passwd",
            "/page.js/../../secret",
            "//etc/passwd",
            "/page.js%00.html",
            "/module-info.class",
            "/dev/reliability/ops/cli/help.txt",
            "/api/actions/..;/status",
            "/\\..\\..\\etc\\passwd")) {
      Got got = get(path);
      assertThat(got.status()).as(path).isIn(400, 404);
      assertThat(got.all()).as(path).doesNotContain("root:").doesNotContain("Exception");
    }
  }

  // 12
  @Test
  void methodsThatNobodyExpects() throws IOException {
    assertThat(get("/api/actions").status()).isEqualTo(405);
    for (String method : List.of("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND")) {
      assertThat(send(request(method, "/api/status", "", bearer(TOKEN))).status())
          .as(method)
          .isIn(400, 405);
    }
    assertThat(send(request("POST", "/api/status", "{}", JSON, bearer(TOKEN))).status())
        .isEqualTo(405);
  }

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
    assertThat(
            send(request(
                    "POST",
                    "/api/actions",
                    "",
                    JSON,
                    bearer(TOKEN),
                    "X-Ticket: " + ticket(),
                    "Transfer-Encoding: chunked"))
                .status())
        .isEqualTo(411);
    assertThat(
            send(request(
                    "POST",
                    "/api/actions",
                    "",
                    JSON,
                    bearer(TOKEN),
                    "X-Ticket: " + ticket(),
                    "Content-Length: 99999999999999999999"))
                .status())
        .isEqualTo(400);
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
        .until(() -> Stream.of(sockets).filter(AttackTest::takesOneMore).count() == 0);
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

  // 18
  @Test
  void linesInAHeader() throws IOException {
    assertThat(get("/timeline?hours=1%0d%0aSet-Cookie:%20x=1").all())
        .doesNotContain("\nSet-Cookie")
        .startsWith("HTTP/1.1 400");
    assertThat(get("/timeline?hours=-1").status()).isEqualTo(400);
    assertThat(get("/timeline?hours=99999").status()).isEqualTo(400);
    assertThat(get("/timeline?hours=2").all()).contains("PT2H");
  }

  // 19
  @Test
  void bodiesThatAreNoRequest() throws IOException {
    for (String body :
        List.of(
            "nonsense",
            "[]",
            "{}",
            "{\"action\":\"resume_lane\"}",
            BODY.replace("resume_lane", "delete_all"),
            BODY.replace("\"episode\":1", "\"episode\":\"1\""),
            BODY.replace("\"episode\":1", "\"episode\":1e99"),
            BODY.replace("\"eve\"", "\" \""),
            BODY.replace("\"eve\"", "{\"a\":1}"),
            BODY.replace("{\"action\"", "{\"extra\":1,\"action\""),
            BODY.replace("{\"action\"", "{\"actor\":\"bob\",\"action\""),
            BODY + "{}",
            "[".repeat(4_000))) {
      Got got = change(body, JSON, bearer(TOKEN), "X-Ticket: " + ticket());
      assertThat(got.status()).as(body).isEqualTo(400);
      assertThat(got.all()).as(body).doesNotContain("\tat ");
    }
    nothingWasChanged();
  }

  // 20
  @Test
  void aPauseOtherThanTheOneThatWasShown() throws IOException {
    fleet.paused.put("lane", 2L);
    Got got = change(BODY, JSON, bearer(TOKEN), "X-Ticket: " + ticket());
    assertThat(got.status()).isEqualTo(409);
    assertThat(fleet.resumed).isEmpty();
  }

  // 21
  @Test
  void lanesWithMarkupStayWords() throws IOException {
    fleet.paused.put("</script><img src=x onerror=alert(1)>\"\u2028\u0000", 1L);
    Got got = get("/api/status");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.all())
        .contains("Content-Type: application/json", "X-Content-Type-Options: nosniff")
        .contains("\\u0000")
        .doesNotContain("\u0000");
    assertThat(get("/").all())
        .contains("default-src 'none'")
        .doesNotContain("onerror")
        .doesNotContain("unsafe-inline");
  }

  // 22
  @Test
  void framesAndCachesOfOthers() throws IOException {
    for (String path : List.of("/", "/api/status", "/timeline", "/metrics")) {
      assertThat(get(path).all())
          .as(path)
          .contains("X-Frame-Options: SAMEORIGIN", "Cache-Control: no-store")
          .contains("Cross-Origin-Resource-Policy: same-origin")
          .doesNotContainIgnoringCase("jetty");
    }
  }

  // 23
  @Test
  void whoeverWatchesAndDoesNotRead() throws IOException {
    try (Socket socket = connect()) {
      socket.setReceiveBufferSize(1_024);
      socket
          .getOutputStream()
          .write(request("GET", "/api/live", "").getBytes(StandardCharsets.UTF_8));
      String padding = "x".repeat(400);
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(60))
          .until(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  fleet.paused.merge("lane " + i + padding, 1L, Long::sum);
                }
                return watching() == 0;
              });
    }
    assertThat(get("/healthz").status()).isEqualTo(200);
  }

  private int watching() {
    return server.viewers();
  }
}
