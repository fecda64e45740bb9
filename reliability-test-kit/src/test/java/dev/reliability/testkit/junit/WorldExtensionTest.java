package dev.reliability.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.world.World;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class WorldExtensionTest {
  private static final List<String> seen = new ArrayList<>();

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @BeforeEach
  void forget() {
    seen.clear();
  }

  @Test
  void oneWorldPerTestServesAllItsParameters() {
    assertThat(run(Injected.class).getTestsFailedCount()).isZero();
    assertThat(seen).hasSize(2).doesNotHaveDuplicates(); // one seed per test
    List<String> first = List.copyOf(seen);
    seen.clear();
    run(Injected.class);
    assertThat(seen).isEqualTo(first); // and the same in the next run
    assertThat(printed()).isEmpty();
  }

  @Test
  void aFailingPrintsSeedAndTrace() {
    assertThat(run(Failing.class).getTestsFailedCount()).isEqualTo(1);
    assertThat(printed())
        .contains("fails(World)", "-Dreliability.seed=77", "after 1 steps", "+PT1M lane 3 (timer)")
        .doesNotContain("injected");
  }

  @Test
  void whatWasInjectedIsSaid() {
    run(FailingAfterInjection.class);
    assertThat(printed()).contains("injected tasks");
  }

  @Test
  void collectedErrorsFailTheTestAtItsEnd() {
    TestExecutionSummary summary = run(Collecting.class);
    assertThat(summary.getFailures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.getException())
                    .hasMessageContaining("lane 3")
                    .hasRootCauseMessage("boom"));
    assertThat(seen).containsExactly("went on");
    assertThat(printed()).contains("-Dreliability.seed=");
  }

  @Test
  void theSeedCanBeOverridden() {
    run(Failing.class, "-5");
    assertThat(printed()).contains("-Dreliability.seed=-5");
  }

  @Test
  void aSeedThatIsNoNumberIsNamed() {
    assertThat(run(Failing.class, "five").getFailures().get(0).getException())
        .hasStackTraceContaining("reliability.seed: expected a whole number, got \"five\"");
  }

  @Test
  void theNearestAnnotationCounts() {
    run(Around.class);
    assertThat(seen).containsExactlyInAnyOrder("around 8", "nested 8", "own 9");
  }

  private String printed() {
    return errors.toString(StandardCharsets.UTF_8);
  }

  private TestExecutionSummary run(Class<?> tests) {
    return run(tests, "");
  }

  private TestExecutionSummary run(Class<?> tests, String seed) {
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests));
    if (!seed.isEmpty()) {
      request.configurationParameter(WorldExtension.SEED, seed);
    }
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    PrintStream before = System.err;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      LauncherFactory.create().execute(request.build(), listener);
    } finally {
      System.setErr(before);
    }
    return listener.getSummary();
  }

  private static void after(World world, Duration delay, Runnable task) {
    Strand strand = world.strand(Strand.Kind.CONTROL, "lane 3");
    world.scheduler().schedule(strand, delay.toNanos(), task);
  }

  // The classes below are no tests of their own: those above run them, and some have to fail.

  @ExtendWith(WorldExtension.class)
  static class Injected {
    private World before;

    @BeforeEach
    void begin(World world) {
      before = world;
    }

    @Test
    void one(World world, ReliabilityRuntime runtime) {
      assertThat(runtime).isSameAs(world).isSameAs(before);
      seen.add("" + world.seed());
    }

    @Test
    void other(ReliabilityRuntime runtime) {
      assertThat(runtime).isSameAs(before);
      seen.add("" + before.seed());
    }

    @AfterEach
    void end(World world) {
      assertThat(world).isSameAs(before);
    }
  }

  static class Failing {
    @Test
    @Simulated(seed = 77)
    void fails(World world) {
      after(world, Duration.ofMinutes(1), () -> {});
      world.advance(Duration.ofHours(1));
      assertThat(world.steps()).isEqualTo(2);
    }
  }

  @Simulated
  static class FailingAfterInjection {
    @Test
    void fails(World world) {
      world.inject(() -> {});
      assertThat(world.steps()).isEqualTo(2);
    }
  }

  @Simulated(collectErrors = true)
  static class Collecting {
    @Test
    void collects(World world) {
      after(
          world,
          Duration.ofMinutes(1),
          () -> {
            throw new IllegalStateException("boom");
          });
      world.advance(Duration.ofHours(1));
      seen.add("went on");
    }
  }

  @Simulated(seed = 8)
  static class Around {
    @Test
    void around(World world) {
      seen.add("around " + world.seed());
    }

    @Nested
    class Inside {
      @Test
      void nested(World world) {
        seen.add("nested " + world.seed());
      }

      @Test
      @Simulated(seed = 9)
      void own(World world) {
        seen.add("own " + world.seed());
      }
    }
  }
}
