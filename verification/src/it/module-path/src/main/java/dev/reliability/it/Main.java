package dev.reliability.it;

import dev.reliability.core.runtime.Durations;
import java.time.Duration;

/** Uses the library as published: compiled against its jars, run on them. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    check(Durations.saturatedNanos(Duration.ofNanos(7)) == 7, "nanoseconds stay what they are");
    check(Main.class.getModule().isNamed(), "this project is a module");
    check(
        "dev.reliability.core".equals(Durations.class.getModule().getName()),
        "the library is a module");
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
