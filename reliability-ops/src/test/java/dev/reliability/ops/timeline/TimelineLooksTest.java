package dev.reliability.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** How it looks: light, dark and on paper. */
@Tag("once")
@Timeout(180)
class TimelineLooksTest extends TimelineInBrowser {
  private static final Path IMAGES = Path.of("..", "docs", "images");

  /** The words whose contrast is too small, each with its ratio. */
  private static final String CONTRAST =
      """
      const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const rgb = (colour, under) => {
        paint.fillStyle = under || '#ffffff';
        paint.fillRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return [...paint.getImageData(0, 0, 1, 1).data];
      };
      const light = (c) => {
        const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ratio = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
      const root = document.querySelector('.tl');
      const style = getComputedStyle(root);
      const value = (name) => style.getPropertyValue('--tl-' + name).trim();
      const bad = [];
      const look = (what, a, b, least) => { const r = ratio(a, b); if (r < least) bad.push(what + ' ' + r.toFixed(2)); };
      const under = (element) => {
        for (let e = element; e; e = e.parentElement) {
          const colour = getComputedStyle(e).backgroundColor;
          if (rgb(colour, '#000000').join() === rgb(colour, '#ffffff').join()) return rgb(colour);
        }
        return rgb('#ffffff');
      };
      let seen = 0;
      for (const element of root.querySelectorAll('*')) {
        const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (!own || !element.checkVisibility() || element.disabled) continue;
        seen++;
        look(element.className + '/' + element.tagName + ' ' + element.textContent.slice(0, 20), rgb(getComputedStyle(element).color), under(element), 4.5);
      }
      for (const family of ['ok', 'timeout', 'start', 'died', 'store', 'stopped', 'open']) {
        look(family + ' letter', rgb(value(family + '-text')), rgb(value(family)), 4.5);
        look(family + ' edge', rgb(value(family + '-edge')), rgb(value('bg')), 3);
      }
      for (const name of ['text', 'muted', 'bad', 'good']) look(name, rgb(value(name)), rgb(value('bg')), 4.5);
      for (const name of ['near', 'mark', 'process', 'pause-line', 'focus', 'accent']) look(name, rgb(value(name)), rgb(value('bg')), 3);
      look('letter on good', rgb(value('letter')), rgb(value('good')), 4.5);
      look('letter on bad', rgb(value('letter')), rgb(value('bad')), 4.5);
      return [seen].concat(bad);
      """;

  @Test
  void lightDarkAndPaperDifferAndAllCanBeRead() throws IOException {
    show(Fleet.of(4, 60).page());
    focus();
    browser.keys(Keys.ARROW_RIGHT, Keys.ENTER);
    List<String> grounds = new ArrayList<>();
    for (String look : List.of("screen light", "screen dark", "print light", "print dark")) {
      String[] words = look.split(" ");
      browser.media(words[0], words[1]);
      String paper = words[0].equals("print") ? "1" : "0";
      await()
          .until(
              () ->
                  browser
                      .text("return Math.min(1, document.querySelectorAll('.tl-sheet').length)")
                      .equals(paper));
      grounds.add(
          browser.text(
              "const s = getComputedStyle(document.querySelector('.tl'));"
                  + "return s.backgroundColor + ' ' + s.color"));
      List<?> contrast = (List<?>) browser.script(CONTRAST);
      assertThat(((Number) contrast.get(0)).intValue()).as(look).isGreaterThan(20);
      assertThat(contrast.subList(1, contrast.size())).as(look).isEmpty();
    }
    assertThat(grounds.get(0)).isEqualTo("rgb(245, 246, 248) rgb(27, 33, 48)");
    assertThat(grounds.get(1)).isEqualTo("rgb(17, 20, 27) rgb(232, 235, 242)");
    assertThat(grounds.get(2)).isEqualTo("rgb(255, 255, 255) rgb(0, 0, 0)");
    assertThat(grounds.get(3)).isEqualTo(grounds.get(2));
  }

  @Test
  void paperHasAllLanesAndTheRunsThatWereNotOk() throws IOException {
    show(few().page());
    browser.media("print", "dark");
    await().until(() -> browser.elements(".tl-sheet").count() == 1);
    assertThat(browser.element(".tl-chart").isDisplayed()).isFalse();
    assertThat(browser.element(".tl-printed h2").getText())
        .isEqualTo("Runs that did not end well: 3");
    assertThat(texts(".tl-printed tbody tr")).hasSize(3);
    browser.media("screen", "dark");
    await().until(() -> browser.element(".tl-chart").isDisplayed());
    assertThat(browser.elements(".tl-sheet")).isEmpty();
  }

  @Test
  void pictures() throws IOException {
    show(Fleet.of(14, 400).page());
    focus();
    browser.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    assertThat(browser.screenshot().length).isGreaterThan(10_000);
    if (Boolean.getBoolean("screenshots")) {
      Files.createDirectories(IMAGES);
      for (String scheme : List.of("light", "dark")) {
        browser.media("screen", scheme);
        Files.write(IMAGES.resolve("timeline-" + scheme + ".png"), browser.screenshot());
      }
    }
  }
}
