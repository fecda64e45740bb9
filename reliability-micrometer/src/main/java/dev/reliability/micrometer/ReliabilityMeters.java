package dev.reliability.micrometer;

import dev.reliability.core.event.DependencyEvent;
import dev.reliability.core.event.DispatchEvent;
import dev.reliability.core.event.EffectEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.event.LaneEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RetryEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.runtime.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Shows in meters what events tell (requirements Q1 to Q3).
 *
 * <pre>{@code
 * ReliabilityMeters meters = ReliabilityMeters.of(runtime.time());
 * meters.bindTo(registry);
 * EventBus bus = EventBus.builder(runtime).sink(journal).sink(meters).build();
 * }</pre>
 *
 * <p>It is a sink of a bus, or is fed the events of one or more journals, each event once, those of
 * one incarnation in their order: the meters come out the same. Feed it before or after it is
 * bound; only the timers do not have what was told before. Each registry is bound once, and may be
 * bound at any time.
 *
 * <p>All meters begin with {@code reliability.}. Their labels are {@code lane}, {@code link},
 * {@code dependency} and {@code gate}, of which only the first so many names have series of their
 * own and the others share those of {@code other}; and closed sets such as {@code reason} and
 * {@code state}, of which each value is there from the beginning, at 0. No label ever names an item
 * or a run, so there is a bound on how many series there are whatever happens.
 *
 * <p>What the meters say is what the events say that it is fed. Where several processes work on the
 * same lanes, each shows its own share, and one that is fed all journals shows all of it. A lane
 * that was paused before the first event counts as paused once somebody is refused for it.
 *
 * <p>An event costs a few look-ups, that of a progress no lock and no allocation. No lock is held
 * while a registry is called. Thread-safe.
 */
public final class ReliabilityMeters implements EventSink, MeterBinder {
  private static final String DEPENDENCY = "dependency:";

  private final Bindings bindings = new Bindings();
  private final Totals totals = new Totals();
  private final Incarnations incarnations = new Incarnations();
  private final TimeSource time;
  private final OpenWork work;
  private final RunMeters runs;
  private final Named<LaneMeters> lanes;
  private final Named<LinkMeters> links;
  private final Named<DependencyMeters> dependencies;
  private final Named<GateMeters> gates;

  private ReliabilityMeters(Builder builder) {
    time = builder.time;
    work = new OpenWork(incarnations, builder.dispatchedItems);
    runs = new RunMeters(work);
    lanes =
        new Named<>(
            builder.maxLanes,
            name -> new LaneMeters(name, builder.time),
            bindings,
            () -> totals.lanesFolded.add(1));
    links = named(builder, "link", LinkMeters::new);
    dependencies = named(builder, "dependency", DependencyMeters::new);
    gates = named(builder, "gate", GateMeters::new);
    bindings.add(totals);
    bindings.add(runs);
    bindings.add(
        registry ->
            new Meters(registry)
                .flag(
                    "up",
                    "Whether an incarnation is known that is not known to have ended",
                    incarnations::anyLives));
  }

  private <M extends MeterBinder> Named<M> named(
      Builder builder, String kind, Function<String, M> make) {
    return new Named<>(builder.maxNames, make, bindings, () -> totals.namesFolded.add(kind));
  }

  /** Meters with all defaults. */
  public static ReliabilityMeters of(TimeSource time) {
    return builder(time).build();
  }

  /**
   * Meters whose settings can be changed.
   *
   * @param time tells which run locks are over their budget now, and when it is that {@link #dead}
   *     is called; nothing else is asked of it
   */
  public static Builder builder(TimeSource time) {
    return new Builder(time);
  }

  /** Registers all meters in {@code registry}; does nothing if that was done before. */
  @Override
  public void bindTo(MeterRegistry registry) {
    bindings.bind(Objects.requireNonNull(registry, "registry"));
  }

  @Override
  public String name() {
    return "meters";
  }

  /** The incarnations that were heard of and are not known to be over; of many, the last 1,024. */
  public Set<String> living() {
    return incarnations.living();
  }

  /**
   * Says that an incarnation is dead, for whoever knows it from elsewhere than events, such as its
   * ledger: one that was killed tells nobody. Its links are not up any more, and it holds no claim
   * and starts nothing. What it had started counts as running until it is told to be over: its
   * workers may live.
   */
  public void dead(String incarnation) {
    over(incarnation, false, time.wall());
  }

  @Override
  public void accept(Event event) {
    totals.event(event);
    String forgotten = incarnations.heard(event.id().epoch());
    if (forgotten != null) {
      over(forgotten, true, event.time());
    }
    EventData data = event.data();
    if (data instanceof RunEvent run) {
      if (!(run instanceof RunEvent.Progress)) { // the most frequent by far, and counted above
        runs.tell(event, run, lane(event));
      }
    } else if (data instanceof ItemEvent item) {
      item(event, item, lane(event));
    } else if (data instanceof LaneEvent lane) {
      lane(event, lane, lane(event));
    } else if (data instanceof DispatchEvent dispatch) {
      dispatch(event, dispatch);
    } else if (data instanceof LinkEvent link) {
      link(event, link);
    } else if (data instanceof HealthEvent health) {
      health(health);
    } else if (data instanceof DependencyEvent dependency) {
      dependency(event, dependency);
    } else if (data instanceof ReconcileEvent reconcile) {
      reconcile(event, reconcile);
    } else if (data instanceof ProcessEvent process) {
      process(event, process);
    } else {
      other(data);
    }
  }

  private LaneMeters lane(Event event) {
    return lanes.of(event.subject().lane());
  }

  private void item(Event event, ItemEvent data, LaneMeters lane) {
    if (data instanceof ItemEvent.Claimed claimed) {
      totals.claims.add(1);
      lane.pause.claimed(event, claimed);
      work.claimed(event, claimed, lane);
    } else if (data instanceof ItemEvent.ClaimRefused refused) {
      totals.claimsRefused.add(refused.guard());
      if (refused.guard().equals(Totals.LANE_PAUSED)) {
        lane.pause.refused(event);
      } else if (!refused.guard().equals(Totals.DUPLICATE_CLAIM)) {
        work.dequeued(event);
      }
    } else if (data instanceof ItemEvent.Completed || data instanceof ItemEvent.CompleteDuplicate) {
      work.completed(event);
    } else if (data instanceof ItemEvent.AttemptsExhausted) {
      if (work.spent(event)) {
        totals.itemsExhausted.add(1);
      }
    } else {
      if (data instanceof ItemEvent.LeaseLost) {
        totals.leasesLost.add(1);
      }
      work.unclaimed(event);
    }
  }

  private void lane(Event event, LaneEvent data, LaneMeters lane) {
    if (data instanceof LaneEvent.Failure) {
      lane.failed();
    } else if (data instanceof LaneEvent.Paused paused) {
      lane.pause.told(event, paused.episode(), true);
    } else if (data instanceof LaneEvent.Resumed resumed && !resumed.trial()) {
      lane.pause.told(event, resumed.episode(), false);
    }
  }

  private void dispatch(Event event, DispatchEvent data) {
    if (data instanceof DispatchEvent.Accepted) {
      totals.dispatched.add("accepted");
      work.accepted(event, lane(event));
    } else if (data instanceof DispatchEvent.Rejected rejected) {
      totals.dispatched.add("rejected");
      totals.rejections.add(rejected.reason());
      if (rejected.reason().equals(Totals.LANE_PAUSED) && event.subject().lane() != null) {
        lane(event).pause.refused(event);
      }
    } else {
      totals.intents.add(1);
    }
  }

  private void link(Event event, LinkEvent data) {
    if (data instanceof LinkEvent.Closed closed) {
      totals.linkCloses.add(closed.reason());
    }
    links.of(linkOf(data)).tell(event, data);
  }

  private static String linkOf(LinkEvent data) {
    if (data instanceof LinkEvent.Started e) {
      return e.link();
    } else if (data instanceof LinkEvent.Connecting e) {
      return e.link();
    } else if (data instanceof LinkEvent.Pairing e) {
      return e.link();
    } else if (data instanceof LinkEvent.Opened e) {
      return e.link();
    } else if (data instanceof LinkEvent.Closed e) {
      return e.link();
    } else if (data instanceof LinkEvent.RetryScheduled e) {
      return e.link();
    } else if (data instanceof LinkEvent.CoolingDown e) {
      return e.link();
    }
    return ((LinkEvent.Stopped) data).link();
  }

  private void health(HealthEvent data) {
    if (data instanceof HealthEvent.Observed seen && seen.criterion().startsWith(DEPENDENCY)) {
      dependencies
          .of(seen.criterion().substring(DEPENDENCY.length()))
          .observed(seen.outcome().equals("failed"), seen.failures());
    } else if (data instanceof HealthEvent.SignalStale) {
      totals.signalsStale.add(1);
    } else if (data instanceof HealthEvent.Verdict verdict) {
      judged(verdict.gate(), verdict.verdict());
    }
  }

  private void judged(String gate, String verdict) {
    totals.verdicts.add(verdict);
    gates.of(gate).judged(verdict);
  }

  private void dependency(Event event, DependencyEvent data) {
    if (data instanceof DependencyEvent.Critical critical) {
      dependencies.of(critical.dependency()).critical(critical.failures());
    } else if (data instanceof DependencyEvent.Recovered recovered) {
      dependencies.of(recovered.dependency()).recovered();
    } else if (data instanceof DependencyEvent.Preflight preflight) {
      totals.preflight(event, preflight);
    }
  }

  private void reconcile(Event event, ReconcileEvent data) {
    if (data instanceof ReconcileEvent.Found found) {
      totals.found.add(found.reason());
    } else if (data instanceof ReconcileEvent.Settled settled) {
      totals.settled.add(settled.action());
      boolean failed = settled.action().equals("failed");
      if (failed || settled.action().equals("killed")) {
        runs.settled(event, failed ? settled.reason() : null, lane(event));
      }
    } else if (data instanceof ReconcileEvent.SelfTest test) {
      totals.selfTests.add(test.ok() ? "passed" : "failed");
    }
  }

  private void process(Event event, ProcessEvent data) {
    if (data instanceof ProcessEvent.Stopped) {
      over(event.id().epoch(), true, event.time());
    } else if (data instanceof ProcessEvent.EventsDropped dropped) {
      totals.eventsDropped.add("sample", dropped.samples());
      totals.eventsDropped.add("other", dropped.others());
    } else if (data instanceof ProcessEvent.OrphanFound orphan) {
      totals.orphans.add("found");
      over(orphan.incarnation(), false, event.time());
    } else if (data instanceof ProcessEvent.OrphanStopped orphan) {
      totals.orphans.add(orphan.gone() ? "stopped" : "not_stopped");
      if (orphan.gone()) {
        runs.left(event);
      }
    } else if (data instanceof ProcessEvent.OrphanAdopted) {
      totals.orphans.add("adopted");
      runs.left(event);
    }
  }

  private void over(String epoch, boolean stopped, Instant at) {
    incarnations.ended(epoch);
    work.over(epoch, stopped, Times.millis(at));
    links.all().forEach(link -> link.over(epoch));
  }

  private void other(EventData data) {
    if (data instanceof EffectEvent effect) {
      totals.effects.add(effect instanceof EffectEvent.Allowed ? "allowed" : "suppressed");
    } else if (data instanceof RetryEvent retry) {
      totals.retries.add(retry instanceof RetryEvent.Scheduled ? "scheduled" : "exhausted");
    } else if (data instanceof GateEvent.Judged judged) {
      judged(judged.gate(), judged.verdict());
    } else if (data instanceof IncidentEvent incident) {
      totals.incident(incident);
    }
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private final TimeSource time;
    private int maxLanes = 200;
    private int maxNames = 50;
    private boolean dispatchedItems = true;

    private Builder(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
    }

    /**
     * How many lanes have series of their own, 13 each; 200 by default. What happens in others is
     * shown under {@code lane="other"}, and counted in {@code reliability.lanes.folded}.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxLanes(int lanes) {
      maxLanes = positive("maxLanes", lanes);
      return this;
    }

    /**
     * How many links, dependencies and gates, of each, have series of their own; 50 by default.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxNames(int names) {
      maxNames = positive("maxNames", names);
      return this;
    }

    /**
     * Whether an item waits for its start from the moment that a dispatcher accepted it; true by
     * default. Say false where these meters are not fed by all who may start it: they would show it
     * as waiting for ever. It waits then from its claim on.
     */
    public Builder dispatchedItems(boolean value) {
      dispatchedItems = value;
      return this;
    }

    /** The meters, in no registry yet. */
    public ReliabilityMeters build() {
      return new ReliabilityMeters(this);
    }

    private static int positive(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + ": expected at least 1, got " + value);
      }
      return value;
    }
  }
}
