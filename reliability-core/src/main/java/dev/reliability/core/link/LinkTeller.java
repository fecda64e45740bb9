package dev.reliability.core.link;

import com.google.common.collect.EvictingQueue;
import com.google.common.collect.ImmutableList;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what happens to a link: as events, in the log, to the host's observers, and as a view that
 * anybody may read. Called on the link's control strand.
 */
final class LinkTeller {
  private static final Logger log = LoggerFactory.getLogger(LinkSupervisor.class);

  private final String name;
  private final EventBus bus;
  private final List<Consumer<? super LinkView>> observers;
  private final Strand delivery;
  private final EvictingQueue<LinkClose> closes;
  private long closesInAll;
  private @Nullable LinkClose lastClose;
  private volatile LinkView view;

  LinkTeller(
      String name, EventBus bus, List<Consumer<? super LinkView>> observers, int closesKept) {
    this.name = name;
    this.bus = bus;
    this.observers = List.copyOf(observers);
    delivery = runtime().strand(Strand.Kind.DELIVERY, "link " + name + " observers");
    closes = EvictingQueue.create(closesKept);
    view = new LinkView(LinkState.IDLE, null, 0, wall(), null, 0, List.of(), 0);
  }

  ReliabilityRuntime runtime() {
    return bus.runtime();
  }

  LinkView view() {
    return view;
  }

  void view(LinkState state, int attempt, @Nullable Duration untilNext, int closesInWindow) {
    LinkView before = view;
    Instant now = wall();
    LinkView next =
        new LinkView(
            state,
            lastClose,
            attempt,
            before.state() == state ? before.since() : now,
            untilNext == null ? null : later(now, untilNext),
            closesInWindow,
            before.closesInAll() == closesInAll ? before.closes() : ImmutableList.copyOf(closes),
            closesInAll);
    view = next;
    for (Consumer<? super LinkView> observer : observers) {
      delivery.execute(() -> tell(observer, next));
    }
  }

  void started(LinkInput.Start input) {
    emit(Subject.ofActor(input.actor()), new LinkEvent.Started(name, input.reason()));
  }

  void connecting(long generation, int attempt) {
    emit(new LinkEvent.Connecting(name, generation, attempt));
  }

  void pairing(long generation, boolean waits) {
    emit(new LinkEvent.Pairing(name, generation, waits));
  }

  void opened(long generation, long tookNanos) {
    emit(new LinkEvent.Opened(name, generation, Duration.ofNanos(tookNanos)));
    log.info("link {} is open", name);
  }

  void closed(Connection connection, CloseReason reason, int closesInWindow) {
    LinkClose close = new LinkClose(wall(), connection.generation, reason, connection.wasOpen);
    closes.add(close);
    closesInAll++;
    lastClose = close;
    emit(
        new LinkEvent.Closed(
            name,
            connection.generation,
            reason.kind().wireName(),
            reason.code(),
            reason.detail(),
            connection.wasOpen,
            closesInWindow));
    log.debug("link {} closed: {} {}", name, reason.words(), reason.detail());
  }

  void retryScheduled(LinkDecision.RetryIn retry) {
    emit(new LinkEvent.RetryScheduled(name, retry.delay(), retry.attempt()));
  }

  /** The one warning of a cooldown (requirement C6). */
  void coolingDown(LinkDecision.CoolDown cooldown, int closesInWindow) {
    emit(new LinkEvent.CoolingDown(name, cooldown.time(), cooldown.why(), closesInWindow));
    log.atWarn()
        .addKeyValue("link", name)
        .addKeyValue("closesInWindow", closesInWindow)
        .addKeyValue("cooldownMs", Durations.saturatedNanos(cooldown.time()) / 1_000_000)
        .addKeyValue("why", cooldown.why())
        .log("link {} is left alone for {}: {}", name, cooldown.time(), cooldown.why());
  }

  void stopped(CloseReason reason, @Nullable String actor) {
    emit(
        actor == null ? Subject.NONE : Subject.ofActor(actor),
        new LinkEvent.Stopped(name, reason.kind().wireName(), reason.code(), reason.detail()));
    if (actor == null) {
      log.atWarn()
          .addKeyValue("link", name)
          .addKeyValue("reason", reason.words())
          .log(
              "link {} stays closed until somebody resumes it: {} {}",
              name,
              reason.words(),
              reason.detail());
    } else {
      log.info("link {} was stopped by {}: {}", name, actor, reason.detail());
    }
  }

  private void tell(Consumer<? super LinkView> observer, LinkView now) {
    try {
      observer.accept(now);
    } catch (Throwable e) {
      log.warn("link {}: an observer threw", name, e);
    }
  }

  private void emit(EventData data) {
    emit(Subject.NONE, data);
  }

  private void emit(Subject subject, EventData data) {
    bus.emit(subject, data);
  }

  private Instant wall() {
    return runtime().time().wall();
  }

  private static Instant later(Instant from, Duration by) {
    Duration most = Duration.between(from, Instant.MAX);
    return by.compareTo(most) < 0 ? from.plus(by) : Instant.MAX;
  }
}
