package dev.reliability.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.container.process.FenceFinder.Tried;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which fence is used is found out by trying, and a weaker one is told. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "paths and /proc of Linux")
class FenceFinderTest {
  private static final Tried WORKS = new Tried(7, "");

  private final ProcSource source = ProcSource.system();
  private final List<List<String>> tried = new ArrayList<>();
  @TempDir private Path directory;

  private FenceFinder.Trial recording(FenceFinder.Trial trial) {
    return command -> {
      tried.add(command);
      return trial.run(command);
    };
  }

  private FenceFinder finder(FenceFinder.Trial trial) {
    return new FenceFinder(source, recording(trial), path -> true);
  }

  @Test
  void aGroupIsNotTried() {
    Enclosure found = finder(command -> WORKS).find(ProcessFence.GROUP, null);
    assertThat(found.guarantee()).isEqualTo("group");
    assertThat(found.words(null)).containsExactly("/usr/bin/setsid");
    assertThat(tried).isEmpty();
  }

  @Test
  void aNamespaceIsTriedWithAPrivilegeAndThenWithout() {
    FenceFinder finder =
        finder(
            command ->
                command.contains("--user") ? WORKS : new Tried(1, "unshare: not permitted\n"));
    Enclosure found = finder.find(ProcessFence.PID_NAMESPACE, null);
    assertThat(found.guarantee()).isEqualTo("pid_namespace");
    assertThat(found.words(null)).contains("--user", "--map-current-user", "--kill-child");
    assertThat(tried).hasSize(2);
    assertThat(tried.get(0)).doesNotContain("--user");
  }

  @Test
  void whatDoesNotWorkIsReplacedByAGroupAndThatIsTold() {
    for (FenceFinder.Trial trial :
        List.<FenceFinder.Trial>of(
            command -> new Tried(1, "unshare: unshare failed: Operation not permitted\n"),
            command -> {
              throw new IOException("it did not end within five seconds");
            })) {
      ByteArrayOutputStream log = new ByteArrayOutputStream();
      PrintStream before = System.err;
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      try {
        Enclosure found = finder(trial).find(ProcessFence.PID_NAMESPACE, null);
        assertThat(found.guarantee()).isEqualTo("group");
        assertThat(found.isWrapped()).isTrue();
      } finally {
        System.setErr(before);
      }
      assertThat(log.toString(StandardCharsets.UTF_8).lines())
          .singleElement()
          .asString()
          .contains("Fence pid_namespace cannot be had here, group is used instead: ");
    }
    assertThat(tried).hasSize(4);
  }

  @Test
  void aMissingProgramIsNotTried() {
    FenceFinder finder =
        new FenceFinder(source, recording(command -> WORKS), path -> !path.endsWith("/unshare"));
    assertThat(finder.find(ProcessFence.PID_NAMESPACE, null).guarantee()).isEqualTo("group");
    assertThat(tried).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ProcessFence.class)
  void withoutSessionsThereAreOnlyDescendants(ProcessFence fence) {
    FenceFinder without =
        new FenceFinder(source, recording(command -> WORKS), path -> !path.endsWith("/setsid"));
    Enclosure found = without.find(fence, null);
    assertThat(found.guarantee()).isEqualTo("tree");
    assertThat(found.isWrapped()).isFalse();
    assertThat(tried).isEmpty();
    FenceFinder portable =
        new FenceFinder(new PortableProcs(), recording(command -> WORKS), path -> true);
    assertThat(portable.find(fence, null).guarantee()).isEqualTo("tree");
  }

  @Test
  void aShellThatDropsVariablesIsTheLastResort() {
    FenceFinder finder =
        new FenceFinder(source, recording(command -> WORKS), path -> !path.endsWith("/bash"));
    assertThat(finder.find(ProcessFence.PID_NAMESPACE, null).words(null))
        .containsSubsequence("/bin/sh", "-c");
    assertThat(finder(command -> WORKS).find(ProcessFence.PID_NAMESPACE, null).words(null))
        .containsSubsequence("/usr/bin/bash", "-p", "-c");
  }

  @Test
  void aPlaceThatIsNoControlGroupLeavesNothingBehind() throws IOException {
    // Groups can be made there, but they have no cgroup.kill.
    Path plain = Files.createDirectory(directory.resolve("plain"));
    assertThat(finder(command -> new Tried(1, "")).find(ProcessFence.CGROUP, plain).guarantee())
        .isEqualTo("group");
    assertThat(plain).isEmptyDirectory();
    Path missing = directory.resolve("missing");
    assertThat(finder(command -> WORKS).find(ProcessFence.CGROUP, missing).guarantee())
        .isEqualTo("group");
  }

  @Test
  void aRuntimeSaysWhatIsInForce() {
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        ProcessRuntime usual = ProcessRuntime.system(runtime);
        ProcessRuntime degraded =
            ProcessRuntime.builder(runtime)
                .fence(ProcessFence.CGROUP)
                .cgroupBase(directory.resolve("missing"))
                .build()) {
      assertThat(usual.guarantee()).isEqualTo("group");
      assertThat(degraded.guarantee()).isEqualTo("group");
      assertThatThrownBy(() -> ProcessRuntime.builder(runtime).cgroupBase(Path.of("a/b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("cgroupBase: expected an absolute path, got a/b");
    }
  }

  // ---- where this process's own group is ----

  private static final String HYBRID =
      "36 35 0:30 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw";
  private static final String PLAIN =
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
  private static final String INSIDE =
      "30 23 0:26 /machine/a /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate";

  @Test
  void theOwnGroupIsFoundWhereverItIsMounted() {
    assertThat(CgroupBase.own(List.of("4:memory:/x", "0::/"), List.of(HYBRID)))
        .isEqualTo(new CgroupBase(Path.of("/sys/fs/cgroup/unified/")));
    assertThat(
            CgroupBase.own(
                List.of("0::/user.slice/u.service"), List.of("1 2 0:3 / / rw - ext4 a b", PLAIN)))
        .isEqualTo(new CgroupBase(Path.of("/sys/fs/cgroup/user.slice/u.service")));
    assertThat(CgroupBase.own(List.of("0::/machine/a/b"), List.of(INSIDE)))
        .isEqualTo(new CgroupBase(Path.of("/sys/fs/cgroup/b")));
    assertThat(CgroupBase.own(List.of("0::/elsewhere"), List.of(INSIDE))).isNull();
    assertThat(CgroupBase.own(List.of("4:memory:/x"), List.of(HYBRID))).isNull();
    assertThat(CgroupBase.own(List.of("0::/"), List.of("36 35 0:30 / /x rw - cgroup cgroup rw")))
        .isNull();
  }

  @Test
  void aGroupIsNamedAfterItsRunAndTwoOfANameDoNotCollide() throws IOException {
    CgroupBase base = new CgroupBase(directory);
    assertThat(base.create("a/../b \u00e4-1").directory())
        .isEqualTo(directory.resolve("reliability-a____b__-1"));
    assertThat(base.create("same").directory()).isEqualTo(directory.resolve("reliability-same"));
    Cgroup second = base.create("same");
    assertThat(second.directory()).isEqualTo(directory.resolve("reliability-same.2"));
    assertThat(base.create("x".repeat(500)).directory().getFileName().toString())
        .hasSizeLessThan(120);
    Files.createDirectories(second.directory().resolve("below/it"));
    assertThat(second.remove()).isTrue();
    assertThat(second.directory()).doesNotExist();
    assertThat(second.remove()).isTrue();
  }
}
