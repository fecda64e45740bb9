package dev.reliability.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fresh JVM for one measurement of a whole process. It says what it measured in lines {@code
 * name=number} on its standard output.
 */
final class Fork {
  /** Some subjects log; what a logger costs is its user's choice. */
  static final List<String> NO_LOGGER =
      List.of(
          "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
          "-Dslf4j.internal.verbosity=WARN");

  private Fork() {}

  /** Runs {@code main} of a class to its end. */
  static Map<String, Double> run(Class<?> main, List<String> jvmOptions, List<String> args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(args);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException("exit " + code + " of " + command + ":\n" + output);
    }
    Map<String, Double> said = new TreeMap<>();
    for (String line : output.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        said.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
      }
    }
    return said;
  }

  /** Says a number to the JVM that started this one. */
  static void say(String name, double value) {
    System.out.println(name + "=" + value);
  }
}
