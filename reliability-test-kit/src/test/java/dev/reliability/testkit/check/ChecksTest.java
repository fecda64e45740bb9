package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.Checks;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The usual checks, on real files and sockets. */
class ChecksTest {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final EventBus bus = EventBus.builder(runtime).build();

  @TempDir Path directory;

  @AfterEach
  void close() {
    bus.close();
    runtime.close();
  }

  private String line(DependencyCheck check) {
    Preflight preflight =
        Preflight.builder(bus)
            .attempts(1, Duration.ofMillis(1))
            .limit(Duration.ofMinutes(2)) // some resolvers of names take their time to say no
            .check("it", check)
            .build();
    List<String> lines = runtime.await(preflight.run()).lines();
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void aFileIsThereAndNotEmpty() throws IOException {
    Path full = file("full", "x");
    assertThat(line(Checks.file(full))).isEqualTo("PASS it: " + full + " is there");
    Path empty = file("empty", "");
    assertThat(line(Checks.file(empty))).isEqualTo("FAIL it: " + empty + " is empty");
    assertThat(line(Checks.file(directory)))
        .isEqualTo("FAIL it: " + directory + " is no regular file");
    Path none = directory.resolve("none");
    assertThat(line(Checks.file(none))).isEqualTo("FAIL it: " + none + " is not there");
  }

  @Test
  void ofSeveralFilesEveryOneThatIsMissingOrEmptyIsListed() throws IOException {
    Map<String, Path> files =
        Map.of(
            "docs templates", directory.resolve("docs"),
            "code templates", file("code", "x"),
            "agents", file("agents", ""));
    assertThat(line(Checks.files(files)))
        .isEqualTo(
            "FAIL it: agents ("
                + directory
                + "/agents) is empty; docs templates ("
                + directory
                + "/docs) is not there");
    file("docs", "x");
    file("agents", "x");
    assertThat(line(Checks.files(files))).isEqualTo("PASS it: all 3 files are there");
    assertThatThrownBy(() -> Checks.files(Map.of()))
        .hasMessage("files: expected at least one, got none");
  }

  @Test
  void aDirectoryIsThere() throws IOException {
    assertThat(line(Checks.directory(directory))).isEqualTo("PASS it: " + directory + " is there");
    Path file = file("file", "x");
    assertThat(line(Checks.directory(file))).isEqualTo("FAIL it: " + file + " is no directory");
    Path none = directory.resolve("none");
    assertThat(line(Checks.directory(none))).isEqualTo("FAIL it: " + none + " is not there");
  }

  @Test
  void somebodyAcceptsConnections() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
      assertThat(line(Checks.tcp("127.0.0.1", port)))
          .isEqualTo("PASS it: 127.0.0.1:" + port + " accepts connections");
    }
    assertThat(line(Checks.tcp("127.0.0.1", port)))
        .isEqualTo("FAIL it: 127.0.0.1:" + port + ": Connection refused");
    String nobody = "x".repeat(64); // longer than a name can be, so nobody is asked for it
    assertThat(line(Checks.tcp(nobody, port)))
        .isEqualTo("FAIL it: " + nobody + ":" + port + ": the name of the host cannot be resolved");
    assertThatThrownBy(() -> Checks.tcp("127.0.0.1", 65_536))
        .hasMessage("port: expected 1 to 65535, got 65536");
  }

  @Test
  void codeThatHangsIsInterruptedAndSaidToHaveHung() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    DependencyCheck hangs =
        DependencyCheck.blocking(
            context -> {
              context.output().append("asking the directory\n", true);
              attempts.incrementAndGet();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
              return CheckResult.passed("never");
            });
    Preflight preflight =
        Preflight.builder(bus)
            .attempts(1, Duration.ofMillis(1))
            .check("it", hangs, Duration.ofMillis(200))
            .build();
    assertThat(runtime.await(preflight.run()).lines())
        .containsExactly(
            "FAIL it: hung: it did not end within PT0.2S and was given up;"
                + " last output: asking the directory");
    interrupted.await();
    assertThat(attempts).hasValue(1);
  }

  /** A socket whose backlog is full answers nobody: the connect hangs. */
  @Test
  void aConnectThatHangsIsBounded() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = server.getLocalPort();
      Preflight filling =
          Preflight.builder(bus)
              .attempts(8, Duration.ofMillis(1))
              .check(
                  "it",
                  DependencyCheck.blocking(
                      context -> {
                        Checks.tcp("127.0.0.1", port).check(context).toCompletableFuture().get();
                        return CheckResult.failed("not full yet");
                      }),
                  Duration.ofMillis(300))
              .build();
      // what was accepted by the system and closed by us still fills the backlog
      assertThat(runtime.await(filling.run()).lines().get(0))
          .isEqualTo("FAIL it: hung: it did not end within PT0.3S and was given up");
    }
  }
}
