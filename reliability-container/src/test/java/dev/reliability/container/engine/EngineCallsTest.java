package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** So many calls of an engine's command line at a time. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the engine is a shell script")
@Tag("once")
class EngineCallsTest extends StubEngineTestBase {

  @Test
  void soManyCallsAtATimeAndTheOthersWaitTheirTurn() throws IOException {
    stub.hang("inspect");
    try (EngineRuntime three =
        builder().callsAtOnce(3).callTimeout(Duration.ofSeconds(2)).build()) {
      List<CompletableFuture<?>> kills = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        kills.add(three.kill("name-" + i).toCompletableFuture());
      }
      await("the first ones").atMost(LONG).until(() -> stub.hanging().size() == 3);
      assertThat(stub.calls()).hasSize(3);
      for (CompletableFuture<?> kill : kills) {
        await("its turn").atMost(LONG).until(kill::isDone);
        assertThat(kill).isCompletedExceptionally();
        assertThat(stub.hanging()).hasSizeLessThanOrEqualTo(3);
      }
      assertThat(stub.calls()).hasSize(7);
      stub.heal("inspect");
      assertThat(done(three.kill("name")).survivors()).isEmpty();
    }
  }

  @Test
  void whoseTurnDoesNotComeHasNoAnswer() throws IOException {
    stub.hang("inspect");
    try (EngineRuntime one = builder().callsAtOnce(1).callTimeout(Duration.ofMillis(300)).build()) {
      List<CompletableFuture<?>> kills = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        kills.add(one.kill("name-" + i).toCompletableFuture());
      }
      CompletableFuture<?> last = kills.get(11);
      await("its end").atMost(LONG).until(last::isDone);
      assertThatThrownBy(last::join).hasMessageContaining("had to wait behind other calls");
      assertThat(stub.calls()).hasSizeLessThan(12);
    }
  }
}
