package dev.reliability.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.link.LinkDecision.CoolDown;
import dev.reliability.core.link.LinkDecision.RetryImmediately;
import dev.reliability.core.link.LinkDecision.RetryIn;
import dev.reliability.core.link.LinkDecision.Stop;
import dev.reliability.core.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinkPolicyTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final CloseReason LOST = CloseReason.of(CloseClass.RETRY, "428", "closed");

  private final SplittableRandom random = new SplittableRandom(1);
  private LinkPolicy policy =
      LinkPolicy.builder().backoff(Backoff.exponential(SECOND, Duration.ofSeconds(30))).build();
  private LinkHistory history = LinkHistory.NONE;
  private long now;

  private LinkDecision closed(CloseReason reason) {
    LinkPolicy.Step step = policy.closed(history, reason, now, random);
    history = step.history();
    return step.decision();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void opened() {
    history = policy.opened(history, now);
  }

  private static RetryIn retry(long seconds, int attempt) {
    return new RetryIn(Duration.ofSeconds(seconds), attempt);
  }

  @Test
  void theDelaysDoubleUpToTheCap() {
    List<LinkDecision> decisions = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      decisions.add(closed(LOST));
      pass(Duration.ofMinutes(2));
    }
    assertThat(decisions)
        .containsExactly(
            retry(1, 1),
            retry(2, 2),
            retry(4, 3),
            retry(8, 4),
            retry(16, 5),
            retry(30, 6),
            retry(30, 7));
  }

  @DisplayName("reconnect counter reset on open")
  @Test
  void anOpenLinkCountsFromTheBeginning() {
    closed(LOST);
    closed(LOST);
    opened();
    assertThat(closed(LOST)).isEqualTo(retry(1, 1));
  }

  @Test
  void orOnlyOnceItHasBeenStable() {
    policy =
        LinkPolicy.builder()
            .backoff(Backoff.exponential(SECOND, Duration.ofSeconds(30)))
            .resetAfterStable(Duration.ofMinutes(1))
            .build();
    closed(LOST);
    opened();
    pass(Duration.ofSeconds(59));
    assertThat(closed(LOST)).isEqualTo(retry(2, 2));
    opened();
    pass(Duration.ofMinutes(1));
    assertThat(closed(LOST)).isEqualTo(retry(1, 1));
  }

  @Test
  void aLinkThatFlapsOpenStillReachesItsCooldown() {
    for (int i = 1; i < 15; i++) {
      assertThat(closed(LOST)).as("close %d", i).isInstanceOf(RetryIn.class);
      opened();
      pass(SECOND);
    }
    assertThat(closed(LOST))
        .isEqualTo(new CoolDown(Duration.ofMinutes(1), "15 closes within PT10M"));
    pass(Duration.ofMinutes(10));
    assertThat(closed(LOST)).isInstanceOf(RetryIn.class);
  }

  @Test
  void whoMayGoAtOnceDoesSoOncePerWindowAndUncounted() {
    CloseReason restart = CloseReason.of(CloseClass.RETRY_IMMEDIATELY, "515", "restart required");
    assertThat(closed(restart)).isEqualTo(new RetryImmediately());
    assertThat(policy.closesInWindow(history, now)).isZero();
    assertThat(closed(restart)).isEqualTo(retry(1, 1));
    pass(Duration.ofMinutes(10));
    assertThat(closed(restart)).isEqualTo(new RetryImmediately());
  }

  @Test
  void whoAsksToBeLeftAloneIsLeftAloneAtLeastAsLongAsACooldown() {
    CloseReason busy = CloseReason.of(CloseClass.COOL_DOWN, "429", "too many");
    assertThat(closed(busy)).isEqualTo(new CoolDown(Duration.ofMinutes(1), "cool_down (429)"));
    CloseReason banned =
        new CloseReason(CloseClass.COOL_DOWN, "402", "for a day", Duration.ofDays(1));
    assertThat(closed(banned)).isEqualTo(new CoolDown(Duration.ofDays(1), "cool_down (402)"));
  }

  @ParameterizedTest
  @EnumSource(CloseClass.class)
  void finalReasonsStopAndNoOthersDo(CloseClass kind) {
    CloseReason reason = CloseReason.of(kind, "1", "");
    LinkDecision decision = closed(reason);
    if (kind.isFinal()) {
      assertThat(decision).isEqualTo(new Stop(reason));
    } else {
      assertThat(decision).isNotInstanceOf(Stop.class);
    }
  }

  @Test
  void whatCannotBeUsedIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                LinkPolicy.builder()
                    .burst(0, Duration.ZERO, SECOND.negated())
                    .resetAfterStable(SECOND.negated())
                    .connectDeadline(Duration.ZERO)
                    .probe(Duration.ZERO, SECOND.negated())
                    .closeTimeout(Duration.ZERO)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a link policy cannot be built: burst threshold: expected at least 1, got 0;"
                + " burst window: expected a positive duration, got PT0S;"
                + " cooldown: expected a positive duration, got PT-1S;"
                + " resetAfterStable: expected a duration that is not negative, got PT-1S;"
                + " connectDeadline: expected a positive duration, got PT0S;"
                + " probe after: expected a positive duration, got PT0S;"
                + " probe within: expected a positive duration, got PT-1S;"
                + " closeTimeout: expected a positive duration, got PT0S");
  }

  @Test
  void whoResumesGoesAtOnceUnlessItIsToBeLeftAlone() {
    assertThat(resumed()).isEqualTo(new RetryImmediately());
    CloseReason banned =
        new CloseReason(CloseClass.COOL_DOWN, "402", "for a while", Duration.ofMinutes(7));
    closed(banned);
    pass(Duration.ofMinutes(2));
    assertThat(resumed()).isEqualTo(new CoolDown(Duration.ofMinutes(5), "its cooldown goes on"));
    pass(Duration.ofMinutes(5));
    assertThat(resumed()).isEqualTo(new RetryImmediately());
  }

  @Test
  void whoResumesOverAndOverIsABurstToo() {
    CloseReason out = CloseReason.of(CloseClass.STOP_LOGGED_OUT, "401", "");
    for (int i = 0; i < 15; i++) {
      assertThat(resumed()).as("%d", i).isEqualTo(new RetryImmediately());
      assertThat(closed(out)).isEqualTo(new Stop(out));
    }
    assertThat(resumed()).isEqualTo(new CoolDown(Duration.ofMinutes(1), "15 closes within PT10M"));
  }

  private LinkDecision resumed() {
    LinkPolicy.Step step = policy.resumed(history, now);
    history = step.history();
    return step.decision();
  }

  @Test
  void theBoundsThatFollowFromItsSettings() {
    assertThat(LinkPolicy.ofDefaults().burst().mostAttempts()).isEqualTo(25);
    assertThat(LinkPolicy.ofDefaults().mostUntilNextAttempt())
        .isEqualTo(Duration.ofSeconds(80 + 10 + 60));
    assertThat(BurstCooldown.of(3, SECOND, Duration.ofMillis(300)).mostAttempts()).isEqualTo(7);
  }

  /** The window slides over all closes; the policy keeps only the last few of them. */
  @Property
  void coolsDownExactlyWhenANaiveCountSaysSo(
      @ForAll @Size(max = 200) List<@IntRange(max = 90) Integer> gapsInSeconds,
      @ForAll @IntRange(min = 1, max = 20) int threshold) {
    Duration window = Duration.ofMinutes(10);
    LinkPolicy any = LinkPolicy.builder().burst(threshold, window, SECOND).build();
    List<Long> all = new ArrayList<>();
    LinkHistory before = LinkHistory.NONE;
    long at = -7; // the clock may begin anywhere
    for (int gap : gapsInSeconds) {
      at += Duration.ofSeconds(gap).toNanos();
      long moment = at;
      all.add(at);
      long count = all.stream().filter(close -> moment - close < window.toNanos()).count();
      LinkPolicy.Step step = any.closed(before, LOST, at, random);
      before = step.history();
      assertThat(step.decision() instanceof CoolDown).isEqualTo(count >= threshold);
    }
  }
}
