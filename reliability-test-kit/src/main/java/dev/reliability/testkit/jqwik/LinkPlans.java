package dev.reliability.testkit.jqwik;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.testkit.link.LinkPlan;
import java.time.Duration;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Generators of what becomes of a link's connections. What they shrink to is simple and short. */
public final class LinkPlans {
  private LinkPlans() {}

  /**
   * Connections that go wrong in any way that lets others try again: refused, silent, thrown,
   * closed after a while, half open, or heedless of being closed.
   */
  public static Arbitrary<LinkPlan> troubles() {
    Arbitrary<Duration> lives =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 2_000).map(Duration::ofMillis),
            Arbitraries.longs().between(0, 300).map(Duration::ofSeconds),
            Arbitraries.longs().between(0, 12).map(Duration::ofHours));
    Arbitrary<LinkPlan> plain =
        Arbitraries.frequencyOf(
            Tuple.of(4, reasons().map(LinkPlan::refused)),
            Tuple.of(
                6,
                lives.flatMap(
                    life -> reasons().map(reason -> LinkPlan.opens().closing(life, reason)))),
            Tuple.of(1, Arbitraries.just(LinkPlan.silent())),
            Tuple.of(1, Arbitraries.just(LinkPlan.opens().deaf())),
            Tuple.of(1, Arbitraries.just(LinkPlan.throwing())),
            Tuple.of(1, lives.map(life -> LinkPlan.silent().pairing(life))));
    return plain.flatMap(
        plan ->
            Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.just(plan)),
                Tuple.of(1, Arbitraries.just(plan.ignoringClose())),
                Tuple.of(1, lives.map(plan::after))));
  }

  /** Reasons to close that are not final, most of them of the plain kind. */
  public static Arbitrary<CloseReason> reasons() {
    Arbitrary<CloseClass> any =
        Arbitraries.of(Arrays.stream(CloseClass.values()).filter(kind -> !kind.isFinal()).toList());
    return Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.just(CloseClass.RETRY)), Tuple.of(1, any))
        .map(kind -> CloseReason.of(kind, "test", "as the schedule has it"));
  }
}
