package dev.reliability.verification;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.function.Predicate;

/**
 * Clocks, timers, random numbers and waits with a time limit are behind one door, core's package
 * {@code runtime}. Whatever goes around it cannot be tested in simulated time.
 */
final class OneDoorToTime {

  private static final String CONSTRUCTOR = "<init>";

  private static final ImmutableSet<String> TIMED_TYPES =
      ImmutableSet.of("long", "java.time.Duration", "java.util.concurrent.TimeUnit");

  private static final ImmutableList<Forbidden> FORBIDDEN =
      ImmutableList.<Forbidden>builder()
          // Reading a clock.
          .add(inPackage("java.time", "now"))
          .add(of("java.time.Clock", "systemUTC", "systemDefaultZone", "system"))
          .add(of("java.time.Clock", "tickMillis", "tickSeconds", "tickMinutes"))
          .add(of("java.time.InstantSource", "system"))
          .add(of("java.lang.System", "nanoTime", "currentTimeMillis"))
          .add(of("java.util.Date", CONSTRUCTOR).when(target -> parameters(target).isEmpty()))
          .add(of("java.util.GregorianCalendar", CONSTRUCTOR))
          .add(of("java.util.Calendar", "getInstance"))
          .add(of("com.google.common.base.Stopwatch"))
          .add(of("com.google.common.base.Ticker", "systemTicker"))
          // Timers.
          .add(of("java.util.Timer"))
          .add(of("java.util.concurrent.ScheduledExecutorService").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.ScheduledThreadPoolExecutor", CONSTRUCTOR))
          .add(
              of(
                  "java.util.concurrent.Executors",
                  "newScheduledThreadPool",
                  "newSingleThreadScheduledExecutor"))
          .add(
              of(
                  "java.util.concurrent.CompletableFuture",
                  "orTimeout",
                  "completeOnTimeout",
                  "delayedExecutor"))
          .add(of("com.google.common.util.concurrent.Futures", "withTimeout", "scheduleAsync"))
          .add(of("com.google.common.util.concurrent.FluentFuture", "withTimeout"))
          .add(of("com.google.common.util.concurrent.RateLimiter"))
          .add(of("com.google.common.util.concurrent.TimeLimiter"))
          .add(of("com.google.common.util.concurrent.SimpleTimeLimiter"))
          // Random numbers.
          .add(of("java.util.Random", CONSTRUCTOR))
          .add(of("java.util.SplittableRandom", CONSTRUCTOR))
          .add(of("java.security.SecureRandom"))
          .add(of("java.util.concurrent.ThreadLocalRandom"))
          .add(of("java.util.random.RandomGenerator", "getDefault", "of"))
          .add(of("java.util.random.RandomGeneratorFactory"))
          .add(of("java.lang.Math", "random"))
          .add(of("java.lang.StrictMath", "random"))
          .add(of("java.util.UUID", "randomUUID"))
          .add(
              of("java.util.Collections", "shuffle").when(target -> parameters(target).size() == 1))
          // Waits with a time limit.
          .add(of("java.lang.Thread", "sleep"))
          .add(of("java.lang.Thread", "join").when(OneDoorToTime::timed))
          .add(of("java.lang.Object", "wait").when(OneDoorToTime::timed))
          .add(of("java.lang.Process", "waitFor").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.TimeUnit", "sleep", "timedJoin", "timedWait"))
          .add(of("java.util.concurrent.Future", "get").when(OneDoorToTime::timed))
          .add(
              of(
                      "java.util.concurrent.ExecutorService",
                      "awaitTermination",
                      "invokeAll",
                      "invokeAny")
                  .when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.ForkJoinPool", "awaitQuiescence"))
          .add(of("java.util.concurrent.CountDownLatch", "await").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.CyclicBarrier", "await").when(OneDoorToTime::timed))
          .add(
              of("java.util.concurrent.Phaser", "awaitAdvanceInterruptibly")
                  .when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.Exchanger", "exchange").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.Semaphore", "tryAcquire").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.BlockingQueue").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.locks.Lock", "tryLock").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.locks.StampedLock").when(OneDoorToTime::timedByUnit))
          .add(of("java.util.concurrent.locks.Condition", "awaitNanos", "awaitUntil"))
          .add(of("java.util.concurrent.locks.Condition", "await").when(OneDoorToTime::timed))
          .add(of("java.util.concurrent.locks.LockSupport", "parkNanos", "parkUntil"))
          .add(
              of("java.util.concurrent.locks.AbstractQueuedSynchronizer")
                  .when(target -> target.getName().endsWith("Nanos")))
          .add(of("com.google.common.util.concurrent.Uninterruptibles").when(OneDoorToTime::timed))
          .add(of("com.google.common.util.concurrent.Monitor").when(OneDoorToTime::timed))
          .add(
              of("com.google.common.util.concurrent.Futures", "getChecked")
                  .when(OneDoorToTime::timed))
          .build();

  private OneDoorToTime() {}

  /** No class outside the package {@code door} goes around it. */
  static ArchRule rule(String door) {
    return ArchRuleDefinition.classes()
        .that()
        .resideOutsideOfPackage(door)
        .should(
            new ArchCondition<>("leave time and chance to " + door) {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                for (JavaAccess<?> access : item.getAccessesFromSelf()) {
                  if (access.getTarget() instanceof CodeUnitAccessTarget target
                      && FORBIDDEN.stream().anyMatch(forbidden -> forbidden.matches(target))) {
                    events.add(SimpleConditionEvent.violated(item, access.getDescription()));
                  }
                }
              }
            });
  }

  /** Members of a type, by name; all of them if no name is given. Subtypes count too. */
  private static Forbidden of(String type, String... names) {
    ImmutableSet<String> any = ImmutableSet.copyOf(names);
    return target ->
        target.getOwner().isAssignableTo(type) && (any.isEmpty() || any.contains(target.getName()));
  }

  private static Forbidden inPackage(String packageName, String name) {
    return target ->
        target.getOwner().getPackageName().equals(packageName) && target.getName().equals(name);
  }

  private static boolean timed(CodeUnitAccessTarget target) {
    return parameters(target).stream().anyMatch(TIMED_TYPES::contains);
  }

  private static boolean timedByUnit(CodeUnitAccessTarget target) {
    return parameters(target).contains("java.util.concurrent.TimeUnit");
  }

  private static ImmutableList<String> parameters(CodeUnitAccessTarget target) {
    return target.getRawParameterTypes().stream()
        .map(JavaClass::getName)
        .collect(ImmutableList.toImmutableList());
  }

  private interface Forbidden {
    boolean matches(CodeUnitAccessTarget target);

    default Forbidden when(Predicate<CodeUnitAccessTarget> condition) {
      return target -> matches(target) && condition.test(target);
    }
  }
}
