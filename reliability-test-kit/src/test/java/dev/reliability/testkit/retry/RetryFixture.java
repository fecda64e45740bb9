package dev.reliability.testkit.retry;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.retry.Backoff;
import dev.reliability.core.retry.Retry;
import dev.reliability.core.retry.RetryAttempt;
import dev.reliability.core.retry.RetryHandle;
import dev.reliability.core.retry.RetryOutcome;
import dev.reliability.core.retry.RetryPolicy;
import dev.reliability.testkit.world.World;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What the tests of this are made of. */
abstract class RetryFixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final RetryPolicy THREE =
      RetryPolicy.with(Backoff.fixed(SECOND)).maxAttempts(3).maxElapsed(Duration.ofMinutes(1));
  final World world = World.create(11);
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();
  final List<RetryAttempt> attempts = new ArrayList<>();

  Retry.Builder retry(RetryPolicy policy) {
    return Retry.builder("fetch", policy, bus);
  }

  <T> RetryOutcome<T> outcome(
      Retry retry, Function<RetryAttempt, ? extends CompletionStage<T>> code) {
    RetryHandle<T> handle =
        retry.start(
            attempt -> {
              attempts.add(attempt);
              return code.apply(attempt);
            });
    return world.await(handle.outcome());
  }

  <T> List<T> told(Class<T> type) {
    world.advance(Duration.ZERO);
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  static <T> CompletionStage<T> failing(String why) {
    return CompletableFuture.failedFuture(new IOException(why));
  }

  static List<String> messages(List<Throwable> errors) {
    return errors.stream().map(Throwable::getMessage).toList();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  static <T> T noStage() {
    return null;
  }
}
