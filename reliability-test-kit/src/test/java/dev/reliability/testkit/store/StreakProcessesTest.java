package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.health.FailureStreaks;
import dev.reliability.core.health.Streak;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.world.World;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 16 with processes that are really killed. */
@Tag("once")
@Tag("once")
class StreakProcessesTest {
  private static final int KILLS = Integer.getInteger("reliability.kills", 30);

  @TempDir private Path directory;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aKilledProcessLosesNoFailureAndCountsNoneTwice() throws Exception {
    StateStore store = FileStateStore.open(directory);
    FailureStreaks streaks = new FailureStreaks(store, EventBus.builder(World.create(1)).build());
    Random random = new Random(42);
    for (int kill = 0; kill < KILLS; kill++) {
      int told = -1;
      Process process = StreakWriter.start(directory);
      try (BufferedReader out = process.inputReader()) {
        assertThat(out.readLine()).isEqualTo("ready");
        process.outputWriter().write("\n");
        process.outputWriter().flush();
        for (int i = random.nextInt(20) + 6; i >= 0; i--) {
          told = Integer.parseInt(out.readLine());
        }
        for (int i = random.nextInt(100_000); i > 0; i--) {
          Thread.onSpinWait();
        }
        process.toHandle().destroyForcibly(); // which leaves its output readable
        assertThat(process.waitFor()).as("its exit, by signal 9").isEqualTo(128 + 9);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          told = line.isEmpty() ? told : Math.max(told, Integer.parseInt(line));
        }
      } finally {
        process.destroyForcibly();
      }
      Streak streak = streaks.streak(StreakWriter.CRITERION);
      int last = StreakWriter.numberOf(streak);
      assertThat(last).as("after kill %d, told: %d", kill, told).isBetween(told, told + 1);
      assertThat(streak.failures()).as("in a row after %d", last).isEqualTo(last % 11);
      assertThat(store.read("streak/cron").map(StateStore.Doc::version))
          .as("one write for each observation")
          .contains(last + 1L);
    }
  }
}
