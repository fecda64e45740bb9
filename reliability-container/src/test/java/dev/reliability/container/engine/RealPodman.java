package dev.reliability.container.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real podman with storage of its own under a temporary directory, and one image that is made of
 * this machine's static busybox. Made once per JVM; leaves nothing behind.
 */
public final class RealPodman implements AutoCloseable {
  public static final String IMAGE = "localhost/reliability-test:1";
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> DRIVERS = List.of("overlay", "vfs");

  private final Path home;
  private final Engine engine;

  private RealPodman(Path home) {
    this.home = home;
    this.engine =
        Engine.podman()
            .withEnvironment("CONTAINERS_CONF", home.resolve("containers.conf").toString())
            .withEnvironment("CONTAINERS_STORAGE_CONF", home.resolve("storage.conf").toString());
  }

  /** Why there can be none on this machine; empty if there can. */
  static String missing() {
    for (String program : List.of("podman", "runc", "tar")) {
      if (Stream.of("/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/")
          .noneMatch(directory -> Files.isExecutable(Path.of(directory + program)))) {
        return program + " is not installed (apt-get install podman runc busybox-static)";
      }
    }
    if (!Files.isExecutable(BUSYBOX)) {
      return BUSYBOX + " is not installed (apt-get install busybox-static)";
    }
    return "root".equals(System.getProperty("user.name"))
        ? ""
        : "podman with storage of its own is set up as root only";
  }

  static RealPodman start() {
    StringBuilder problems = new StringBuilder();
    for (String driver : DRIVERS) {
      RealPodman podman = null;
      try {
        podman = new RealPodman(Files.createTempDirectory("reliability-podman-"));
        podman.setUp(driver);
        return podman;
      } catch (IOException | IllegalStateException e) {
        problems.append(driver).append(": ").append(e.getMessage()).append('\n');
        if (podman != null) {
          podman.close();
        }
      }
    }
    throw new IllegalStateException("no podman could be set up\n" + problems);
  }

  private void setUp(String driver) throws IOException {
    Files.writeString(
        home.resolve("storage.conf"),
        "[storage]\ndriver = \"%s\"\ngraphroot = \"%s/graph\"\nrunroot = \"%s/run\"\n"
            .formatted(driver, home, home));
    Files.writeString(
        home.resolve("containers.conf"),
        """
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "none"
        tmp_dir = "%s/tmp"
        [containers]
        default_ulimits = ["nofile=1024:1024","nproc=4096:4096"]
        """
            .formatted(home));
    Path root = home.resolve("root");
    for (String directory : List.of("bin", "etc", "proc", "dev", "tmp", "mnt")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.writeString(
        root.resolve("etc/passwd"), "root:x:0:0:root:/:/bin/sh\nsomebody:x:1000:1000::/:/bin/sh\n");
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    must(
        ("cd %s && chmod 755 bin/busybox && chmod 1777 tmp && for a in $(bin/busybox --list);"
                + " do [ $a = busybox ] || ln -sf busybox bin/$a; done")
            .formatted(root));
    must("tar -C %s -c . | podman import -q - %s".formatted(root, IMAGE));
    must("podman run --rm --pull=never --network none %s true".formatted(IMAGE));
  }

  /** Where its storage and settings are. */
  public Path home() {
    return home;
  }

  public Engine engine() {
    return engine;
  }

  /**
   * All containers there are, half ones and those of others too: the proof that nothing is left.
   */
  public List<String> containers() {
    return must("podman ps --all --external --format '{{.Names}} {{.Status}}'").lines().toList();
  }

  /** Processes that work for this podman: each has its storage among its arguments. */
  public List<String> processes() {
    return ProcessHandle.allProcesses()
        .map(process -> Path.of("/proc/" + process.pid() + "/cmdline"))
        .map(RealPodman::read)
        .filter(line -> line.contains(home + "/graph"))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /** Runs a line of shell with this podman's environment. */
  public String must(String line) {
    try {
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
      builder.environment().putAll(engine.environment());
      Process process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(line + ": exit code " + code + ": " + out);
      }
      return out;
    } catch (IOException e) {
      throw new IllegalStateException(line + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(line + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    try {
      must("podman rm --all --force --time 0");
      // What a test cut off half made the engine does not know, but what runs it for the engine
      // does.
      must(
          ("for c in /run/runc/*; do grep -q %s $c/state.json 2>/dev/null"
                  + " && runc delete --force ${c##*/}; done; true")
              .formatted(home));
      must("umount -R -l %s/graph/overlay 2>/dev/null; true".formatted(home));
    } catch (IllegalStateException e) {
      System.err.println("podman could not be cleaned up: " + e.getMessage());
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("podman's storage could not be removed: " + e);
    }
  }
}
