package dev.reliability.testkit.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryHandle;
import dev.reliability.core.retry.RetryOutcome;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/** Whatever attempts do and however long they take: both bounds hold, and delays are as said. */
class RetryProperties {

  /** How an attempt ends. */
  enum Kind {
    SUCCEEDS,
    FAILS,
    THROWS,
    FATAL,
    HANGS
  }

  /** One attempt: what it does after how long, and which delay its error asks for. */
  record Step(Kind kind, long millis, long askedMillis) {}

  /** An error that says when to come back. */
  static final class Later extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Duration delay;

    Later(long millis) {
      super("in " + millis + " ms", null, false, false);
      delay = Duration.ofMillis(millis);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(2, Kind.SUCCEEDS),
            Tuple.of(12, Kind.FAILS),
            Tuple.of(4, Kind.THROWS),
            Tuple.of(1, Kind.FATAL),
            Tuple.of(2, Kind.HANGS));
    return Combinators.combine(
            kinds,
            Arbitraries.longs().between(0, 20_000),
            Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(0L)),
                Tuple.of(1, Arbitraries.longs().between(-5_000, 90_000))))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12);
  }

  @Provide
  Arbitrary<RetryPolicy> policies() {
    Arbitrary<Backoff> backoffs =
        Combinators.combine(
                Arbitraries.longs().between(1, 5_000), Arbitraries.integers().between(0, 3))
            .as(
                (base, mode) -> {
                  Backoff plain =
                      Backoff.exponential(Duration.ofMillis(base), Duration.ofSeconds(30));
                  return switch (mode) {
                    case 0 -> plain;
                    case 1 -> plain.withAdditiveJitter(Duration.ofMillis(750));
                    case 2 -> plain.withFullJitter();
                    default -> plain.withDecorrelatedJitter();
                  };
                });
    return Combinators.combine(
            backoffs,
            Arbitraries.integers().between(1, 12),
            Arbitraries.longs().between(1, 120_000))
        .as(
            (backoff, attempts, millis) ->
                RetryPolicy.with(backoff)
                    .maxAttempts(attempts)
                    // half a millisecond more, so that nothing ends at that very instant
                    .maxElapsed(Duration.ofMillis(millis).plusNanos(500_123)));
  }

  /** An operation that does what the steps say, and what was seen of it. */
  private static final class Play {
    final World world;
    final EventBus bus;
    final List<Step> steps;
    final List<Long> begins = new ArrayList<>();
    final List<Duration> remaining = new ArrayList<>();
    final List<CompletableFuture<Integer>> stages = new ArrayList<>();
    final RetryHandle<Integer> handle;
    final long began;
    @Nullable RetryOutcome<Integer> outcome;
    String call = "";
    long endedNanos = -1;

    Play(long seed, RetryPolicy policy, List<Step> steps) {
      this.world = World.create(seed);
      this.bus = EventBus.builder(world).build();
      this.steps = steps;
      began = world.time().nanos();
      Retry retry =
          Retry.builder("op", policy, bus)
              .delayFrom(
                  error ->
                      error instanceof Later later ? Optional.of(later.delay) : Optional.empty())
              .build();
      handle = retry.start(this::attempt);
      handle
          .outcome()
          .thenAccept(
              value -> {
                outcome = value;
                endedNanos = now();
              });
    }

    long now() {
      return world.time().nanos() - began;
    }

    Step step(int attempt) {
      return steps.get((attempt - 1) % steps.size());
    }

    CompletionStage<Integer> attempt(RetryAttempt attempt) {
      begins.add(now());
      call = attempt.call();
      remaining.add(attempt.remaining());
      assertThat(attempt.number()).isEqualTo(begins.size());
      CompletableFuture<Integer> stage = new CompletableFuture<>();
      Step step = step(attempt.number());
      switch (step.kind()) {
        case THROWS -> throw new Later(step.askedMillis());
        case HANGS -> {}
        default ->
            world
                .scheduler()
                .schedule(
                    world.strand(Strand.Kind.IO, "host"),
                    Duration.ofMillis(step.millis()).toNanos(),
                    () -> finish(stage, step, attempt.number()));
      }
      stages.add(stage);
      return stage;
    }

    private static void finish(CompletableFuture<Integer> stage, Step step, int number) {
      switch (step.kind()) {
        case SUCCEEDS -> stage.complete(number);
        case FATAL -> stage.completeExceptionally(new OutOfMemoryError("made up"));
        default -> stage.completeExceptionally(new Later(step.askedMillis()));
      }
    }
  }

  /** What must come of it, by a model that only adds up. */
  private record Expected(String kind, long atNanos, List<Long> begins) {
    static Expected of(RetryPolicy policy, List<Step> steps, RandomGenerator random) {
      long limit = policy.maxElapsed().toNanos();
      long now = 0;
      long delay = 0;
      List<Long> begins = new ArrayList<>();
      for (int attempt = 1; ; attempt++) {
        Step step = steps.get((attempt - 1) % steps.size());
        begins.add(now);
        long took =
            step.kind() == Kind.HANGS
                ? Long.MAX_VALUE / 2
                : step.kind() == Kind.THROWS ? 0 : step.millis() * 1_000_000;
        if (now + took > limit) {
          return new Expected("Exhausted", limit, begins);
        }
        now += took;
        if (step.kind() == Kind.SUCCEEDS) {
          return new Expected("Succeeded", now, begins);
        } else if (step.kind() == Kind.FATAL) {
          return new Expected("Aborted", now, begins);
        } else if (attempt == policy.maxAttempts()) {
          return new Expected("Exhausted", now, begins);
        }
        delay =
            Math.max(
                policy.backoff().delayNanos(attempt - 1, delay, random),
                step.askedMillis() * 1_000_000);
        if (now + delay >= limit) {
          return new Expected("Exhausted", now, begins);
        }
        now += delay;
      }
    }
  }

  @Property(tries = 600)
  void bothBoundsHoldAndAttemptsBeginWhenTheModelSays(
      @ForAll long seed,
      @ForAll("policies") RetryPolicy policy,
      @ForAll("steps") List<Step> steps) {
    Play play = new Play(seed, policy, steps);
    play.world.advance(policy.maxElapsed());
    Expected expected =
        Expected.of(policy, steps, play.world.randomness().stream("retry", play.call));

    RetryOutcome<Integer> outcome = play.outcome;
    assertThat(outcome).as("at maxElapsed at the latest").isNotNull();
    assertThat(outcome.getClass().getSimpleName()).isEqualTo(expected.kind());
    assertThat(play.endedNanos).isEqualTo(expected.atNanos());
    assertThat(play.begins).isEqualTo(expected.begins());
    assertThat(outcome.attempts()).isEqualTo(play.begins.size());
    assertThat(play.begins.size()).isLessThanOrEqualTo(policy.maxAttempts());
    assertThat(play.begins).allMatch(begin -> begin <= policy.maxElapsed().toNanos());
    for (int i = 0; i < play.begins.size(); i++) {
      assertThat(play.remaining.get(i).toNanos() + play.begins.get(i))
          .isEqualTo(policy.maxElapsed().toNanos());
    }
    outcome.fold(
        succeeded -> assertThat(succeeded.value()).isEqualTo(play.begins.size()),
        exhausted -> assertThat(exhausted.errors().count()).isEqualTo(exhausted.attempts()),
        aborted -> assertThat(aborted.errors().newest()).isInstanceOf(OutOfMemoryError.class),
        cancelled -> assertThat(cancelled.why()).isEqualTo("nobody cancels here"));

    play.world.advance(Duration.ofMinutes(10));
    assertThat(play.begins).as("afterwards").isEqualTo(expected.begins());
    assertThat(play.stages)
        .as("none is left that nobody gave up")
        .allMatch(CompletableFuture::isDone);
  }

  @Property(tries = 300)
  void aCancelStopsAtOnce(
      @ForAll long seed,
      @ForAll("policies") RetryPolicy policy,
      @ForAll("steps") List<Step> steps,
      @ForAll @LongRange(min = 0, max = 100_000) long cancelMillis) {
    Play play = new Play(seed, policy, steps);
    play.world.advance(Duration.ofMillis(cancelMillis));
    RetryOutcome<Integer> before = play.outcome;
    int begun = play.begins.size();
    play.handle.cancel("enough");
    play.world.advance(Duration.ZERO);
    assertThat(play.begins).hasSize(begun);
    if (before != null) {
      assertThat(play.outcome).isSameAs(before);
    } else {
      assertThat(play.outcome)
          .isInstanceOfSatisfying(
              RetryOutcome.Cancelled.class,
              cancelled -> assertThat(cancelled.why()).isEqualTo("enough"));
      assertThat(play.endedNanos).isEqualTo(Duration.ofMillis(cancelMillis).toNanos());
    }
    assertThat(play.stages).allMatch(CompletableFuture::isDone);
    play.world.advance(Duration.ofMinutes(10));
    assertThat(play.begins).as("afterwards").hasSize(begun);
  }
}
