package dev.reliability.container.engine;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a container's variables reach it without standing in an argument, which everybody on the
 * machine can read: the command line takes the name only and finds the value in its own
 * environment. What the command line itself would heed there goes through a file that only this
 * user can read and that is removed as soon as the container is made.
 */
final class EngineVariables {
  private static final Set<String> HEEDED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TMPDIR",
          "TMP",
          "TEMP",
          "TERM",
          "LANG",
          "LANGUAGE",
          "TZ",
          "NOTIFY_SOCKET",
          "GODEBUG",
          "GOGC",
          "GOMAXPROCS",
          "GOMEMLIMIT",
          "GOTRACEBACK",
          "STORAGE_DRIVER",
          "STORAGE_OPTS",
          "REGISTRY_AUTH_FILE",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "FTP_PROXY",
          "ALL_PROXY",
          "NO_PROXY");
  private static final List<String> HEEDED_PREFIXES =
      List.of(
          "LD_",
          "LC_",
          "DOCKER_",
          "BUILDKIT_",
          "CONTAINER",
          "_CONTAINER",
          "PODMAN_",
          "BUILDAH_",
          "NERDCTL_",
          "CNI_",
          "NETAVARK_",
          "ROOTLESSKIT_",
          "XDG_",
          "DBUS_",
          "LISTEN_",
          "SSH_",
          "SSL_CERT_",
          "OTEL_",
          "RELIABILITY_");

  private EngineVariables() {}

  /** Whether the command line of an engine may heed a variable of this name. */
  static boolean isHeeded(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return HEEDED.contains(upper) || HEEDED_PREFIXES.stream().anyMatch(upper::startsWith);
  }

  /**
   * Checks a variable of a spec.
   *
   * @throws IllegalArgumentException if the name is empty, has an equals sign, a NUL character or
   *     whitespace in it or begins with {@code #}, if the value has a NUL character in it, or a
   *     line end where it must go through a file
   */
  static String require(String name, String value) {
    if (name.isEmpty()
        || name.startsWith("#")
        || name.chars()
            .anyMatch(
                c ->
                    c == '='
                        || c == '*'
                        || Character.isWhitespace(c)
                        || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "environment: expected a name without \"=\", \"*\" and whitespace, got \"" + name + "\"");
    }
    // A value may be secret, so no error shows it.
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "environment " + name + ": expected a value without NUL characters, got one");
    }
    if (isHeeded(name) && (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0)) {
      throw new IllegalArgumentException(
          "environment " + name + ": expected a value of one line for this name, got more");
    }
    return name;
  }
}
