package dev.reliability.ops.analysis;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventTypes;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ReconcileEvent;
import dev.reliability.core.event.RunEvent;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Events of which it is asked when they happened. Immutable, if the predicates are.
 *
 * <p>That none was seen means something only if one would have been seen. So a kind also knows what
 * shows that somebody was watching.
 */
public final class EventKind {
  /** Runs that ended because no valid marker came in time. */
  public static final EventKind NO_OUTPUT_TIMEOUT = ended(EndReason.NO_OUTPUT_TIMEOUT);

  /**
   * Closes of a link, and connections after the first that a process makes of it. Whatever is told
   * of a link, or a run's end that says how the link was, shows that it was watched.
   */
  public static final EventKind LINK_CLOSE =
      new EventKind(
          "link_close_or_reconnect",
          EventKind::isCloseOrReconnect,
          EventKind::knowsTheLink,
          names(LinkEvent.class, RunEvent.Ended.class));

  private final String name;
  private final Predicate<Event> test;
  private final Predicate<Event> watched;
  private final Set<String> types;

  private EventKind(
      String name, Predicate<Event> test, Predicate<Event> watched, Set<String> types) {
    this.types = Set.copyOf(types);
    this.name = Objects.requireNonNull(name, "name");
    this.test = Objects.requireNonNull(test, "test");
    this.watched = Objects.requireNonNull(watched, "watched");
  }

  /**
   * A kind of one's own.
   *
   * @param name for the report
   * @param test whether an event is of this kind
   * @param watched whether an event shows that one of this kind would have been seen
   */
  public static EventKind of(String name, Predicate<Event> test, Predicate<Event> watched) {
    return new EventKind(name, test, watched, Set.of());
  }

  /** The same as {@link #LINK_CLOSE}, of one link only. */
  public static EventKind closesOf(String link) {
    Objects.requireNonNull(link, "link");
    return new EventKind(
        LINK_CLOSE.name + " of " + link,
        event -> isCloseOrReconnect(event) && isOf(link, event),
        event -> isOf(link, event),
        LINK_CLOSE.types);
  }

  private static boolean isOf(String link, Event event) {
    if (event.data() instanceof LinkEvent.Closed closed) {
      return link.equals(closed.link());
    } else if (event.data() instanceof LinkEvent.Connecting connecting) {
      return link.equals(connecting.link());
    }
    return event.data() instanceof LinkEvent.Opened opened && link.equals(opened.link());
  }

  /** All events of a type, such as {@code lane.paused}. Only one of them shows that it is told. */
  public static EventKind type(String type) {
    Objects.requireNonNull(type, "type");
    Predicate<Event> test = event -> event.type().equals(type);
    return new EventKind(type, test, test, Set.of(type));
  }

  /** Runs that ended for a reason. That other runs ended shows that ends are told. */
  public static EventKind ended(EndReason reason) {
    return new EventKind(
        reason.wireName(),
        event -> event.data() instanceof RunEvent.Ended end && end.reason().equals(reason),
        event -> event.data() instanceof RunEvent.Ended,
        names(RunEvent.Ended.class));
  }

  /**
   * What the reconciler finds for a reason, such as {@code running_without_container}. A self-test
   * that found it shows that it would be found.
   */
  public static EventKind found(String reason) {
    Objects.requireNonNull(reason, "reason");
    return new EventKind(
        reason,
        event ->
            event.data() instanceof ReconcileEvent.Found found && found.reason().equals(reason),
        event ->
            event.data() instanceof ReconcileEvent.SelfTest test
                && test.ok()
                && test.reasons().contains(reason),
        names(ReconcileEvent.Found.class, ReconcileEvent.SelfTest.class));
  }

  /** The same, of one lane only. What shows that somebody was watching may be of any lane. */
  public EventKind inLane(String lane) {
    Objects.requireNonNull(lane, "lane");
    return new EventKind(
        name + " in lane " + lane,
        event -> lane.equals(event.subject().lane()) && test.test(event),
        watched,
        types);
  }

  /** The same, of one run only. */
  EventKind ofRun(String run) {
    return new EventKind(
        name + " of run " + run,
        event -> run.equals(event.subject().run()) && test.test(event),
        watched,
        types);
  }

  /** What the report calls it. */
  public String name() {
    return name;
  }

  /** The names of the types that its events and what shows them watched are of; all if empty. */
  Set<String> types() {
    return types;
  }

  /** The names of types, and of all types of a kind. */
  @SafeVarargs
  static Set<String> names(Class<? extends EventData>... types) {
    Set<String> names = new HashSet<>();
    EventTypes.all()
        .forEach(
            (name, known) -> {
              for (Class<? extends EventData> type : types) {
                if (type.isAssignableFrom(known)) {
                  names.add(name);
                }
              }
            });
    return names;
  }

  boolean is(Event event) {
    return test.test(event);
  }

  boolean isWatched(Event event) {
    return watched.test(event);
  }

  private static boolean isCloseOrReconnect(Event event) {
    return event.data() instanceof LinkEvent.Closed
        || (event.data() instanceof LinkEvent.Connecting connecting && connecting.generation() > 1);
  }

  private static boolean knowsTheLink(Event event) {
    return event.data() instanceof LinkEvent
        || (event.data() instanceof RunEvent.Ended end && end.link() != null);
  }

  @Override
  public String toString() {
    return name;
  }
}
