package dev.reliability.container.process;

import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the kinds of failed starts apart by what the JDK says of them. */
final class SpawnErrors {
  /** {@code error=2,} in JDK 17, {@code error: 2 (} in later ones. */
  private static final Pattern NUMBER = Pattern.compile("error[:=] ?(\\d+)");

  private SpawnErrors() {}

  /** What was thrown, as a failure; {@code about} names the value it was about. */
  static SpawnFailure classify(Throwable thrown, String about) {
    String said = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    return new SpawnFailure(kind(thrown, said), about + ": " + said);
  }

  /** What a wrapper said when it could not become the program. */
  static SpawnFailure ofWrapper(int code, String said, String about) {
    Kind kind = Kind.COMMAND_NOT_FOUND;
    if (said.startsWith("unshare:") || said.startsWith("fence:")) {
      kind =
          Kind.ADAPTER_ERROR; // not tried again: it might be the worker's own complaint after all
    } else if (said.contains("Permission denied")) {
      kind = Kind.PERMISSION_DENIED;
    } else if (said.contains("Argument list too long")) {
      kind = Kind.ARGUMENTS_TOO_LONG;
    } else if (code == 126) {
      kind = Kind.NOT_EXECUTABLE;
    }
    return new SpawnFailure(kind, about + ": " + said.strip());
  }

  private static Kind kind(Throwable thrown, String said) {
    if (thrown instanceof OutOfMemoryError) {
      return Kind.NO_RESOURCES; // heap, or "unable to create native thread"
    }
    Matcher number = NUMBER.matcher(said);
    if (number.find()) {
      return ofErrno(number.group(1));
    }
    return thrown instanceof IOException ? Kind.OTHER : Kind.ADAPTER_ERROR;
  }

  private static Kind ofErrno(String errno) {
    return switch (errno) {
      case "2" -> Kind.COMMAND_NOT_FOUND; // ENOENT; the directory was looked at before
      case "1", "13" -> Kind.PERMISSION_DENIED; // EPERM, EACCES
      case "20" -> Kind.COMMAND_NOT_FOUND; // ENOTDIR
      case "7" -> Kind.ARGUMENTS_TOO_LONG; // E2BIG
      case "8" -> Kind.NOT_EXECUTABLE; // ENOEXEC
      case "11", "12", "23", "24" -> Kind.NO_RESOURCES; // EAGAIN, ENOMEM, ENFILE, EMFILE
      default -> Kind.OTHER;
    };
  }
}
