package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What somebody on the same machine, or a page in the same browser, would try. */
@Tag("once")
class AttackTest extends Attacked {
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
}
