package dev.reliability.testkit.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import dev.reliability.core.link.LinkClose;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkView;
import dev.reliability.core.retry.Backoff;
import dev.reliability.testkit.fault.Fault;
import dev.reliability.testkit.fault.FaultSchedule;
import dev.reliability.testkit.jqwik.FaultArbitraries;
import dev.reliability.testkit.jqwik.LinkPlans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever happens to a link for 48 hours: bounded attempts, and open again soon after. */
class LinkProperties {
  private static final Duration DAYS = Duration.ofDays(2);

  @Provide
  Arbitrary<List<LinkPlan>> plans() {
    return LinkPlans.troubles().list().ofMinSize(1).ofMaxSize(30);
  }

  @Provide
  Arbitrary<FaultSchedule> clocks() {
    return FaultArbitraries.schedules(6);
  }

  @Provide
  Arbitrary<LinkPolicy> policies() {
    Arbitrary<Duration> base = Arbitraries.longs().between(1, 2_000).map(Duration::ofMillis);
    Arbitrary<Backoff> backoffs =
        Combinators.combine(base, Arbitraries.integers().between(0, 3))
            .as(
                (from, mode) -> {
                  Backoff plain = Backoff.exponential(from, Duration.ofSeconds(30));
                  return switch (mode) {
                    case 0 -> plain;
                    case 1 -> plain.withAdditiveJitter(Duration.ofMillis(750));
                    case 2 -> plain.withFullJitter();
                    default -> plain.withDecorrelatedJitter();
                  };
                });
    return Combinators.combine(
            backoffs,
            Arbitraries.integers().between(1, 20),
            Arbitraries.longs().between(60, 900).map(Duration::ofSeconds),
            Arbitraries.longs().between(10, 120).map(Duration::ofSeconds),
            Arbitraries.of(Duration.ZERO, Duration.ofMinutes(2)))
        .as(
            (backoff, threshold, window, cooldown, stable) ->
                LinkPolicy.builder()
                    .backoff(backoff)
                    .burst(threshold, window, cooldown)
                    .resetAfterStable(stable)
                    .build());
  }

  /** Connections go wrong as the plans say, over and over, for 48 h; then every one opens. */
  private static LinkRig play(
      LinkPolicy policy, List<LinkPlan> plans, FaultSchedule clocks, List<FakeLink> links) {
    LinkRig rig =
        new LinkRig(
            policy,
            world -> {
              FakeLink link =
                  FakeLink.choosing(
                      world, generation -> plans.get((int) ((generation - 1) % plans.size())));
              links.add(link);
              return link;
            });
    rig.start();
    long end = rig.world.elapsed().plus(DAYS).toNanos();
    for (Fault fault : clocks.faults()) {
      fault.applyTo(rig.world);
    }
    long left = end - rig.world.elapsed().toNanos();
    if (left > 0) {
      rig.pass(Duration.ofNanos(left));
    }
    return rig;
  }

  /** Invariants 4, 5 and 8, and liveness. */
  @Property(tries = 150)
  void attemptsAreBoundedAndTheLinkComesBack(
      @ForAll("policies") LinkPolicy policy,
      @ForAll("plans") List<LinkPlan> plans,
      @ForAll("clocks") FaultSchedule clocks) {
    List<FakeLink> links = new ArrayList<>();
    LinkRig rig = play(policy, plans, clocks, links);
    List<Long> attempts = rig.times(LinkEvent.Connecting.class);

    long window = policy.burst().window().toNanos();
    long most = policy.burst().mostAttempts() + 1; // one more that may go at once, uncounted
    for (int from = 0, to = 0; to < attempts.size(); to++) {
      while (attempts.get(to) - attempts.get(from) >= window) {
        from++;
      }
      assertThat(to - from + 1).as("attempts in one window").isLessThanOrEqualTo((int) most);
    }

    Event trip = null;
    for (Event event : rig.events) {
      if (event.data() instanceof LinkEvent.CoolingDown) {
        trip = event;
      } else if (event.data() instanceof LinkEvent.Connecting && trip != null) {
        assertThat(event.mono() - trip.mono())
            .as("from the trip to the next attempt")
            .isGreaterThanOrEqualTo(policy.burst().cooldown().toNanos());
        trip = null;
      }
    }

    FakeLink link = links.get(0);
    assertThat(link.overlaps()).as("connections over one another").isZero();
    assertThat(attempts).as("one attempt, one event").hasSize((int) link.connects());
    assertThat(rig.all(LinkEvent.Closed.class).size())
        .as("one close each")
        .isBetween(attempts.size() - 1, attempts.size());

    link.play(LinkPlan.opens());
    link.drop(LinkRig.LOST);
    Duration graces = Duration.ofSeconds(15); // of timers that a pause of the process held up
    rig.pass(policy.mostUntilNextAttempt().multipliedBy(2).plus(graces));
    assertThat(rig.state()).as("after the last fault").isEqualTo(LinkState.OPEN);
  }

  @Property(tries = 30)
  void theSameSeedGivesTheSameRun(
      @ForAll("plans") List<LinkPlan> plans, @ForAll("clocks") FaultSchedule clocks) {
    List<Event> first = play(LinkPolicy.ofDefaults(), plans, clocks, new ArrayList<>()).events;
    List<Event> second = play(LinkPolicy.ofDefaults(), plans, clocks, new ArrayList<>()).events;
    assertThat(second).isEqualTo(first);
  }

  /** Tells, whenever a connection is made, everything on behalf of all that were before. */
  private static final class Echoing implements Link {
    private final FakeLink link;
    private final List<LinkListener> old = new ArrayList<>();

    Echoing(FakeLink link) {
      this.link = link;
    }

    @Override
    public void connect(long generation, LinkListener listener) {
      for (LinkListener late : old) {
        late.opened();
        late.pairing(true);
        late.activity();
        late.closed(CloseReason.of(CloseClass.STOP_BANNED, "403", "late"));
      }
      old.add(listener);
      link.connect(generation, listener);
    }

    @Override
    public void close(long generation) {
      link.close(generation);
    }

    @Override
    public boolean probe(long generation) {
      return link.probe(generation);
    }
  }

  /** Invariant 8. */
  @Property(tries = 40)
  void lateEventsOfOlderConnectionsChangeNothing(@ForAll("plans") List<LinkPlan> plans) {
    LongFunction<LinkPlan> chosen =
        generation -> plans.get((int) ((generation - 1) % plans.size()));
    LinkRig plain = new LinkRig(LinkPolicy.ofDefaults(), world -> FakeLink.choosing(world, chosen));
    LinkRig echoing =
        new LinkRig(
            LinkPolicy.ofDefaults(), world -> new Echoing(FakeLink.choosing(world, chosen)));
    for (LinkRig rig : List.of(plain, echoing)) {
      rig.start();
      rig.pass(Duration.ofHours(2));
    }
    assertThat(echoing.events).isEqualTo(plain.events);
  }

  /** Invariant 6. */
  @Property(tries = 60)
  void theClosesThatAreKeptAreTheLastOnesOfAll(
      @ForAll("plans") List<LinkPlan> plans, @ForAll @IntRange(min = 1, max = 20) int kept) {
    List<LinkClose> model = new ArrayList<>();
    LinkRig rig =
        new LinkRig(
            7,
            LinkPolicy.ofDefaults(),
            world ->
                FakeLink.choosing(
                    world, generation -> plans.get((int) ((generation - 1) % plans.size()))),
            builder ->
                builder
                    .closesKept(kept)
                    .onChange(
                        view -> {
                          if (view.closesInAll() > model.size()) {
                            model.add(view.lastClose());
                          }
                        }));
    rig.start();
    rig.pass(Duration.ofHours(3));
    LinkView view = rig.supervisor.view();
    assertThat(view.closesInAll()).isEqualTo(model.size());
    assertThat(view.closes())
        .isEqualTo(model.subList(Math.max(0, model.size() - kept), model.size()));
    assertThat(view.closesDropped()).isEqualTo(Math.max(0, model.size() - kept));
  }
}
