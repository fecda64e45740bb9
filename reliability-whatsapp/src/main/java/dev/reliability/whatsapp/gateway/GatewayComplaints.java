package dev.reliability.whatsapp.gateway;

import dev.reliability.core.runtime.TimeSource;
import dev.reliability.whatsapp.wire.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gateway's socket warns of: each kind at most once a minute, the others counted; and
 * without the secrets that were learned. Thread-safe.
 */
final class GatewayComplaints {
  private static final Logger log = LoggerFactory.getLogger(GatewaySocket.class);
  private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int SHORTEST_SECRET = 4;

  /** What is warned of apart from each other. */
  enum Kind {
    FRAME,
    MAPPER,
    LISTENER
  }

  private final String name;
  private final TimeSource time;
  private final Map<Kind, Quiet> quiet = new EnumMap<>(Kind.class);
  private volatile @Nullable List<String> secrets;

  GatewayComplaints(String name, TimeSource time) {
    this.name = name;
    this.time = time;
    for (Kind kind : Kind.values()) {
      quiet.put(kind, new Quiet(new AtomicLong(time.nanos()), new AtomicLong()));
    }
  }

  /** From now on these, and the words that they consist of, are in no text. */
  void learn(Collection<String> values) {
    secrets =
        values.stream()
            .flatMap(
                value -> Stream.concat(Stream.of(value), Arrays.stream(value.split("\\s+", -1))))
            .filter(value -> value.length() >= SHORTEST_SECRET)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** The text without secrets. */
  String clean(String text) {
    List<String> known = secrets;
    String clean = text;
    if (known != null) {
      for (String secret : known) {
        clean = clean.replace(secret, "***");
        for (int length = secret.length() - 1; length >= SHORTEST_SECRET; length--) {
          clean = clean.replace(secret.substring(0, length) + "...", "***..."); // where it was cut
        }
      }
    }
    return clean;
  }

  /** What went wrong; no more than its class before it is known what is secret. */
  String words(Throwable trouble) {
    Throwable e = trouble;
    while (e instanceof CompletionException && e.getCause() != null) {
      e = e.getCause();
    }
    String message = e.getMessage();
    String type = e.getClass().getSimpleName();
    return message == null || message.isEmpty() || secrets == null
        ? type
        : type + ": " + Json.shortened(clean(message));
  }

  /** Warns or counts. */
  void warn(Kind kind, String what, Throwable e) {
    Quiet state = Objects.requireNonNull(quiet.get(kind));
    long now = time.nanos();
    long next = state.nextNanos.get();
    if (now - next < 0 || !state.nextNanos.compareAndSet(next, now + QUIET_NANOS)) {
      state.held.incrementAndGet();
      return;
    }
    StackTraceElement[] stack = e.getStackTrace();
    log.warn(
        "gateway {}: {}: {}{} ({} such warnings were left out before this one)",
        name,
        what,
        words(e),
        kind == Kind.FRAME || stack.length == 0 ? "" : " at " + stack[0],
        state.held.getAndSet(0));
  }

  private record Quiet(AtomicLong nextNanos, AtomicLong held) {}
}
