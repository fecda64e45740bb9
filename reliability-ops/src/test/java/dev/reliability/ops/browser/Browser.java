package dev.reliability.ops.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A Chromium without a screen, with what its console says. It needs {@code chromium} and {@code
 * chromedriver} on the {@code PATH} and downloads nothing: where they are not, the test is skipped.
 * One is opened for a class of tests, since that takes a second. Not thread-safe.
 */
public final class Browser implements AutoCloseable {
  /** It warns that it has no classes for this version's protocol, of which none are used. */
  private static final Logger ABOUT_VERSIONS = Logger.getLogger("org.openqa.selenium.devtools");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Opens one, or skips the test with the reason. */
  public static Browser open() {
    Path chromium = program("chromium", "chromium-browser", "google-chrome");
    Path driver = program("chromedriver");
    assumeTrue(chromium != null, "no chromium on the PATH");
    assumeTrue(driver != null, "no chromedriver on the PATH");
    ABOUT_VERSIONS.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--window-size=1280,900");
    LoggingPreferences console = new LoggingPreferences();
    console.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", console);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static Path program(String... names) {
    String path = System.getenv("PATH");
    for (String name : names) {
      for (String directory : (path == null ? "" : path).split(File.pathSeparator, -1)) {
        Path program = Path.of(directory, name);
        if (!directory.isEmpty() && Files.isExecutable(program)) {
          return program;
        }
      }
    }
    return null;
  }

  /** Opens a page; what the console said of the one before is forgotten. */
  public void go(URI page) {
    console();
    driver.get(page.toString());
  }

  /** The same, of a file. */
  public void go(Path page) {
    go(page.toUri());
  }

  /** Everything that the console said since it was last asked, errors and all else. */
  public List<String> console() {
    List<String> said = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      said.add(entry.getLevel() + " " + entry.getMessage());
    }
    return said;
  }

  /** What a script comes to: {@code return document.title}. */
  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** The same, as text. */
  public String text(String script, Object... arguments) {
    return String.valueOf(script(script, arguments));
  }

  /** The same, as a number. */
  public double number(String script, Object... arguments) {
    return ((Number) script(script, arguments)).doubleValue();
  }

  /** The one element. */
  public WebElement element(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  /** All elements. */
  public Stream<WebElement> elements(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream();
  }

  /** Presses keys where the focus is. */
  public void keys(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Moves the pointer to a place of the window, in CSS pixels. */
  public void point(int x, int y) {
    new Actions(driver).moveToLocation(x, y).perform();
  }

  /** How large the window is, in CSS pixels. */
  public void size(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  /**
   * As what it is shown.
   *
   * @param medium {@code screen} or {@code print}
   * @param scheme {@code light} or {@code dark}
   */
  public void media(String medium, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** A command of the browser's own protocol. */
  public Map<String, Object> command(String name, Map<String, Object> parameters) {
    return driver.executeCdpCommand(name, parameters);
  }

  /** What is to be seen, as a PNG. */
  public byte[] screenshot() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
