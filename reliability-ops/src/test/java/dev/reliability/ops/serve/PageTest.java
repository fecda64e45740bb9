package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.ops.browser.Browser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** The page in a real browser (requirements R1, R2). */
@Tag("once")
@Timeout(180)
class PageTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static Browser browser;

  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final FakeFleet fleet = new FakeFleet();
  private PageServer server;

  @BeforeAll
  static void open() {
    browser = Browser.open();
  }

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    fleet.paused.put("andy-developer", 3L);
    server =
        PageServer.start(
            new PageServer.Settings(
                new InetSocketAddress("127.0.0.1", 0),
                List.of(),
                TOKEN,
                10,
                Duration.ofMillis(100)),
            fleet,
            runtime);
  }

  @AfterEach
  void end() {
    server.close();
    runtime.close();
  }

  private URI page(String rest) {
    return URI.create("http://127.0.0.1:" + server.port() + "/" + rest);
  }

  private static void until(String what, Callable<Boolean> holds) {
    await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(50)).until(holds);
  }

  private void opened(String rest) {
    browser.go(URI.create("about:blank"));
    browser.go(page(rest));
    until("the badge", () -> badges() == fleet.paused.size());
  }

  private static long badges() {
    return browser.elements("#lanes .badge.amber").count();
  }

  private static void filled(String actor, String reason) {
    browser.element("#actor").sendKeys(actor);
    browser.element("#reason").sendKeys(reason);
  }

  @Test
  void theBadgeIsSeenAndAnOperatorResumesTheLane() {
    opened("#token=" + TOKEN);
    assertThat(browser.element("#lanes .badge.amber").getText()).isEqualTo("lane_paused");
    assertThat(browser.text("return location.hash + location.search")).isEmpty();
    browser.element("#lanes button").click();
    assertThat(browser.element("#token-label").isDisplayed()).isFalse();
    browser.element("#confirm").click(); // nothing is filled in
    assertThat(browser.element("#resume").isDisplayed()).isTrue();
    filled("alice", "it was mended");
    browser.element("#confirm").click();
    until("the lane", () -> badges() == 0);
    assertThat(fleet.resumed).containsExactly("andy-developer by alice: it was mended");
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void withoutTheTokenOrWithAWrongOneNothingHappens() {
    browser.go(page(""));
    browser.script("sessionStorage.clear()");
    opened("");
    browser.element("#lanes button").click();
    filled("eve", "because");
    browser.element("#confirm").click(); // the field of the token is required
    assertThat(fleet.resumed).isEmpty();
    browser.element("#token").sendKeys("a-wrong-token-of-some-length");
    browser.element("#confirm").click();
    until(
        "the refusal",
        () -> browser.element("#resume-error").getText().equals("this is not the token"));
    assertThat(fleet.resumed).isEmpty();
    assertThat(fleet.paused).containsKey("andy-developer");
    browser.element("#token").clear();
    browser.element("#token").sendKeys(TOKEN + Keys.ENTER);
    until("the lane", () -> badges() == 0);
    assertThat(fleet.resumed).hasSize(1);
  }

  @Test
  void anotherPageInTheSameBrowserCanNeitherReadNorChange() throws IOException {
    HttpServer evil = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    evil.createContext(
        "/",
        exchange -> {
          byte[] bytes = "<!doctype html><title>evil</title>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    evil.start();
    try {
      browser.go(URI.create("http://127.0.0.1:" + evil.getAddress().getPort() + "/"));
      browser.script(
          """
          const target = arguments[0];
          const body = JSON.stringify({action: "resume_lane", assignee: "andy-developer",
            episode: 3, actor: "eve", reason: "because"});
          const json = {"Content-Type": "application/json", Authorization: "Bearer " + arguments[1]};
          window.done = Promise.allSettled([
            fetch(target + "api/status").then((r) => r.text()),
            fetch(target + "api/tickets", {method: "POST", headers: json}).then((r) => r.text()),
            fetch(target + "api/actions", {method: "POST", mode: "no-cors", body}),
            fetch(target + "api/actions", {method: "POST", headers: json, body}),
          ]).then((all) => { window.came = all.map((one) => one.status + " " + (one.value || "")); });
          const frame = document.createElement("iframe");
          frame.src = target;
          document.body.append(frame);
          """,
          page("").toString(),
          TOKEN);
      until("the answers", () -> browser.script("return window.came") != null);
      assertThat(browser.text("return window.came.join(' | ')"))
          .doesNotContain("andy-developer")
          .doesNotContain("ticket")
          .startsWith("rejected ");
      assertThat(fleet.resumed).isEmpty();
      assertThat(fleet.paused).containsKey("andy-developer");
    } finally {
      evil.stop(0);
    }
  }

  @Test
  void lanesWithMarkupAreShownAsWordsAndRunNothing() {
    String hostile = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>";
    fleet.paused.clear();
    fleet.paused.put(hostile, 1L);
    opened("");
    assertThat(browser.element("#lanes td").getText()).isEqualTo(hostile);
    assertThat(browser.script("return window.pwned")).isNull();
    assertThat(browser.elements("#lanes img, #lanes script").count()).isZero();
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void aLaneIsShownAndResumedWhateverItIsCalled() {
    fleet.paused.clear();
    opened("#token=" + TOKEN);
    for (String name : List.of("__proto__", "constructor", "\u202Eenal")) {
      fleet.paused.put(name, 1L);
      until(name, () -> badges() == 1);
      assertThat(browser.element("#lanes td").getText()).isEqualTo(name);
      browser.element("#lanes button").click();
      filled("alice", "it was mended");
      browser.element("#confirm").click();
      until(name + " is resumed", () -> badges() == 0);
    }
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void theTimelineIsDrawnWithATokenOfAnotherServerAndAFailureIsTold() {
    opened("#token=not-the-token-that-it-takes");
    browser.element("#draw").click();
    until("the frame", () -> browser.element("#timeline").isDisplayed());
    assertThat(browser.element("#timeline-error").getText()).isEmpty();
    browser.script("location.hash = 'token=" + TOKEN + "'"); // put into the page that is open
    until("it is taken", () -> browser.text("return location.hash").isEmpty());
    server.close();
    browser.element("#draw").click();
    until("why", () -> !browser.element("#timeline-error").getText().isEmpty());
  }

  @Test
  void whatIsOldIsSaidToBeOldAndComesBackByItself() throws IOException {
    opened("");
    until("live", () -> browser.element("#live").getText().equals("live"));
    fleet.trouble = "the store is gone";
    until("old", () -> browser.element("#live").getText().contains("the store is gone"));
    assertThat(browser.element("#live").getAttribute("class")).isEqualTo("old");
    fleet.trouble = "";
    until("live again", () -> browser.element("#live").getText().equals("live"));
    int port = server.port();
    server.close();
    until("gone", () -> browser.element("#live").getText().matches("(?s)old: .+as of .+ ago"));
    server =
        PageServer.start(
            new PageServer.Settings(
                new InetSocketAddress("127.0.0.1", port),
                List.of(),
                TOKEN,
                10,
                Duration.ofMillis(100)),
            fleet,
            runtime);
    until("there again", () -> browser.element("#live").getText().equals("live"));
  }

  @Test
  void itCanBeReadInLightAndDark() {
    opened("");
    for (String scheme : List.of("light", "dark")) {
      browser.media("screen", scheme);
      for (String selector :
          List.of("#lanes td", "#lanes th", ".badge.amber", ".tile.amber b", "#live", "button")) {
        assertThat(browser.number(CONTRAST, selector))
            .as(scheme + " " + selector)
            .isGreaterThan(4.5);
      }
    }
    browser.media("screen", "light");
  }

  private static final String CONTRAST =
      """
      const parse = (text) => text.match(/[0-9.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map((part) => {
        const c = part / 255;
        return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
      }).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      let at = document.querySelector(arguments[0]);
      const ink = light(parse(getComputedStyle(at).color));
      let ground = [0, 0, 0, 0];
      for (; at && (ground.length === 4 && ground[3] === 0); at = at.parentElement) {
        ground = parse(getComputedStyle(at).backgroundColor);
      }
      const paper = light(ground);
      return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      """;
}
