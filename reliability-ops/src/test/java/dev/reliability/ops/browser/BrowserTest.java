package dev.reliability.ops.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The browser of the other tests sees errors: that it saw none means something. */
@Tag("once")
class BrowserTest {
  @TempDir private Path directory;

  @Test
  void theConsoleIsHeardAndThePageIsDriven() throws IOException {
    Path page =
        Files.writeString(
            directory.resolve("page.html"),
            "<!doctype html><title>one</title><style>@media print {p {color: red}}</style><p>a</p>"
                + "<script>document.title += ' two'; nonsense();</script>");
    try (Browser browser = Browser.open()) {
      browser.go(page);
      assertThat(browser.text("return document.title")).isEqualTo("one two");
      assertThat(browser.console()).anyMatch(line -> line.contains("nonsense is not defined"));
      assertThat(browser.console()).isEmpty();
      String colour = "return getComputedStyle(document.querySelector('p')).color";
      assertThat(browser.text(colour)).isEqualTo("rgb(0, 0, 0)");
      browser.media("print", "light");
      assertThat(browser.text(colour)).isEqualTo("rgb(255, 0, 0)");
    }
  }
}
