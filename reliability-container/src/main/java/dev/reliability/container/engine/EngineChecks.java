package dev.reliability.container.engine;

import java.util.Set;
import java.util.regex.Pattern;

/** What the parts of a spec must look like; each error names the value and what was expected. */
final class EngineChecks {
  static final long LEAST_MEMORY = 6L * 1024 * 1024;
  static final double LEAST_CPUS = 0.01;
  static final double MOST_CPUS = 1024;
  private static final Pattern USER =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?");

  /** Arguments that would hide a container from us, or hand it to somebody else. */
  private static final Set<String> REFUSED =
      Set.of(
          "--rm",
          "--name",
          "--replace",
          "--detach",
          "--tty",
          "--cidfile",
          "--restart",
          "--help",
          "--label",
          "-l",
          "--label-file");

  /** Options of one letter each in one word, with one of {@code -d -h -t} among them. */
  private static final Pattern CLUSTER = Pattern.compile("-[dhiqtP]*[dht][dhiqtP]*");

  private EngineChecks() {}

  /** One word that a command line cannot take for an option. */
  static String word(String value, String what) {
    if (value.isEmpty()
        || value.startsWith("-")
        || value.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      throw bad(what, "one word that does not begin with \"-\"", value);
    }
    return value;
  }

  static String path(String value, String what) {
    if (!value.startsWith("/")
        || value.chars().anyMatch(c -> c == ',' || c == '"' || Character.isISOControl(c))) {
      throw bad(what, "an absolute path without commas, quotes and control characters", value);
    }
    return value;
  }

  static String tmpfsPath(String value) {
    if (value.indexOf(':') >= 0) {
      throw bad("tmpfs", "a path without colons", value);
    }
    return path(value, "tmpfs");
  }

  static String user(String value) {
    if (!USER.matcher(value).matches()) {
      throw bad("user", "a name or number, perhaps with \":\" and a group", value);
    }
    return value;
  }

  static String text(String value, String what) {
    if (value.indexOf('\0') >= 0) {
      throw bad(what, "text without NUL characters", value.replace('\0', '\u2400'));
    }
    return value;
  }

  static String argument(String value) {
    String option = value.split("=", 2)[0];
    if (REFUSED.contains(option) || CLUSTER.matcher(option).matches()) {
      throw bad(
          "engine argument", "none of " + REFUSED + ", which would hide the container", value);
    }
    return text(value, "engine argument");
  }

  static long memory(long bytes) {
    if (bytes < LEAST_MEMORY) {
      throw bad("memory", "at least " + LEAST_MEMORY + " bytes", Long.toString(bytes));
    }
    return bytes;
  }

  static double cpus(double value) {
    if (!(value >= LEAST_CPUS && value <= MOST_CPUS)) {
      throw bad("cpus", LEAST_CPUS + " to " + MOST_CPUS, Double.toString(value));
    }
    return value;
  }

  static <N extends Number> N positive(N value, String what) {
    if (value.longValue() <= 0) {
      throw bad(what, "a positive number", value.toString());
    }
    return value;
  }

  private static IllegalArgumentException bad(String what, String expected, String got) {
    return new IllegalArgumentException(what + ": expected " + expected + ", got \"" + got + "\"");
  }
}
