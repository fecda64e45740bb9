package dev.reliability.testkit.link;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventData;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.retry.Backoff;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A supervised link in a simulated world, with everything that is told of it written down. */
final class LinkRig {
  static final CloseReason LOST = CloseReason.of(CloseClass.RETRY, "428", "lost");

  final World world;
  final List<Event> events = new ArrayList<>();
  final EventBus bus;
  final LinkSupervisor supervisor;

  LinkRig(LinkPolicy policy, Function<World, ? extends Link> link) {
    this(7, policy, link, builder -> builder);
  }

  LinkRig(
      long seed,
      LinkPolicy policy,
      Function<World, ? extends Link> link,
      UnaryOperator<LinkSupervisor.Builder> more) {
    world = World.create(seed);
    bus = EventBus.builder(world).sink(events::add).build();
    supervisor =
        more.apply(LinkSupervisor.builder("phone", link.apply(world), bus).policy(policy)).build();
  }

  /** A policy whose delays are not random. */
  static LinkPolicy.Builder steady() {
    return LinkPolicy.builder()
        .backoff(Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(30)));
  }

  LinkRig start() {
    supervisor.start();
    pass(Duration.ZERO);
    return this;
  }

  void pass(Duration time) {
    world.advance(time);
  }

  LinkState state() {
    return supervisor.view().state();
  }

  <T extends EventData> List<T> all(Class<T> type) {
    return events.stream().map(Event::data).filter(type::isInstance).map(type::cast).toList();
  }

  /** When events of a type came, in nanoseconds of the monotonic clock. */
  List<Long> times(Class<? extends EventData> type) {
    return events.stream().filter(e -> type.isInstance(e.data())).map(Event::mono).toList();
  }

  List<String> types() {
    return events.stream().map(Event::type).filter(type -> type.startsWith("link.")).toList();
  }
}
