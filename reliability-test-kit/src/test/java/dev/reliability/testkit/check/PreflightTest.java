package dev.reliability.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.check.DependencyEscalation;
import dev.reliability.core.check.Masker;
import dev.reliability.core.check.Preflight;
import dev.reliability.core.check.PreflightException;
import dev.reliability.core.check.PreflightReport;
import dev.reliability.core.check.PreflightReport.CheckReport;
import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** All that is needed is looked at, before the start and while it runs; and every failure told. */
class PreflightTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = World.create(7);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final Set<String> missing = new LinkedHashSet<>();
  private final List<CheckContext> attempts = new ArrayList<>();
  private final List<CompletableFuture<CheckResult>> hung = new ArrayList<>();

  /** Passes unless it is made to miss. */
  private DependencyCheck thing(String name) {
    return context -> {
      attempts.add(context);
      return done(
          missing.contains(name)
              ? CheckResult.failed(name + " is not there")
              : CheckResult.passed(name + " is there"));
    };
  }

  private CompletionStage<CheckResult> hangs(CheckContext context) {
    attempts.add(context);
    context.output().append("attempt " + context.attempt() + " connecting\n", true);
    CompletableFuture<CheckResult> never = new CompletableFuture<>();
    hung.add(never);
    return never;
  }

  private static CompletionStage<CheckResult> done(CheckResult result) {
    return CompletableFuture.completedFuture(result);
  }

  private <T extends EventData> List<T> told(Class<T> type) {
    world.advance(Duration.ZERO);
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void everyFailureIsListedInTheOrderGiven() {
    missing.addAll(List.of("zebra", "ape"));
    Preflight preflight =
        Preflight.builder(bus)
            .check("zebra", thing("zebra"))
            .check("cat", thing("cat"))
            .check(
                "dog",
                context -> {
                  context.output().append("first line\nsecond line\n", false);
                  throw new IllegalStateException("no dog");
                })
            .check("ape", thing("ape"))
            .build();
    PreflightReport report = world.await(preflight.run());
    assertThat(report.lines())
        .containsExactly(
            "FAIL zebra: zebra is not there",
            "PASS cat: cat is there",
            "FAIL dog: IllegalStateException: no dog; last output: first line\\nsecond line",
            "FAIL ape: ape is not there");
    assertThat(report.failures())
        .extracting(CheckReport::name)
        .containsExactly("zebra", "dog", "ape");
    assertThat(world.await(preflight.run()).lines()).as("the same again").isEqualTo(report.lines());
  }

  @Test
  void aMissingDependencyFailsTheStartAndNamesEveryOther() {
    missing.addAll(List.of("a", "c"));
    Preflight preflight =
        Preflight.builder(bus)
            .check("a", thing("a"))
            .check("b", thing("b"))
            .check("c", thing("c"))
            .build();
    assertThatThrownBy(preflight::requireAll)
        .isInstanceOfSatisfying(
            PreflightException.class, e -> assertThat(e.report().failures()).hasSize(2))
        .hasMessage("2 of 3 checks failed:\nFAIL a: a is not there\nFAIL c: c is not there");
    missing.clear();
    assertThat(preflight.requireAll().passed()).isTrue();
  }

  @Test
  void aCheckIsTriedThreeTimesASecondApart() {
    missing.add("a");
    Preflight preflight = Preflight.builder(bus).check("a", thing("a")).build();
    CompletableFuture<PreflightReport> run = preflight.run();
    world.advance(Duration.ofSeconds(1));
    assertThat(attempts).hasSize(2);
    missing.clear();
    PreflightReport report = world.await(run);
    assertThat(report.passed()).isTrue();
    assertThat(report.took()).isEqualTo(Duration.ofSeconds(2));
    assertThat(report.checks()).extracting(CheckReport::attempts).containsExactly(3);
  }

  @Test
  void aCheckThatHangsIsBoundedAndSaidToHaveHungWithWhatItPutOut() {
    Preflight preflight =
        Preflight.builder(bus).check("gateway", this::hangs).check("a", thing("a")).build();
    PreflightReport report = world.await(preflight.run());
    assertThat(report.took()).isEqualTo(Duration.ofSeconds(32));
    assertThat(report.lines())
        .containsExactly(
            "FAIL gateway: hung: it did not end within PT10S and was given up;"
                + " last output: attempt 3 connecting",
            "PASS a: a is there");
    world.advance(Duration.ZERO);
    assertThat(hung).hasSize(3).allMatch(CompletableFuture::isCancelled);
    assertThat(attempts.get(0).remaining()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void noSecretIsSeenByAnybody() {
    Preflight preflight =
        Preflight.builder(bus)
            .masker(Masker.hiding("open sesame"))
            .check(
                "api",
                context -> {
                  context.output().append("GET /?token=abc123def\nwith open sesame\n", true);
                  throw new IllegalStateException("refused: password=hunter2, open sesame");
                })
            .build();
    PreflightReport report = world.await(preflight.run());
    assertThat(report.lines())
        .containsExactly(
            "FAIL api: IllegalStateException: refused: password=[masked] [masked];"
                + " last output: GET /?token=[masked]\\nwith [masked]");
    world.advance(Duration.ZERO);
    assertThat(events.toString()).doesNotContain("hunter2", "abc123def", "sesame");
  }

  @Test
  void whatIsPutOutIsBounded() {
    Preflight preflight =
        Preflight.builder(bus)
            .check(
                "loud",
                context -> {
                  for (int i = 0; i < 100_000; i++) {
                    context.output().append("line " + i + "\n", false);
                  }
                  return done(CheckResult.failed("x".repeat(100_000)));
                })
            .build();
    CheckReport check = world.await(preflight.run()).checks().get(0);
    assertThat(check.lastOutput()).hasSize(2048).endsWith("line 99999");
    assertThat(check.why()).hasSize(1024);
  }

  @Test
  void aCheckWithoutAResultOrAStageFails() {
    Preflight preflight =
        Preflight.builder(bus)
            .check("no result", context -> CompletableFuture.completedFuture(nothing()))
            .check("no stage", context -> nothing())
            .check(
                "no memory",
                context -> CompletableFuture.failedFuture(new OutOfMemoryError("made up")))
            .build();
    assertThat(world.await(preflight.run()).lines())
        .containsExactly(
            "FAIL no result: the check gave no result",
            "FAIL no stage: NullPointerException: the check's stage",
            "FAIL no memory: java.lang.OutOfMemoryError: made up");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  // ---- while it runs ----

  @Test
  void whatBreaksLaterIsToldOnceAndSoIsItsRecovery() {
    Preflight preflight =
        Preflight.builder(bus).check("a", thing("a")).check("b", thing("b")).build();
    preflight.requireAll();
    Periodic periodic = preflight.start(MINUTE);
    world.advance(MINUTE);
    assertThat(told(DependencyEvent.CheckFailed.class)).isEmpty();
    missing.add("b");
    world.advance(MINUTE.multipliedBy(3).plusSeconds(10));
    missing.clear();
    world.advance(MINUTE.multipliedBy(2));
    periodic.close();
    assertThat(told(DependencyEvent.CheckFailed.class))
        .containsExactly(new DependencyEvent.CheckFailed("b", "b is not there", "", 3));
    assertThat(told(DependencyEvent.CheckRecovered.class))
        .containsExactly(new DependencyEvent.CheckRecovered("b", 3));
    assertThat(told(DependencyEvent.Preflight.class))
        .extracting(DependencyEvent.Preflight::failed)
        .containsExactly(
            List.of(), List.of(), List.of("b"), List.of("b"), List.of("b"), List.of(), List.of());
    world.advance(Duration.ofHours(1));
    assertThat(told(DependencyEvent.Preflight.class)).hasSize(7);
  }

  @Test
  void ticksThatOverlapDoNotPileUp() {
    Preflight preflight = Preflight.builder(bus).check("gateway", this::hangs).build();
    preflight.start(Duration.ofSeconds(5));
    world.advance(Duration.ofMinutes(10));
    // each takes 32 s, so the next begins 35 s after it began
    assertThat(told(DependencyEvent.Preflight.class)).hasSizeBetween(16, 17);
    assertThat(hung).hasSizeLessThanOrEqualTo(18 * 3);
    assertThat(hung.stream().filter(stage -> !stage.isDone()).count()).isLessThanOrEqualTo(1);
  }

  @Test
  void twoThatAskAtOnceGetTheSamePreflight() {
    Preflight preflight = Preflight.builder(bus).check("a", thing("a")).build();
    CompletableFuture<PreflightReport> first = preflight.run();
    CompletableFuture<PreflightReport> second = preflight.run();
    assertThat(world.await(first)).isSameAs(world.await(second));
    assertThat(attempts).hasSize(1);
    assertThat(preflight.last()).containsSame(first.join());
    world.advance(MINUTE);
    assertThat(preflight.last()).as("looking changes nothing").containsSame(first.join());
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aListenerThatThrowsChangesNothing() {
    List<PreflightReport> seen = new ArrayList<>();
    Preflight preflight =
        Preflight.builder(bus)
            .check("a", thing("a"))
            .onReport(
                report -> {
                  throw new IllegalStateException("a broken listener");
                })
            .onReport(seen::add)
            .build();
    PreflightReport report = world.await(preflight.run());
    world.advance(Duration.ZERO);
    assertThat(seen).containsExactly(report);
    assertThat(world.await(preflight.run()).passed()).isTrue();
  }

  @Test
  void whatKeepsFailingBecomesCriticalAtTheSixthPreflight() {
    List<String> heard = new ArrayList<>();
    InMemoryStateStore store = new InMemoryStateStore();
    Preflight preflight =
        Preflight.builder(bus)
            .check("a", thing("a"))
            .check("b", thing("b"))
            .escalation(
                new DependencyEscalation(
                    store,
                    bus,
                    (name, failures, why) -> heard.add(name + " " + failures + " " + why)))
            .build();
    missing.add("b");
    preflight.start(MINUTE);
    world.advance(MINUTE.multipliedBy(5).plusSeconds(10));
    assertThat(heard).isEmpty();
    world.advance(MINUTE.multipliedBy(10));
    assertThat(heard).containsExactly("b 6 b is not there");
    missing.clear();
    world.advance(MINUTE.multipliedBy(2));
    assertThat(told(DependencyEvent.Recovered.class))
        .containsExactly(new DependencyEvent.Recovered("b", 15));
  }

  @Test
  void whatHangsIsCriticalWithinFiveMinutesToo() {
    for (boolean hanging : new boolean[] {true, false}) {
      List<Duration> heard = new ArrayList<>();
      boolean[] broken = {false};
      Preflight preflight =
          Preflight.builder(bus)
              .check(
                  "db",
                  context ->
                      broken[0]
                          ? hanging
                              ? new CompletableFuture<>()
                              : done(CheckResult.failed("refused"))
                          : done(CheckResult.passed("there")))
              .escalation(
                  new DependencyEscalation(
                      new InMemoryStateStore(), bus, (n, f, w) -> heard.add(world.elapsed())))
              .build();
      Periodic periodic = preflight.start(Duration.ofSeconds(40));
      world.advance(Duration.ofSeconds(40).plusNanos(1)); // it breaks just after it was looked at
      Duration began = world.elapsed();
      broken[0] = true;
      world.advance(Duration.ofMinutes(20));
      periodic.close();
      assertThat(heard).hasSize(1);
      assertThat(heard.get(0).minus(began)).isLessThan(Duration.ofMinutes(5));
      world.advance(MINUTE);
    }
  }

  @Test
  void aNameThatTheEscalationCannotStoreIsRefused() {
    String name = "x".repeat(510);
    Preflight.Builder builder = Preflight.builder(bus).check(name, thing("a"));
    assertThat(world.await(builder.build().run()).passed()).isTrue();
    assertThatThrownBy(
            () ->
                builder
                    .escalation(
                        new DependencyEscalation(new InMemoryStateStore(), bus, (n, f, w) -> {}))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dependency: expected")
        .hasMessageContaining("521 bytes");
  }

  @Test
  void aClosedRuntimeFailsEveryCheck() {
    Preflight preflight = Preflight.builder(bus).check("a", thing("a")).build();
    world.close();
    assertThat(preflight.run().join().lines())
        .containsExactly("FAIL a: cancelled: the runtime is closed");
  }

  @Test
  void whatCannotBeBuiltIsSaidAllAtOnce() {
    assertThatThrownBy(() -> Preflight.builder(bus).build())
        .hasMessageContaining("checks: expected at least one, got none");
    assertThatThrownBy(
            () ->
                Preflight.builder(bus)
                    .check("a", thing("a"))
                    .check("a", thing("a"), Duration.ZERO)
                    .check("b\n", thing("b"))
                    .limit(Duration.ofSeconds(-1))
                    .attempts(0, Duration.ZERO)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("check \"a\": expected once, got it twice")
        .hasMessageContaining("a control character at 1")
        .hasMessageContaining("limit of a: expected a positive duration, got PT0S")
        .hasMessageContaining("limit: expected a positive duration, got PT-1S")
        .hasMessageContaining("interval: expected a positive duration, got PT0S")
        .hasMessageContaining("attempts: expected at least 1, got 0");
  }
}
