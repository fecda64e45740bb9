package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
  private static final String HOST = "127.0.0.1:8377";
  private static final Door HERE = new Door(Set.of(HOST), Set.of("proxy.example"), true);
  private static final Door ELSEWHERE = new Door(Set.of(HOST), Set.of(), false);

  private static Door.Knock look(String path, @Nullable Boolean token) {
    return new Door.Knock("GET", path, HOST, null, null, token, null, null, -1);
  }

  private static int status(Door door, Door.Knock knock) {
    Door.Refusal refusal = door.refusal(knock);
    return refusal == null ? 200 : refusal.status();
  }

  @ParameterizedTest
  @CsvSource({
    "/,                200, 200, 200",
    "/page.js,         200, 200, 200",
    "/healthz,         200, 200, 200",
    "/readyz,          200, 401, 200",
    "/metrics,         200, 401, 200",
    "/timeline,        200, 401, 200",
    "/api/status,      200, 401, 200",
    "/api/live,        200, 401, 200",
    "/api/tickets,     405, 405, 405",
    "/nothing,         404, 404, 404"
  })
  void lookingTakesTheTokenWhereOthersCanReachIt(String path, int here, int elsewhere, int with) {
    assertThat(status(HERE, look(path, null))).isEqualTo(here);
    assertThat(status(ELSEWHERE, look(path, null))).isEqualTo(elsewhere);
    assertThat(status(ELSEWHERE, look(path, true))).isEqualTo(with);
    if (elsewhere == 401) {
      assertThat(status(ELSEWHERE, look(path, false))).isEqualTo(401);
    }
  }

  /** However the rest looks, nothing is changed without all that it takes. */
  @Property
  void aChangeTakesEverything(
      @ForAll boolean here,
      @ForAll("anyOf") String method,
      @ForAll("anyOf") String host,
      @ForAll("anyOf") String origin,
      @ForAll("anyOf") String site,
      @ForAll boolean hasToken,
      @ForAll Tickets.State ticket,
      @ForAll("anyOf") String type,
      @ForAll("lengths") long length) {
    Door.Knock knock =
        new Door.Knock(
            method,
            "/api/actions",
            host,
            none(origin),
            none(site),
            hasToken,
            ticket,
            none(type),
            length);
    boolean isRight =
        method.equals("POST")
            && host.equals(HOST)
            && (origin.isEmpty() || origin.equals("http://" + HOST))
            && (site.isEmpty() || site.equals("same-origin") || site.equals("none"))
            && hasToken
            && ticket == Tickets.State.GOOD
            && type.startsWith("application/json")
            && length >= 0
            && length <= Door.MOST_BYTES;
    assertThat(status(here ? HERE : ELSEWHERE, knock) == 200).isEqualTo(isRight);
  }

  private static @Nullable String none(String value) {
    return value.isEmpty() ? null : value;
  }

  @Provide
  Arbitrary<String> anyOf() {
    return Arbitraries.of(
        "",
        "POST",
        "GET",
        HOST,
        "evil.example",
        "http://" + HOST,
        "null",
        "same-origin",
        "none",
        "cross-site",
        "application/json",
        "application/json; charset=utf-8",
        "text/plain");
  }

  @Provide
  Arbitrary<Long> lengths() {
    return Arbitraries.of(-1L, 0L, 100L, (long) Door.MOST_BYTES, 4_097L);
  }

  @ParameterizedTest
  @CsvSource({
    "proxy.example,      https://proxy.example,      200",
    "proxy.example:443,  https://proxy.example,      200",
    "127.0.0.1:8377,     https://proxy.example:8443, 200",
    "127.0.0.1:8377,     http://127.0.0.1:8377,      200",
    "proxy.example,      https://evil.example,       403",
    "proxy.example,      https://proxy.example.evil, 403",
    "proxy.example,      ftp://proxy.example,        403",
    "proxy.example.evil, https://proxy.example,      421",
    "127.0.0.1:1,        http://127.0.0.1:1,         421",
    "127.0.0.1:8377,     null,                       403"
  })
  void aProxyIsOneOfOurs(String host, String origin, int status) {
    Door.Knock knock =
        new Door.Knock("GET", "/api/status", host, origin, null, null, null, null, -1);
    assertThat(status(HERE, knock)).isEqualTo(status);
  }

  @Test
  void theHostIsAskedFirst() {
    assertThat(status(HERE, new Door.Knock("GET", "/", null, null, null, true, null, null, -1)))
        .isEqualTo(421);
  }
}
