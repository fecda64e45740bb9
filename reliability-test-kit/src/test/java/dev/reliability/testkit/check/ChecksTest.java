package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  void whatCannotBeLookedAtIsNotSaidToBeMissing() {
    Path tooLong = directory.resolve("x".repeat(300));
    for (DependencyCheck check : List.of(Checks.file(tooLong), Checks.directory(tooLong))) {
      assertThat(line(check))
          .startsWith("FAIL it: " + tooLong + " cannot be looked at: ")
          .contains("File name too long");
    }
  }

  @Test
  void whatMayNotBeLookedAtIsNotSaidToBeMissing() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Path file = Files.writeString(closed.resolve("file"), "x");
    Files.setPosixFilePermissions(closed, Set.of());
    try {
      boolean isRoot = Files.isReadable(closed); // who may look at everything
      assertThat(line(Checks.file(file)))
          .isEqualTo(
              isRoot
                  ? "PASS it: " + file + " is there"
                  : "FAIL it: "
                      + file
                      + " cannot be looked at by this user: permission denied on the way to it");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Code that heeds no interrupt keeps its thread; one is enough. */
  @Test
  void codeThatHangsAndHeedsNoInterruptIsNotCalledAgainUntilItReturns() {
    AtomicInteger calls = new AtomicInteger();
    AtomicBoolean goesOn = new AtomicBoolean(true);
    DependencyCheck hangs =
        DependencyCheck.blocking(
            context -> {
              calls.incrementAndGet();
              while (goesOn.get()) {
                Thread.onSpinWait();
              }
              return CheckResult.passed("at last");
            });
    Preflight preflight =
        Preflight.builder(bus)
            .attempts(3, Duration.ofMillis(200))
            .check("it", hangs, Duration.ofSeconds(2))
            .build();
    String began = Instant.now().toString().substring(0, 13);
    for (int i = 0; i < 3; i++) {
      assertThat(runtime.await(preflight.run()).lines().get(0))
          .startsWith("FAIL it: hangs since " + began)
          .endsWith(": that call was given up and has not returned, so there is no other");
    }
    assertThat(calls).hasValue(1);
    goesOn.set(false);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(runtime.await(preflight.run()).lines())
                    .containsExactly("PASS it: at last"));
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
            .check("it", hangs, Duration.ofSeconds(2))
            .build();
    assertThat(runtime.await(preflight.run()).lines())
        .containsExactly(
            "FAIL it: hung: it did not end within PT2S and was given up;"
                + " last output: asking the directory");
    assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
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
