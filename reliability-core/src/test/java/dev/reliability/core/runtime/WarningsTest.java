package dev.reliability.core.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private final FakeRuntime runtime = new FakeRuntime();
  private final Warnings warnings = new Warnings(runtime.time());
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(log, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(before);
  }

  @Test
  void logsOneInTenSecondsAndSaysHowManyWereLeftOut() {
    for (int i = 0; i < 1000; i++) {
      warnings.warn("refused-" + i, new IllegalStateException("on purpose"));
      runtime.advance(Duration.ofMillis(10).toNanos());
    }
    warnings.warn("refused again", new IllegalStateException("on purpose"));
    String logged = log.toString(UTF_8);
    assertThat(logged)
        .contains("WARN")
        .contains("refused-0 (0 warnings")
        .contains("refused again (999 warnings");
    assertThat(logged.split("WARN", -1)).hasSize(3);
  }

  @Test
  void aLogThatFailsHurtsNobody() {
    System.setErr(
        new PrintStream(log, true, UTF_8) {
          @Override
          public void println(String line) {
            throw new IllegalStateException("the log is broken, on purpose");
          }
        });
    warnings.warn("first", new IllegalStateException("on purpose"));
    System.setErr(new PrintStream(log, true, UTF_8));
    runtime.advance(Duration.ofSeconds(10).toNanos());
    warnings.warn("second", new IllegalStateException("on purpose"));
    assertThat(log.toString(UTF_8)).contains("second (1 warnings");
  }
}
