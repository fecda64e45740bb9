package dev.reliability.container.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control group in which those of the runs are made.
 *
 * @param directory where the kernel shows it
 */
record CgroupBase(Path directory) {
  private static final Path OWN = Path.of("/proc/self/cgroup");
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int LONGEST_NAME = 100;
  private static final int MOST_OF_A_NAME = 10_000;

  /** The group that this process is in; null if there are none of version 2. */
  static @Nullable CgroupBase own() {
    try {
      return own(Files.readAllLines(OWN), Files.readAllLines(MOUNTS));
    } catch (IOException notTold) {
      return null;
    }
  }

  /**
   * The group that a process is in.
   *
   * @param groups lines of its {@code /proc/<pid>/cgroup}
   * @param mounts lines of its {@code /proc/<pid>/mountinfo}
   */
  static @Nullable CgroupBase own(List<String> groups, List<String> mounts) {
    for (String group : groups) {
      if (group.startsWith("0::/")) {
        Path path = Path.of(group.substring("0::".length()));
        for (String mount : mounts) {
          String[] halves = mount.split(" - ", 2);
          String[] fields = halves[0].split(" ", -1);
          if (halves.length == 2 && halves[1].startsWith("cgroup2 ") && fields.length > 4) {
            Path root = Path.of(fields[3]);
            if (path.startsWith(root)) {
              return new CgroupBase(Path.of(fields[4]).resolve(root.relativize(path)));
            }
          }
        }
      }
    }
    return null;
  }

  /** Makes a group, named after a run. */
  Cgroup create(String run) throws IOException {
    StringBuilder plain = new StringBuilder(Cgroup.PREFIX);
    for (int i = 0; i < Math.min(run.length(), LONGEST_NAME); i++) {
      char c = run.charAt(i);
      boolean safe =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      plain.append(safe ? c : '_');
    }
    for (int i = 1; ; i++) {
      Path group = directory.resolve(i == 1 ? plain.toString() : plain + "." + i);
      try {
        return new Cgroup(Files.createDirectory(group));
      } catch (FileAlreadyExistsException taken) {
        if (i >= MOST_OF_A_NAME) {
          throw taken;
        }
      }
    }
  }
}
