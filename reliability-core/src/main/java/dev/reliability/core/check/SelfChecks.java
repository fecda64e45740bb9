package dev.reliability.core.check;

import dev.reliability.core.config.ConfigException;
import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.store.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks of this library itself, for a preflight in a build or at a start (requirements S3, N7):
 * what is believed to work is seen to work, before anybody relies on it.
 */
public final class SelfChecks {
  private static final String DOCUMENTS = "self-check/";
  private static final Pattern NAME = Pattern.compile(DOCUMENTS + "([0-9]{1,18})-[0-9a-f]{1,32}");
  private static final AtomicLong ATTEMPTS = new AtomicLong();
  private static final Map<String, String> FIRST = Map.of("self", "check");
  private static final Map<String, String> SECOND = Map.of("self", "checked");

  private SelfChecks() {}

  /**
   * Settings that can be used; every one that cannot is listed.
   *
   * @param environment names and values, such as {@link System#getenv()}
   */
  public static DependencyCheck settings(Map<String, String> environment) {
    Map<String, String> copy = Map.copyOf(environment);
    return DependencyCheck.blocking(
        context -> {
          try {
            ReliabilityConfig.fromEnvironment(copy);
            return CheckResult.passed("all settings can be used");
          } catch (ConfigException e) {
            return CheckResult.failed(String.valueOf(e.getMessage()));
          }
        });
  }

  /**
   * A store that keeps what is written, refuses what was written past somebody else, and forgets
   * what is removed. Each attempt tries it with a document of its own, {@code self-check/...},
   * which is removed again; what one that was killed left there is removed a day later.
   */
  public static DependencyCheck states(StateStore store) {
    Objects.requireNonNull(store, "store");
    return DependencyCheck.blocking(
        context -> {
          Instant now = context.runtime().time().wall();
          store.names(DOCUMENTS).forEach(left -> forgetOld(store, left, now));
          String name =
              DOCUMENTS
                  + now.toEpochMilli()
                  + "-"
                  + context
                      .runtime()
                      .randomness()
                      .nonce(
                          "self-check",
                          context.runtime().node() + " " + ATTEMPTS.getAndIncrement());
          try {
            String problem = problem(store, name);
            return problem.isEmpty()
                ? CheckResult.passed("it keeps, refuses and forgets")
                : CheckResult.failed(problem);
          } finally {
            forget(store, name);
          }
        });
  }

  /**
   * A detector that can fire, such as {@code reconciler::selfTest}.
   *
   * @param selfTest whether it found exactly what it should
   */
  public static DependencyCheck detector(BooleanSupplier selfTest) {
    Objects.requireNonNull(selfTest, "selfTest");
    return DependencyCheck.blocking(
        context ->
            selfTest.getAsBoolean()
                ? CheckResult.passed("it finds what it should")
                : CheckResult.failed("it does not find what it should; see its own event"));
  }

  private static String problem(StateStore store, String name) {
    if (!store.write(name, StateStore.NEW, FIRST)) {
      return "a new document was refused";
    }
    Optional<StateStore.Doc> first = store.read(name);
    if (first.isEmpty() || !first.get().values().equals(FIRST)) {
      return "written " + FIRST + ", read " + first.map(StateStore.Doc::values);
    }
    if (!store.write(name, first.get().version(), SECOND)) {
      return "the version that was read last was refused";
    }
    if (store.write(name, first.get().version(), FIRST)) {
      return "a version that was replaced was written over";
    }
    Optional<StateStore.Doc> second = store.read(name);
    if (second.isEmpty() || !second.get().values().equals(SECOND)) {
      return "written " + SECOND + ", read " + second.map(StateStore.Doc::values);
    }
    if (!store.remove(name, second.get().version()) || store.read(name).isPresent()) {
      return "a document that was removed is still there";
    }
    return "";
  }

  /** Of one that was killed in between. Those of others may be in use. */
  private static void forgetOld(StateStore store, String name, Instant now) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()
        || Long.parseLong(matcher.group(1)) < now.minus(Duration.ofDays(1)).toEpochMilli()) {
      forget(store, name);
    }
  }

  private static void forget(StateStore store, String name) {
    store.read(name).ifPresent(doc -> store.remove(name, doc.version()));
  }
}
