package dev.reliability.testkit.store;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.Observation;
import dev.reliability.core.health.Streak;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.FileStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that records observations, each of them several times. */
final class StreakWriter {
  static final String CRITERION = "cron";

  private StreakWriter() {}

  static Process start(Path directory) throws IOException {
    return StateWriter.startJvm(
        StreakWriter.class,
        List.of(
            StreakWriter.class.getName(),
            FileStateStore.class.getName(),
            "com.google.common.collect.ImmutableMap",
            "com.google.common.util.concurrent.internal.InternalFutureFailureAccess",
            "org.slf4j.Logger"),
        directory.toString());
  }

  /** Says when it is ready, begins when it is told to, and tells each number it has recorded. */
  public static void main(String[] args) throws IOException {
    FailureStreaks streaks =
        new FailureStreaks(
            FileStateStore.open(Path.of(args[0])),
            EventBus.builder(ReliabilityRuntime.system()).build());
    System.out.println("ready");
    if (System.in.read() != '\n') {
      System.exit(0);
    }
    for (int next = Math.max(0, numberOf(streaks.streak(CRITERION)) - 5); ; next++) {
      record(streaks, next); // at first those that were recorded already
      if (next > 0) {
        record(streaks, next - 1);
      }
      System.out.println(next);
      System.out.flush();
    }
  }

  private static void record(FailureStreaks streaks, int number) {
    streaks.record(CRITERION, "o" + number, isOk(number), "" + number, null);
  }

  /** How the observation of that number goes. */
  static boolean isOk(int number) {
    return number % 11 == 0;
  }

  /** The number of the last observation, -1 if there is none. */
  static int numberOf(Streak streak) {
    Observation last = streak.last();
    return last == null ? -1 : Integer.parseInt(last.value());
  }
}
