package dev.reliability.ops;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What starts a class of the tests' own class path in a JVM of its own. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The command; what follows it are the arguments of {@code main}. */
  public static List<String> command(String main, String... options) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), main));
    return command;
  }

  /** The program. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** All of the class path, which surefire hands to its own JVM in a file. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
