package dev.reliability.ops.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.ops.browser.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, in which nothing is complained of and nothing loaded from elsewhere.
 */
abstract class TimelineInBrowser {
  @SuppressWarnings("NullAway.Init")
  static Browser browser;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    browser = Browser.open();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void plain() {
    browser.size(1280, 1000);
    browser.media("screen", "light");
  }

  @AfterEach
  void nobodyComplained() {
    assertThat(browser.console()).isEmpty();
    Object loaded = browser.script("return performance.getEntriesByType('resource').length");
    assertThat(loaded).as("loaded from elsewhere").isEqualTo(0L);
  }

  void show(String page) throws IOException {
    browser.go(Files.writeString(directory.resolve("page.html"), page));
  }

  /** Two lanes, four runs. */
  static Fleet few() {
    return new Fleet()
        .run("andy", "one", 10, 60, RunState.DONE, EndReason.COMPLETED)
        .run("andy", "two", 30, 600, RunState.FAILED, EndReason.NO_OUTPUT_TIMEOUT)
        .run("bert", "three", 50, 60, RunState.FAILED, EndReason.EXIT_NONZERO)
        .open("bert", "four", 200)
        .close(620, 1);
  }

  static String data(String name) {
    return browser.text("return document.getElementById('timeline').dataset." + name);
  }

  static void focus() {
    browser.script("document.querySelector('.tl-chart').focus()");
  }

  static List<String> texts(String selector) {
    return browser
        .elements(selector)
        .map(element -> element.getText().replaceAll("(?<=[^a-z ])\\n|\\n(?=[0-9])", ""))
        .map(text -> text.replace("\n", ""))
        .toList();
  }
}
