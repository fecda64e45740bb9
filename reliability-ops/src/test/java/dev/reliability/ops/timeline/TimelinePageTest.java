package dev.reliability.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.hash.Hashing;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One file that needs nothing else, whatever lanes are called. */
class TimelinePageTest {
  static final List<String> HOSTILE =
      List.of(
          "</script><script>document.title='owned'</script>",
          "<!--<script>",
          "<b onmouseover=alert(1)>bold</b>",
          "<img src=x onerror=\"document.title='owned'\">",
          "'\"`${document.title='owned'}",
          "{{data}} {{script}}",
          "\u2028 \u2029 \u0000 \ud800 \u202e reversed",
          "&lt;i&gt;");

  static Fleet hostile() {
    Fleet fleet = new Fleet();
    double at = 10;
    for (String name : HOSTILE) {
      fleet.run(name, name, at, 60, RunState.FAILED, EndReason.other(name));
      at += 20;
    }
    return fleet;
  }

  @Test
  void theSameTimelineGivesTheSameBytes() {
    assertThat(Fleet.of(20, 300).page()).isEqualTo(Fleet.of(20, 300).page());
  }

  @Test
  void noNameIsMarkup() throws IOException {
    String page = hostile().page();
    assertThat(count(page, "<script")).isEqualTo(count(new Fleet().page(), "<script"));
    assertThat(count(page, "</script")).isEqualTo(2);
    assertThat(page).doesNotContain("<!--", "<b ", "<img", "{{policy}}");
    assertThat(data(page)).matches("[\\x20-\\x7e]*").doesNotContain("<", ">", "&");
    List<String> texts = new ArrayList<>();
    for (JsonNode text : new ObjectMapper().readTree(data(page)).get("texts")) {
      texts.add(text.asText());
    }
    for (String name : HOSTILE) {
      assertThat(texts).contains(name, "other:" + name);
    }
  }

  @Test
  void notesAreDataToo() {
    String page =
        TimelinePage.of(new Fleet().timeline(), Fleet.NOW).notes(List.of("</script><b>")).html();
    assertThat(page).doesNotContain("</script><b>").contains("\\u003c/script\\u003e\\u003cb");
  }

  @Test
  void nothingIsLoadedAndOnlyItsOwnScriptRuns() {
    String page = Fleet.of(5, 50).page();
    assertThat(page)
        .doesNotContain("http:", "https:", "url(", "@import", "src=", "href=", "import(");
    assertThat(page.replaceAll("(?m)^\\s*//.*|; // .*| // .*$", "")).doesNotContain("\"//", "'//");
    assertThat(page).doesNotContain("innerHTML", "outerHTML", "insertAdjacent", "document.write");
    assertThat(page).doesNotContain("eval(", "Function(", "localStorage", "fetch(");
    Matcher policy =
        Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\"").matcher(page);
    assertThat(policy.find()).isTrue();
    assertThat(policy.group(1))
        .isEqualTo(
            "default-src 'none'; style-src '"
                + hash(between(page, "<style>", "</style>"))
                + "'; script-src '"
                + hash(between(page, "<script type=\"module\">", "</script>"))
                + "'; img-src data:; base-uri 'none'; form-action 'none'");
  }

  @Test
  void tenThousandRunsAreLessThanTwoMegabytes() {
    assertThat(Fleet.of(1_000, 10_000).page().length()).isBetween(500_000, 2_000_000);
  }

  @Test
  void theScriptIsAModuleThatGivesOneFunction() {
    assertThat(count(TimelinePage.script(), "export ")).isEqualTo(1);
    assertThat(TimelinePage.script()).contains("export function drawTimeline(element, data)");
    assertThat(TimelinePage.style()).contains("@media print", "prefers-color-scheme: dark");
  }

  private static String data(String page) {
    return between(page, "id=\"timeline-data\">", "</script>");
  }

  private static String between(String page, String from, String to) {
    int begin = page.indexOf(from) + from.length();
    return page.substring(begin, page.indexOf(to, begin));
  }

  private static String hash(String text) {
    return "sha256-"
        + Base64.getEncoder()
            .encodeToString(Hashing.sha256().hashString(text, StandardCharsets.UTF_8).asBytes());
  }

  private static int count(String page, String what) {
    return page.split(Pattern.quote(what), -1).length - 1;
  }
}
