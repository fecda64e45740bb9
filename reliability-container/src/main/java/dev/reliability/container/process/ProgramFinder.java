package dev.reliability.container.process;

import dev.reliability.core.run.SpawnFailure.Kind;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at directory and program before a process is started. The system gives one answer (errno 2)
 * for a missing directory, a missing program and a missing interpreter, and behind a wrapper not
 * even that; this tells them apart, with the value.
 */
final class ProgramFinder {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
  private static final int LONGEST_SHEBANG = 256;

  private ProgramFinder() {}

  /**
   * The program's full path.
   *
   * @param program the first word of the command
   * @param directory where the process will run; null for here
   * @param environment the process's own
   */
  static String find(String program, @Nullable File directory, Map<String, String> environment)
      throws SpawnRefused {
    if (directory != null) {
      checkDirectory(directory);
    }
    File file =
        program.indexOf('/') >= 0
            ? named(program, directory)
            : onPath(program, directory, environment.getOrDefault("PATH", DEFAULT_PATH));
    checkInterpreter(file, directory);
    return file.getPath();
  }

  private static void checkDirectory(File directory) throws SpawnRefused {
    if (!directory.isDirectory()) {
      throw new SpawnRefused(
          Kind.DIRECTORY_MISSING,
          "directory: "
              + directory
              + (directory.exists() ? " is not a directory" : " does not exist"));
    }
    if (!directory.canExecute()) {
      throw new SpawnRefused(
          Kind.PERMISSION_DENIED, "directory: " + directory + " may not be entered");
    }
  }

  private static File named(String program, @Nullable File directory) throws SpawnRefused {
    File file = resolve(directory, program);
    if (!file.exists()) {
      throw new SpawnRefused(Kind.COMMAND_NOT_FOUND, "command: " + file + " does not exist");
    }
    if (!file.isFile()) {
      throw new SpawnRefused(
          Kind.PERMISSION_DENIED,
          "command: " + file + (file.isDirectory() ? " is a directory" : " is not a regular file"));
    }
    if (!file.canExecute()) {
      throw new SpawnRefused(Kind.PERMISSION_DENIED, "command: " + file + " is not executable");
    }
    return file;
  }

  private static File onPath(String program, @Nullable File directory, String path)
      throws SpawnRefused {
    File denied = null;
    for (String element : path.split(":", -1)) {
      File file = resolve(directory, element.isEmpty() ? program : element + "/" + program);
      if (file.isFile()) {
        if (file.canExecute()) {
          return file;
        }
        denied = denied == null ? file : denied;
      }
    }
    if (denied != null) {
      throw new SpawnRefused(Kind.PERMISSION_DENIED, "command: " + denied + " is not executable");
    }
    throw new SpawnRefused(
        Kind.COMMAND_NOT_FOUND, "command: " + program + " is not on the PATH " + path);
  }

  /**
   * A script names its interpreter in its first line, by a full path in every script that works
   * anywhere.
   */
  private static void checkInterpreter(File file, @Nullable File directory) throws SpawnRefused {
    byte[] first;
    try (FileInputStream in = new FileInputStream(file)) {
      first = in.readNBytes(LONGEST_SHEBANG);
    } catch (IOException unreadable) {
      return; // a program may be executable and not readable
    }
    if (first.length < 3 || first[0] != '#' || first[1] != '!') {
      return;
    }
    String line = new String(first, 2, first.length - 2, StandardCharsets.UTF_8);
    String interpreter = line.split("\n", 2)[0].stripLeading().split("[ \t]", 2)[0];
    if (!interpreter.isEmpty() && !resolve(directory, interpreter).exists()) {
      throw new SpawnRefused(
          Kind.COMMAND_NOT_FOUND,
          "command: " + file + " wants the interpreter " + interpreter + ", which does not exist");
    }
  }

  private static File resolve(@Nullable File directory, String path) {
    File file = new File(path);
    return file.isAbsolute() ? file : new File(directory, path).getAbsoluteFile();
  }
}
