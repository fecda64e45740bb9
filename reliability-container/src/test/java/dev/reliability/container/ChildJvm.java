package dev.reliability.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JVMs for tests that have to kill one: small ones, with the class path of the tests. */
public final class ChildJvm {
  private ChildJvm() {}

  /** What runs a class with these arguments, and more options for the JVM if there are any. */
  public static List<String> command(Class<?> main, List<String> options, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** {@link #command}, with what it says on standard error among what the tests say. */
  public static ProcessBuilder builder(Class<?> main, List<String> arguments) {
    return new ProcessBuilder(command(main, List.of(), arguments))
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
