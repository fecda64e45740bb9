package dev.reliability.container.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code /proc}. Needs a file descriptor or two, which are kept for it, and no new process,
 * so it works where starting {@code kill} or {@code ps} would not. Starts are in clock ticks since
 * boot.
 */
final class ProcFs implements ProcSource {
  private static final File PROC = new File("/proc");
  private static final FileReserve RESERVE = new FileReserve();
  private static final int STAT_BYTES = 1024;
  private static final int MOST_BLOCK = 4 * 1024 * 1024;

  @Override
  public boolean knowsSessions() {
    return true;
  }

  @Override
  public ProcTable scan(Consumer<ProcStat> each) {
    RESERVE.fill();
    List<ProcStat> all = new ArrayList<>();
    byte[] buffer = new byte[STAT_BYTES];
    for (String entry : entries()) {
      ProcStat stat = read(entry, buffer);
      if (stat != null) {
        each.accept(stat);
        all.add(stat);
      }
    }
    return new ProcTable(all);
  }

  @Override
  public @Nullable ProcStat read(long pid) {
    return read(Long.toString(pid), new byte[STAT_BYTES]);
  }

  @Override
  public boolean carries(long pid, Cookie cookie) {
    return holds(block("/proc/" + pid + "/environ"), cookie.entry());
  }

  @Override
  public List<String> arguments(long pid) {
    String block = new String(block("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8);
    return block.isEmpty()
        ? List.of()
        : List.of(block.substring(0, block.length() - 1).split("\0", -1));
  }

  /** A block of texts that each end with a zero byte. */
  private static byte[] block(String file) {
    try (FileInputStream in = new FileInputStream(file)) {
      return in.readNBytes(MOST_BLOCK);
    } catch (IOException goneOrNotOurs) {
      return new byte[0];
    }
  }

  /** Whether a block has {@code wanted} among its texts. */
  private static boolean holds(byte[] block, byte[] wanted) {
    for (int i = 0; i + wanted.length <= block.length; i++) {
      if ((i == 0 || block[i - 1] == 0)
          && Arrays.equals(block, i, i + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> entries() {
    String[] names;
    do {
      names = PROC.list((dir, name) -> name.charAt(0) >= '1' && name.charAt(0) <= '9');
    } while (names == null && RESERVE.giveUp());
    if (names == null) {
      throw new IllegalStateException("/proc cannot be listed: that is not an empty table");
    }
    return List.of(names);
  }

  private static @Nullable ProcStat read(String pid, byte[] buffer) {
    File file = new File("/proc/" + pid + "/stat");
    while (true) {
      try (FileInputStream in = new FileInputStream(file)) {
        int length = in.read(buffer);
        return length > 0 ? parse(new String(buffer, 0, length, StandardCharsets.UTF_8)) : null;
      } catch (IOException failed) {
        // Everybody may read it; so if it is there, there are too many open files.
        if (!file.exists() || !RESERVE.giveUp()) {
          return null;
        }
      }
    }
  }

  /**
   * One line of {@code /proc/<pid>/stat}: the name stands in brackets and may hold anything,
   * brackets and blanks too.
   */
  static @Nullable ProcStat parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 2 || close < open) {
      return null;
    }
    String[] fields =
        line.substring(close + 1).trim().split(" ", -1); // the first is field 3, the state
    if (fields.length < 20) {
      return null;
    }
    try {
      return new ProcStat(
          Long.parseLong(line.substring(0, open).trim()),
          line.substring(open + 1, close),
          fields[0].charAt(0),
          Long.parseLong(fields[1]),
          Long.parseLong(fields[3]),
          Long.parseLong(fields[17]),
          Long.parseLong(fields[19]));
    } catch (NumberFormatException unexpected) {
      return null;
    }
  }
}
