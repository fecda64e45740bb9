package dev.reliability.container.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Within which numbers of processes mean the same: one boot of one machine, and one namespace of
 * pids. Beyond it, a pid with its start names a stranger.
 */
final class Boot {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final String ID = read();

  private Boot() {}

  /** Such as {@code e8092274-... pid:[4026531836]}; empty where the system does not tell. */
  static String id() {
    return ID;
  }

  private static String read() {
    try {
      String boot = Files.readString(BOOT).strip();
      return boot + " " + Files.readSymbolicLink(NAMESPACE);
    } catch (IOException | RuntimeException notTold) {
      return "";
    }
  }
}
