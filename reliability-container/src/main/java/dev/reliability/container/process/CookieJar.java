package dev.reliability.container.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who carries which cookie, as far as this process may see it: one look at all processes. */
final class CookieJar {
  private static final int MOST_ENVIRONMENT = 4 * 1024 * 1024;
  private static final String NAME = Cookie.NAME + "=";

  private CookieJar() {}

  /**
   * The living processes of a table by their cookies.
   *
   * @param wanted which cookies
   */
  static Map<String, List<ProcStat>> carriers(ProcTable table, Set<String> wanted) {
    Map<String, List<ProcStat>> carriers = new HashMap<>();
    for (ProcStat stat : table.all()) {
      String cookie = stat.isDead() ? null : cookieOf(stat.pid());
      if (cookie != null && wanted.contains(cookie)) {
        carriers.computeIfAbsent(cookie, none -> new ArrayList<>()).add(stat);
      }
    }
    return carriers;
  }

  private static @Nullable String cookieOf(long pid) {
    try (FileInputStream in = new FileInputStream("/proc/" + pid + "/environ")) {
      String environment = new String(in.readNBytes(MOST_ENVIRONMENT), StandardCharsets.UTF_8);
      int from = environment.startsWith(NAME) ? 0 : environment.indexOf("\0" + NAME) + 1;
      if (from == 0 && !environment.startsWith(NAME)) {
        return null;
      }
      int end = environment.indexOf('\0', from);
      return environment.substring(from + NAME.length(), end < 0 ? environment.length() : end);
    } catch (IOException goneOrNotOurs) {
      return null;
    }
  }
}
