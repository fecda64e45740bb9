package dev.reliability.container.process;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One control group (v2) and those below it: who is inside, and their end in one step. Starts no
 * process. Thread-safe.
 *
 * @param directory where the kernel shows it
 */
record Cgroup(Path directory) {
  /** How the names of groups begin that are ours. */
  static final String PREFIX = "reliability-";

  private static final int MOST_GROUPS = 10_000;

  /** The file by which a process enters. */
  Path entrance() {
    return directory.resolve("cgroup.procs");
  }

  /** Who is inside, by pid; zombies are not. */
  List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    groups().forEach(group -> pids.addAll(pidsOf(group)));
    return pids;
  }

  private static List<Long> pidsOf(Path group) {
    try {
      return Files.readAllLines(group.resolve("cgroup.procs")).stream().map(Long::valueOf).toList();
    } catch (IOException | NumberFormatException gone) {
      return List.of();
    }
  }

  /**
   * SIGKILL to everybody inside, also to who is being forked at this moment.
   *
   * @return false if the kernel did not take it
   */
  boolean kill() {
    try (FileOutputStream kill = new FileOutputStream(directory.resolve("cgroup.kill").toFile())) {
      kill.write("1".getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  /**
   * Removes it with those below it.
   *
   * @return false if it is still there, because somebody is inside
   */
  boolean remove() {
    List<Path> groups = groups();
    for (int i = groups.size() - 1; i >= 0; i--) { // the lowest first
      File group = groups.get(i).toFile();
      if (!group.delete() && group.exists()) {
        return false;
      }
    }
    return true;
  }

  /** This group and all below it, each before those below it. */
  private List<Path> groups() {
    List<Path> groups = new ArrayList<>(List.of(directory));
    for (int i = 0; i < groups.size() && groups.size() < MOST_GROUPS; i++) {
      File[] below = groups.get(i).toFile().listFiles(File::isDirectory);
      for (File group : below == null ? new File[0] : below) {
        groups.add(group.toPath());
      }
    }
    return groups;
  }
}
