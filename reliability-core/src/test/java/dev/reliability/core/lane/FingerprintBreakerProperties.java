package dev.reliability.core.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Invariant 15: it trips if and only if one fingerprint reaches the threshold in the window. */
class FingerprintBreakerProperties {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * Something that happens in a lane.
   *
   * @param minutes since the thing before
   * @param reason which failure; -1 resumes the lane
   * @param again whether the same failure is told a second time
   */
  record Happening(int minutes, int reason, boolean again) {}

  /** Only what a human would write down to count by hand. */
  private record Counted(int reason, Instant at, long episode) {}

  @Property(tries = 5_000)
  void itTripsExactlyWhenTheModelDoes(
      @ForAll("histories") List<Happening> history,
      @ForAll @IntRange(min = 1, max = 4) int threshold,
      @ForAll @IntRange(min = 1, max = 120) int windowMinutes) {
    Duration window = Duration.ofMinutes(windowMinutes);
    FingerprintBreaker breaker = FingerprintBreaker.of(threshold, window);
    FailureWindow state = FailureWindow.EMPTY;
    List<Counted> all = new ArrayList<>();
    boolean open = false;
    long episode = 0;
    Instant now = START;
    int id = 0;
    for (Happening happening : history) {
      now = now.plus(Duration.ofMinutes(happening.minutes()));
      if (happening.reason() < 0) {
        episode += open ? 1 : 0;
        open = false;
        continue;
      }
      String name = "failure-" + ++id;
      for (int told = 0; told < (happening.again() ? 2 : 1); told++) {
        FingerprintBreaker.Decision decision =
            breaker.decide(state, episode, name, print(happening.reason()), now);
        if (told == 0) {
          all.add(new Counted(happening.reason(), now, episode));
        }
        int expected = count(all, happening.reason(), episode, now, window);
        assertThat(decision.count()).isEqualTo(expected);
        assertThat(decision.trips()).isEqualTo(!open && expected >= threshold);
        open |= decision.trips();
        state = FailureWindow.read("here", decision.next().spell());
        assertThat(state).isEqualTo(decision.next());
      }
    }
  }

  private static int count(
      List<Counted> all, int reason, long episode, Instant now, Duration window) {
    int count = 0;
    for (Counted one : all) {
      boolean inWindow = Duration.between(one.at(), now).compareTo(window) < 0;
      count += one.reason() == reason && one.episode() == episode && inWindow ? 1 : 0;
    }
    return count;
  }

  private static FailureFingerprint print(int reason) {
    return FailureFingerprint.of("lane", List.of("alpha", "beta", "gamma").get(reason));
  }

  @Provide
  Arbitrary<List<Happening>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 60),
            Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.integers().between(0, 2)),
                Tuple.of(1, Arbitraries.just(-1))),
            Arbitraries.of(true, false, false))
        .as(Happening::new)
        .list()
        .ofMaxSize(40);
  }

  @Example
  void memoryIsBoundedWhateverFails() {
    FingerprintBreaker breaker = FingerprintBreaker.of(200, Duration.ofDays(1));
    FailureWindow state = FailureWindow.EMPTY;
    for (int i = 0; i < 5_000; i++) {
      FailureFingerprint print = FailureFingerprint.of("lane", "word".repeat(i % 70 + 1));
      state = breaker.decide(state, 0, "id-" + i, print, START).next();
    }
    assertThat(state.failures()).hasSize(FailureWindow.MOST);
  }

  @Example
  void aBadThresholdOrWindowIsRefusedByName() {
    assertThatThrownBy(() -> FingerprintBreaker.of(0, Duration.ofHours(1)))
        .hasMessageContaining("threshold")
        .hasMessageContaining("0");
    assertThatThrownBy(() -> FingerprintBreaker.of(3, Duration.ZERO))
        .hasMessageContaining("window")
        .hasMessageContaining("PT0S");
  }
}
