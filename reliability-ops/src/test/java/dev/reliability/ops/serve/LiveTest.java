package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.testkit.world.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LiveTest {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final World world = World.create(1);
  private final FakeFleet fleet = new FakeFleet();
  private final Live live = new Live(world, fleet, PERIOD);

  /** Somebody who reads all. */
  private static final class Reader implements Viewer {
    final List<String> read = new ArrayList<>();
    boolean isOver;

    @Override
    public void send(byte[] event) {
      read.add(new String(event, StandardCharsets.UTF_8));
    }

    @Override
    public void over() {
      isOver = true;
    }

    List<String> boards() {
      return read.stream().filter(event -> event.startsWith("event: board")).toList();
    }

    String last() {
      return read.get(read.size() - 1);
    }
  }

  @Test
  void theWholeFirstThenWhatChangesAndAlwaysWhenItWasLookedAt() {
    fleet.paused.put("a", 1L);
    Reader reader = new Reader();
    live.watch(reader);
    world.advance(Duration.ZERO);
    assertThat(reader.boards()).hasSize(1);
    assertThat(reader.boards().get(0)).contains("\"whole\":true", "\"a\":");
    world.advance(Duration.ofSeconds(10));
    assertThat(reader.boards()).hasSize(1);
    assertThat(reader.read).hasSize(12);
    assertThat(reader.last()).contains(world.time().wall().toString());
    fleet.paused.put("b", 1L);
    fleet.paused.remove("a");
    world.advance(PERIOD);
    assertThat(reader.boards()).hasSize(2);
    assertThat(reader.boards().get(1)).contains("\"whole\":false", "\"b\":{", "\"a\":null");
    Reader second = new Reader();
    live.watch(second);
    world.advance(Duration.ZERO);
    assertThat(second.boards()).hasSize(1);
    assertThat(second.boards().get(0)).contains("\"whole\":true").doesNotContain("\"a\"");
    assertThat(reader.boards()).hasSize(2);
  }

  @Test
  void whatIsOldIsSaidToBeOld() {
    fleet.paused.put("a", 1L);
    Reader reader = new Reader();
    live.watch(reader);
    world.advance(Duration.ZERO);
    fleet.trouble = "the store is gone";
    world.advance(Duration.ofSeconds(3));
    assertThat(reader.last())
        .contains("\"trouble\":\"the store is gone\"", "\"asOf\":\"2026-01-01T00:00:00Z\"");
    Reader late = new Reader();
    live.watch(late);
    world.advance(Duration.ZERO);
    assertThat(late.boards()).hasSize(1);
    assertThat(late.last()).contains("the store is gone");
    CompletableFuture<Live.Known> asked = live.fresh();
    world.advance(Duration.ZERO);
    assertThat(asked.join().isGood()).isFalse();
    fleet.trouble = "";
    world.advance(PERIOD);
    assertThat(reader.last()).contains("\"trouble\":null");
  }

  @Test
  void nobodyWatchesNobodyLooks() {
    Reader reader = new Reader();
    live.watch(reader);
    world.advance(Duration.ofSeconds(5));
    long looks = fleet.looks.get();
    live.leave(reader);
    world.advance(Duration.ofHours(1));
    assertThat(fleet.looks.get()).isBetween(looks, looks + 1);
    assertThat(world.pending()).isZero();
    live.fresh();
    live.fresh();
    world.advance(Duration.ZERO);
    assertThat(fleet.looks.get()).isBetween(looks + 1, looks + 2);
  }

  @Test
  void whoeverAsksAfterAChangeSeesItAlthoughALookHadBegunBefore() {
    fleet.paused.put("a", 1L);
    live.fresh();
    world.advance(PERIOD);
    List<CompletableFuture<Live.Known>> asked = new ArrayList<>();
    fleet.afterLook =
        () -> {
          fleet.afterLook = () -> {};
          fleet.resume("a", 1L, "alice", "mended");
          live.changed();
          asked.add(live.fresh());
        };
    live.fresh();
    world.advance(Duration.ZERO);
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).join().status()).doesNotContain("\"a\"");
  }

  @Test
  void whatWasGivenUpIsNotDoneLater() {
    fleet.paused.put("a", 1L);
    List<CompletableFuture<String>> asked = new ArrayList<>();
    fleet.afterLook =
        () -> {
          asked.add(live.with(there -> there.resume("a", 1L, "alice", "mended")));
          asked.get(0).completeExceptionally(new IllegalStateException("it took too long"));
        };
    live.fresh();
    world.advance(Duration.ZERO);
    assertThat(asked).hasSize(1);
    assertThat(fleet.paused).containsKey("a");
    assertThat(fleet.resumed).isEmpty();
  }

  @Test
  void whoeverDrawsHoldsNobodyUp() {
    for (int i = 0; i < 100; i++) {
      live.beside(there -> there.timeline(PERIOD));
    }
    CompletableFuture<String> change =
        live.with(
            there -> {
              fleet.paused.put("a", 1L);
              return there.resume("a", 1L, "alice", "mended");
            });
    world.advance(Duration.ZERO);
    assertThat(change.join()).isEqualTo("{}");
  }

  @Test
  void whoeverAsksTooMuchIsTurnedAway() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(live.with(Fleet::metrics));
    }
    world.advance(Duration.ZERO);
    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(answers.stream().filter(answer -> !answer.isCompletedExceptionally()).count())
        .isEqualTo(16);
    CompletableFuture<String> later = live.with(Fleet::metrics);
    world.advance(Duration.ZERO);
    assertThat(later.join()).startsWith("lanes_paused");
  }

  @Test
  void atTheEndAllAreLetGo() {
    Reader reader = new Reader();
    live.watch(reader);
    world.advance(Duration.ZERO);
    live.close();
    world.advance(Duration.ZERO);
    assertThat(reader.isOver).isTrue();
    Reader late = new Reader();
    live.watch(late);
    world.advance(Duration.ZERO);
    assertThat(late.isOver).isTrue();
  }
}
