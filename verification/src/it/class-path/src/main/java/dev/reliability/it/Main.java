package dev.reliability.it;

import dev.reliability.core.runtime.Durations;
import java.io.File;
import java.time.Duration;
import java.util.stream.Stream;

/** Uses the library as published: compiled against its jars, run on them. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    check(Durations.saturatedNanos(Duration.ofNanos(7)) == 7, "nanoseconds stay what they are");
    check(!Main.class.getModule().isNamed(), "this project has no module");
    // Core, the SLF4J API, Guava with failureaccess, JSpecify: whoever takes core takes no more.
    long jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .count();
    check(jars <= 5, jars + " jars on the class path");
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
