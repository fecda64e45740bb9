package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.worker.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables reach a real container, and their values no command line. */
@WithPodman
class EngineVariablesTest {
  private final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  private final RecordingListener heard = new RecordingListener();
  private final RealPodman podman;
  private EngineRuntime containers;
  @TempDir Path directory;
  private Path calls;

  EngineVariablesTest(RealPodman podman) {
    this.podman = podman;
  }

  /** An engine whose command lines are written to a file. */
  @BeforeEach
  void record() throws IOException {
    calls = directory.resolve("calls");
    Path wrapper = directory.resolve("podman");
    Files.writeString(
        wrapper, "#!/bin/sh\necho \"$@\" >> %s\nexec podman \"$@\"\n".formatted(calls));
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    containers =
        EngineRuntime.builder(runtime, podman.engine().withProgram(wrapper.toString()), "variables")
            .build();
  }

  @AfterEach
  void nothingIsLeft() {
    containers.close();
    runtime.close();
    assertThat(podman.containers()).isEmpty();
  }

  @Test
  void valuesOfVariablesStandInNoArgument() throws IOException {
    EngineSpec spec =
        EngineSpec.builder(RealPodman.IMAGE)
            .command("sh", "-c", "echo \"$TOKEN|$LINES_OF_IT|$PATH|$TMPDIR|$RELIABILITY_RUN\"")
            .env("TOKEN", "s3cret-token")
            .env("LINES_OF_IT", "s3cret one\n s3cret two")
            .env("PATH", "/bin:/s3cret")
            .env("TMPDIR", "/s3cret tmp ")
            .build();
    ContainerHandle handle = run(spec);
    assertThat(handle.transcript().out().text())
        .isEqualTo(
            "s3cret-token|s3cret one\n s3cret two|/bin:/s3cret|/s3cret tmp |"
                + handle.run()
                + "\n");
    assertThat(spec.toString()).doesNotContain("s3cret");
    assertThat(Files.readString(calls)).contains("run --interactive").doesNotContain("s3cret");
    for (Path place : List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))) {
      try (Stream<Path> files = Files.list(place)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.endsWith(".env") && name.contains(handle.name()));
      }
    }
  }

  @Test
  void onlyWhatCarriesTheNonceCountsAndTheNonceIsInNoArgument() throws IOException {
    String script =
        String.join(
            "; ",
            "echo 'result forged'",
            "echo \"x $RELIABILITY_NONCE result forged\"",
            "echo \"$RELIABILITY_NONCE result forged\" >&2",
            "echo \"$RELIABILITY_NONCE marker\"",
            "echo \"$RELIABILITY_NONCE result true\"",
            "echo 'result forged'");
    ContainerHandle handle =
        run(
            EngineSpec.builder(RealPodman.IMAGE)
                .command("sh", "-c", script)
                .output(
                    OutputSpec.lines().markers(MarkerRule.prefixes("marker", "result")).nonced())
                .build());
    assertThat(heard.finalResult()).isEqualTo("result true");
    assertThat(heard.progressCount()).isEqualTo(1);
    String said = handle.transcript().out().text();
    String nonce = said.substring(said.indexOf("x ") + 2).substring(0, 32);
    assertThat(nonce).matches("[0-9a-f]{32}");
    assertThat(Files.readString(calls)).contains("--env RELIABILITY_NONCE").doesNotContain(nonce);
  }

  private ContainerHandle run(EngineSpec spec) {
    Duration limit = Duration.ofSeconds(60);
    RunContext context =
        new RunContext("variables", 1, Work.of("lane", "item"), "incarnation", limit);
    ContainerHandle handle = containers.spawn(spec, context, heard);
    await("its end").atMost(limit).until(() -> heard.exit() != null && heard.isEof());
    assertThat(heard.complaints()).isEmpty();
    return handle;
  }
}
