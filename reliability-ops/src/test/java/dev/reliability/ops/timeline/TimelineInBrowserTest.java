package dev.reliability.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What is drawn, and what keys and the pointer do. */
@Tag("once")
@Timeout(180)
class TimelineInBrowserTest extends TimelineInBrowser {
  private static double span() {
    String[] view = data("view").split(" ");
    return Double.parseDouble(view[1]) - Double.parseDouble(view[0]);
  }

  private static String live() {
    return browser.text("return document.querySelector('.tl-live').textContent");
  }

  // ---- what is drawn ----

  @Test
  void everyRunIsDrawnCountedAndInTheTable() throws IOException {
    show(few().page());
    assertThat(data("runs")).isEqualTo("4");
    assertThat(data("drawn")).isEqualTo("4");
    assertThat(texts(".tl-sum li"))
        .containsExactly("4 runs", "1 ok", "2 failed", "1 without an end", "2 lanes");
    assertThat(texts(".tl-legend li"))
        .containsExactly("Ccompleted1", "Nno output timeout1", "Xexit nonzero1", "…no end told1");
    assertThat(texts(".tl-runs tbody tr")).hasSize(4).allMatch(row -> row.contains("#"));
    assertThat(browser.element(".tl-together").getText())
        .contains("1 run without output, 1 with a close of the link within ±2 min");
  }

  @Test
  void aWindowInWhichNothingHappenedSaysSo() throws IOException {
    show(new Fleet().page());
    assertThat(browser.element(".tl-nothing").getText())
        .isEqualTo("Nothing happened from 2026-11-22 00:00:00.000 to 2026-11-23 00:00:00.000 UTC.");
    assertThat(
            browser.number(
                "return document.querySelector('.tl-chart').getBoundingClientRect().height"))
        .as("as much room as it takes to say so")
        .isGreaterThan(100);
    focus();
    browser.keys(Keys.ARROW_RIGHT, Keys.ENTER, Keys.ESCAPE, "+", "-", "0");
    assertThat(data("drawn")).isEqualTo("0");
  }

  @Test
  void namesAreTextAndNeverRun() throws IOException {
    show(TimelinePageTest.hostile().page());
    assertThat(browser.text("return document.title")).isEqualTo("Timeline - reliability");
    assertThat(
            browser.script("return document.querySelectorAll('main b b, main img, main i').length"))
        .isEqualTo(0L);
    List<?> lanes =
        (List<?>)
            browser.script(
                "return [...document.querySelectorAll('.tl-runs td:nth-child(2)')]"
                    + ".map(cell => encodeURIComponent(cell.textContent.toWellFormed()))");
    assertThat(lanes).hasSize(TimelinePageTest.HOSTILE.size());
    assertThat(lanes.get(0).toString()).startsWith("%3C%2Fscript%3E%3Cscript%3E");
    focus();
    browser.keys(Keys.ARROW_RIGHT, Keys.ENTER);
    assertThat(browser.element(".tl-details").isDisplayed()).isTrue();
    assertThat(browser.text("return document.title")).isEqualTo("Timeline - reliability");
  }

  // ---- keys and pointer ----

  @Test
  void keysGoFromRunToRunAndTellTheEvents() throws IOException {
    show(few().page());
    focus();
    browser.keys(Keys.ARROW_RIGHT);
    assertThat(data("selected")).isEqualTo("r-andy-one");
    assertThat(live()).contains("andy, 1 of 2", "one", "State done", "#1,", "#10.");
    browser.keys(Keys.ARROW_RIGHT);
    assertThat(data("selected")).isEqualTo("r-andy-two");
    assertThat(live()).contains("no_output_timeout", "nearest close or reconnect", "before");
    browser.keys(Keys.ARROW_RIGHT);
    assertThat(data("selected")).as("the last stays").isEqualTo("r-andy-two");
    browser.keys(Keys.ARROW_DOWN);
    assertThat(data("selected")).isEqualTo("r-bert-three");
    browser.keys(Keys.END);
    assertThat(data("selected")).isEqualTo("r-bert-four");
    assertThat(live()).contains("nobody told of an end");
    browser.keys(Keys.HOME);
    assertThat(data("selected")).isEqualTo("r-bert-three");
    browser.keys(Keys.ARROW_UP, Keys.ARROW_UP);
    assertThat(live()).startsWith("link whatsapp");
    browser.keys(Keys.ENTER);
    WebElement details = browser.element(".tl-details");
    assertThat(details.isDisplayed()).isTrue();
    assertThat(details.getText()).contains("Link", "link.", "20261122T000000Z-0a1b2c3d#");
    browser.keys(Keys.ESCAPE);
    assertThat(details.isDisplayed()).isFalse();
    browser.keys(Keys.ENTER);
    browser.element(".tl-details button").click();
    assertThat(details.isDisplayed()).isFalse();
    browser.keys(Keys.ENTER);
    assertThat(details.isDisplayed()).as("the keys are the picture's again").isTrue();
  }

  @Test
  void plusAndMinusZoomAndNoughtShowsAll() throws IOException {
    show(few().page());
    focus();
    double all = span();
    browser.keys("+", "+");
    await().until(() -> span() < all / 2);
    browser.keys("-");
    await().until(() -> span() > all / 2 && span() < all);
    String before = data("view");
    browser.keys(Keys.chord(Keys.SHIFT, Keys.ARROW_RIGHT));
    await().until(() -> !data("view").equals(before));
    browser.keys("0");
    await().until(() -> span() == all);
  }

  @Test
  void thePointerShowsWhatIsUnderIt() throws IOException {
    show(few().page());
    List<?> place =
        (List<?>)
            browser.script(
                """
                const canvas = document.querySelector('.tl-scroller canvas');
                const box = canvas.getBoundingClientRect();
                const ctx = canvas.getContext('2d');
                ctx.fillStyle = getComputedStyle(document.querySelector('.tl')).getPropertyValue('--tl-died');
                const wanted = ctx.fillStyle;
                const hex = (n) => n.toString(16).padStart(2, '0');
                const image = ctx.getImageData(0, 0, canvas.width, canvas.height).data;
                for (let y = 0; y < canvas.height; y++) {
                  for (let x = 0; x < canvas.width - 10; x++) {
                    const at = (y * canvas.width + x) * 4;
                    if ('#' + hex(image[at]) + hex(image[at + 1]) + hex(image[at + 2]) === wanted) {
                      return [Math.round(box.left + x + 3), Math.round(box.top + y + 3)];
                    }
                  }
                }
                return null;
                """);
    assertThat(place).as("a bar in the colour of exit_nonzero").isNotNull();
    int x = ((Number) place.get(0)).intValue();
    int y = ((Number) place.get(1)).intValue();
    browser.point(x, y);
    WebElement tip = browser.element(".tl-tip");
    await().until(tip::isDisplayed);
    assertThat(tip.getText()).contains("three", "bert", "exit_nonzero", "run.ended", "#");
    browser.point(x, 5);
    await().until(() -> !tip.isDisplayed());
  }

  @Test
  void filtersHoldForChartAndTable() throws IOException {
    show(few().page());
    browser.element(".tl-legend li:nth-child(2) button").click();
    assertThat(texts(".tl-runs tbody tr")).hasSize(1).first().asString().contains("two");
    browser.element(".tl-legend li:nth-child(2) button").click();
    browser.element(".tl-tools input[type=search]").sendKeys("BERT");
    await().until(() -> data("drawn").equals("2"));
    assertThat(texts(".tl-runs tbody tr")).hasSize(2);
    browser.element(".tl-tools input[type=checkbox]").click();
    assertThat(texts(".tl-runs tbody tr")).hasSize(2);
    browser.element(".tl-runs tbody tr:first-child .tl-link").click();
    assertThat(data("selected")).isEqualTo("r-bert-three");
    assertThat(browser.element(".tl-details").getText()).contains("exit_nonzero", "run.queued");
  }

  @Test
  void tenThousandRunsInAThousandLanesAnswer() throws IOException {
    show(Fleet.of(1_000, 10_000).page());
    assertThat(data("runs")).isEqualTo("10012");
    assertThat(Integer.parseInt(data("drawn"))).as("only what is to be seen").isBetween(10, 1_000);
    focus();
    browser.keys(Keys.ARROW_RIGHT);
    await().until(() -> live().startsWith("worker-0000"));
    browser.keys(Keys.PAGE_DOWN, Keys.PAGE_DOWN, Keys.PAGE_DOWN);
    await().until(() -> live().startsWith("worker-0030"));
    assertThat(browser.number("return document.querySelector('.tl-scroller').scrollTop"))
        .isPositive();
    assertThat(browser.element(".tl-pages").getText()).isEqualTo("1–50 of 10,012 runs");
    browser.elements(".tl-pager button").toList().get(1).click();
    assertThat(browser.element(".tl-pages").getText()).isEqualTo("51–100 of 10,012 runs");
  }

  @Test
  void anUpdateKeepsTheViewAndWhatIsSelected() throws IOException {
    String page =
        "<!doctype html><meta charset=utf-8><style>"
            + TimelinePage.style()
            + "</style><main id=timeline class=tl></main><script type=module>"
            + TimelinePage.script()
            + "\nconst before = "
            + TimelinePage.of(few().timeline(), Fleet.NOW).data()
            + ";\nconst after = "
            + TimelinePage.of(
                    few().run("carl", "five", 70, 9, RunState.DONE, EndReason.COMPLETED).timeline(),
                    Fleet.NOW)
                .data()
            + ";\nconst chart = drawTimeline(document.getElementById('timeline'), before);"
            + "\nwindow.addEventListener('message',"
            + " (event) => event.data === 'end' ? chart.destroy() : chart.update(after));</script>";
    show(page);
    focus();
    browser.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, "+", "+");
    await().until(() -> span() < 400_000);
    double before = span();
    browser.script("window.postMessage('more', '*')");
    await().until(() -> data("runs").equals("5"));
    assertThat(span()).isEqualTo(before);
    browser.keys(Keys.ARROW_LEFT);
    assertThat(data("selected")).as("from where it was").isEqualTo("r-andy-one");
    browser.script("window.postMessage('end', '*')");
    await().until(() -> browser.elements("#timeline > *").findAny().isEmpty());
  }
}
