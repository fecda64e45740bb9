package dev.reliability.testkit.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What happens to one node happens to no other, and leaves the order of its own tasks alone. */
class NodeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final World world = World.create(4);
  private final Node a = world.node("a");
  private final Node b = world.node("b");
  private final List<String> log = new ArrayList<>();

  private static Strand strand(Node node, String label) {
    return node.strand(Strand.Kind.CONTROL, label);
  }

  private long after(Duration delay, Strand strand, Node node, String name) {
    return node.scheduler().schedule(strand, delay.toNanos(), () -> note(name));
  }

  private void note(String name) {
    log.add(name + " " + world.elapsed().toSeconds());
  }

  private static Duration mono(Node node, long since) {
    return Duration.ofNanos(node.time().nanos() - since);
  }

  // ---- who it is ----

  @Test
  void theSameNameGivesTheSameNodeAndItsOwnName() {
    assertThat(world.node("a")).isSameAs(a);
    assertThat(a.node()).isEqualTo("a");
    assertThat(world.node()).isEqualTo("node-1");
    assertThat(a.incarnation()).isEqualTo(1);
    assertThat(a).hasToString("node a, incarnation 1");
  }

  @Test
  void aProgramIsTheFirstTaskOfEachIncarnation() {
    Node c = world.node("c", node -> note("c" + node.incarnation()));
    assertThat(log).isEmpty();
    world.advance(SECOND);
    c.crashFor(SECOND);
    world.advance(SECOND.multipliedBy(5));
    assertThat(log).containsExactly("c1 0", "c2 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.node("c", node -> {}))
        .withMessageContaining("\"c\"");
  }

  @Test
  void itsRandomNumbersAreItsOwnInEachIncarnation() {
    long ofA = a.randomness().stream("label", "key").nextLong();
    assertThat(a.randomness().stream("label", "key").nextLong()).isEqualTo(ofA);
    assertThat(World.create(4).node("a").randomness().stream("label", "key").nextLong())
        .isEqualTo(ofA);
    assertThat(b.randomness().stream("label", "key").nextLong()).isNotEqualTo(ofA);
    assertThat(world.randomness().stream("label", "key").nextLong()).isNotEqualTo(ofA);
    a.crash();
    assertThat(a.restart().randomness().stream("label", "key").nextLong()).isNotEqualTo(ofA);
  }

  // ---- clocks ----

  @Test
  void itsWallClockIsItsOwn() {
    Instant start = world.time().wall();
    assertThat(a.time().wall()).isEqualTo(start);
    a.stepWall(HOUR.negated());
    b.drift(100_000);
    world.advance(HOUR);
    assertThat(a.time().wall()).isEqualTo(start);
    assertThat(b.time().wall()).isEqualTo(start.plus(HOUR).plusSeconds(360));
    a.freezeWall();
    b.drift(0);
    world.stepWall(HOUR.multipliedBy(9));
    world.advance(HOUR);
    assertThat(a.time().wall()).isEqualTo(start);
    assertThat(b.time().wall()).isEqualTo(start.plus(HOUR.multipliedBy(2)).plusSeconds(360));
    a.thawWall();
    world.advance(HOUR);
    assertThat(a.time().wall()).isEqualTo(start.plus(HOUR));
    assertThat(world.time().wall()).isEqualTo(start.plus(HOUR.multipliedBy(12)));
  }

  @Test
  void inASuspendItsWallClockMovesAndItsMonotonicOneStands() {
    long since = a.time().nanos();
    Instant start = a.time().wall();
    world.advance(SECOND);
    a.suspend(HOUR);
    world.advance(Duration.ofMinutes(20));
    assertThat(mono(a, since)).isEqualTo(SECOND);
    assertThat(a.time().wall()).isEqualTo(start.plusSeconds(1 + 20 * 60));
    a.stepWall(SECOND.negated());
    world.advance(Duration.ofMinutes(50));
    assertThat(mono(a, since)).isEqualTo(SECOND.plusMinutes(10));
    assertThat(a.time().wall()).isEqualTo(start.plusSeconds(70 * 60));
    assertThat(world.elapsed()).isEqualTo(SECOND.plusMinutes(70));
  }

  @Test
  void aSecondSuspendMakesTheSleepAsLongAsTheLongerOne() {
    long since = a.time().nanos();
    a.suspend(SECOND.multipliedBy(10));
    world.advance(SECOND.multipliedBy(5));
    a.suspend(SECOND.multipliedBy(2));
    a.suspend(SECOND.multipliedBy(20));
    world.advance(SECOND.multipliedBy(30));
    assertThat(mono(a, since)).isEqualTo(SECOND.multipliedBy(10));
  }

  // ---- standing still ----

  @Test
  void timersOfASuspendedNodeComeLaterByItsSleepAndThoseOfOthersDoNot() {
    Strand strand = strand(a, "timers");
    after(SECOND.multipliedBy(5), strand, a, "a5");
    after(SECOND.multipliedBy(3), strand, a, "a3");
    after(SECOND.multipliedBy(5), strand(b, "timers"), b, "b5");
    world.advance(SECOND.multipliedBy(2));
    a.suspend(SECOND.multipliedBy(10));
    world.advance(SECOND);
    after(SECOND, strand, a, "told in its sleep"); // as when a packet arrives
    world.advance(HOUR);
    assertThat(log).containsExactly("b5 5", "a3 13", "told in its sleep 13", "a5 15");
  }

  @Test
  void whatAPausedNodeMissedRunsAfterwardsInItsOrder() {
    Strand strand = strand(a, "timers");
    after(SECOND.multipliedBy(10), strand, a, "at the end");
    after(SECOND.multipliedBy(3), strand, a, "third");
    after(SECOND.multipliedBy(2), strand, a, "second");
    after(SECOND.multipliedBy(4), strand(b, "timers"), b, "b");
    world.advance(SECOND);
    a.pause(SECOND.multipliedBy(9));
    world.advance(SECOND.multipliedBy(4));
    strand.execute(() -> note("given"));
    world.advance(HOUR);
    assertThat(log).containsExactly("b 4", "second 10", "third 10", "given 10", "at the end 10");
  }

  @Test
  void aPauseMayBeProlonged() {
    Strand strand = strand(a, "timers");
    after(SECOND, strand, a, "one");
    after(SECOND.multipliedBy(6), strand, a, "two");
    a.pause(SECOND.multipliedBy(5));
    world.advance(SECOND.multipliedBy(3));
    a.pause(SECOND.multipliedBy(10));
    a.suspend(SECOND.multipliedBy(2)); // the timer of two comes at 8, and waits too
    world.advance(HOUR);
    assertThat(log).containsExactly("one 13", "two 13");
  }

  @Test
  void aBacklogLongerThanTheStepLimitIsNoLivelock() {
    Strand strand = strand(a, "timers");
    int[] ran = new int[1];
    for (int i = 0; i < 25_000; i++) {
      a.scheduler().schedule(strand, i, () -> ran[0]++);
    }
    a.pause(HOUR);
    world.advance(HOUR);
    assertThat(ran[0]).isEqualTo(25_000);
  }

  @Test
  void aTaskThatPausesItsOwnNodeGoesOnToItsEnd() {
    Strand strand = strand(a, "self");
    strand.execute(
        () -> {
          a.pause(SECOND);
          note("first");
        });
    strand.execute(() -> note("second"));
    world.advance(HOUR);
    assertThat(log).containsExactly("first 0", "second 1");
  }

  @Test
  void aTimerThatWaitsInAPauseMayOrMayNotBeCancelledInTime() {
    int inTime = 0;
    for (int seed = 0; seed < 100; seed++) {
      World one = World.create(seed);
      Node node = one.node("n");
      Strand strand = strand(node, "s");
      List<String> ran = new ArrayList<>();
      long[] timer = new long[1];
      boolean[] cancelled = new boolean[1];
      strand.execute(() -> cancelled[0] = node.scheduler().cancel(timer[0]));
      node.pause(SECOND);
      one.advance(Duration.ZERO);
      timer[0] = node.scheduler().schedule(strand, 5, () -> ran.add("timer"));
      one.advance(HOUR);
      assertThat(ran.isEmpty()).isEqualTo(cancelled[0]);
      assertThat(node.scheduler().cancel(timer[0])).isFalse();
      inTime += cancelled[0] ? 1 : 0;
    }
    assertThat(inTime).isBetween(20, 80);
  }

  @Test
  void cancelledTimersNeverRun() {
    Strand strand = strand(a, "timers");
    long one = after(SECOND, strand, a, "one");
    long two = after(SECOND, strand, a, "two");
    assertThat(a.scheduler().cancel(one)).isTrue();
    assertThat(a.scheduler().cancel(one)).isFalse();
    a.suspend(SECOND);
    assertThat(a.scheduler().cancel(two)).isTrue();
    assertThat(a.scheduler().cancel(Scheduler.NO_TIMER)).isFalse();
    world.advance(HOUR);
    assertThat(log).isEmpty();
    assertThat(world.pending()).isZero();
  }

  // ---- crashes ----

  @Test
  void nothingOfACrashedNodeRunsAnyMore() {
    Strand strand = strand(a, "work");
    after(SECOND, strand, a, "timer");
    strand.execute(() -> note("queued"));
    after(SECOND, strand(b, "work"), b, "b");
    a.crash();
    a.crash();
    world.advance(HOUR);
    assertThat(log).containsExactly("b 1");
    assertThat(world.pending()).isZero();
    assertThat(a.isClosed()).isTrue();
    assertThat(a.isCrashed()).isTrue();
  }

  @Test
  void whatWaitedInAPauseIsGoneToo() {
    after(SECOND, strand(a, "work"), a, "timer");
    a.pause(HOUR);
    world.advance(SECOND.multipliedBy(2));
    a.crash();
    assertThat(world.runUntilIdle(HOUR)).isEqualTo(Stop.IDLE);
    assertThat(world.elapsed()).isEqualTo(SECOND.multipliedBy(2));
    assertThat(log).isEmpty();
  }

  @Test
  void oldHandlesStayDead() {
    Strand old = strand(a, "work");
    a.crash();
    Node next = a.restart();
    assertThat(world.node("a")).isSameAs(next);
    assertThat(next.incarnation()).isEqualTo(2);
    assertThatThrownBy(() -> old.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("node a, incarnation 1, crashed");
    assertThatThrownBy(() -> a.scheduler().schedule(old, 1, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> next.scheduler().schedule(old, 1, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> b.scheduler().schedule(strand(next, "x"), 1, () -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatIllegalStateException().isThrownBy(a::restart);
    assertThatIllegalStateException().isThrownBy(next::restart);
    assertThatIllegalStateException().isThrownBy(() -> a.pause(SECOND));
    assertThatIllegalStateException().isThrownBy(() -> a.suspend(SECOND));
  }

  @Test
  void aNodeThatIsStartedAgainIsAwakeAndKeepsItsMachinesClock() {
    a.stepWall(HOUR);
    Instant wall = a.time().wall();
    a.suspend(HOUR);
    world.advance(SECOND);
    a.crash();
    Node next = a.restart();
    strand(next, "work").execute(() -> note("awake"));
    world.advance(SECOND);
    assertThat(log).containsExactly("awake 1");
    assertThat(next.time().wall()).isEqualTo(wall.plusSeconds(2));
    assertThat(next.time().nanos()).isNotEqualTo(a.time().nanos()); // of two processes
  }

  @Test
  void somebodyMayStartItEarlierThanItWould() {
    a.crashFor(HOUR);
    Node next = a.restart();
    world.advance(HOUR.multipliedBy(2));
    assertThat(world.node("a")).isSameAs(next);
  }

  @Test
  void whatATaskThrowsAfterTheCrashOfItsNodeIsNobodysBusiness() {
    strand(a, "work")
        .execute(
            () -> {
              a.crash();
              throw new IllegalStateException("from beyond");
            });
    strand(b, "work")
        .execute(
            () -> {
              throw new IllegalStateException("real");
            });
    assertThatThrownBy(() -> world.advance(SECOND))
        .isInstanceOf(SimulationException.TaskFailed.class)
        .hasMessageContaining("\"b/work\"")
        .hasMessageContaining("real");
  }

  // ---- as any runtime ----

  @Test
  void aClosedNodeDropsItsTimersAndRunsWhatItWasGiven() {
    Strand strand = strand(a, "work");
    after(SECOND, strand, a, "timer");
    strand.execute(() -> note("given"));
    a.close();
    world.advance(HOUR);
    assertThat(log).containsExactly("given 0");
    assertThatThrownBy(() -> strand.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(a.isCrashed()).isFalse();
  }

  @Test
  void awaitingOnANodeMovesTheWorld() {
    CompletableFuture<String> future = new CompletableFuture<>();
    after(SECOND, strand(b, "work"), b, "b");
    a.scheduler().schedule(strand(a, "work"), HOUR.toNanos(), () -> future.complete("done"));
    assertThat(a.<String>await(future)).isEqualTo("done");
    assertThat(log).containsExactly("b 1");
    assertThatThrownBy(() -> a.await(new CompletableFuture<>()))
        .isInstanceOf(SimulationException.Deadlock.class)
        .hasMessageContaining("NodeTest");
  }

  @Test
  void theEndOfTheWorldIsTheEndOfItsNodes() {
    world.close();
    assertThat(a.isClosed()).isTrue();
  }

  @Test
  void aPeriodicTaskCatchesUpWithOneTickAfterAPauseAndWithNoneAfterASuspend() {
    Periodic.start(a, strand(a, "ticks"), SECOND.multipliedBy(10), () -> note("tick"));
    world.advance(SECOND.multipliedBy(15));
    a.pause(SECOND.multipliedBy(30));
    world.advance(SECOND.multipliedBy(35));
    a.suspend(SECOND.multipliedBy(100));
    world.advance(SECOND.multipliedBy(110));
    assertThat(log).containsExactly("tick 10", "tick 45", "tick 50", "tick 160");
  }

  @Test
  void anotherThreadMayReadTheClocksOnly() throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              a.time().wall();
              for (Runnable what :
                  List.<Runnable>of(
                      a::crash,
                      () -> a.pause(SECOND),
                      () -> a.suspend(SECOND),
                      a::freezeWall,
                      () -> strand(a, "x"),
                      () -> world.node("new"))) {
                try {
                  what.run();
                } catch (IllegalStateException e) {
                  thrown.add(e);
                }
              }
            });
    thread.start();
    thread.join();
    assertThat(thrown).hasSize(6);
    assertThat(a.isCrashed()).isFalse();
  }
}
