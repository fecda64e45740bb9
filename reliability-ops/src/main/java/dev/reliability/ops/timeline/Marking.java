package dev.reliability.ops.timeline;

import dev.reliability.core.event.ClockEvent;
import dev.reliability.core.event.DeployEvent;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventData;
import dev.reliability.core.event.GateEvent;
import dev.reliability.core.event.HealthEvent;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.LinkEvent;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.ops.timeline.Timeline.Mark;
import dev.reliability.ops.timeline.Timeline.Mark.Kind;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which events are marks, and what they say. Pure. */
final class Marking {
  static final Set<String> TYPES =
      Set.of(
          "link.opened",
          "link.closed",
          "link.connecting",
          "link.cooldown",
          "link.stopped",
          "gate.judged",
          "health.verdict",
          "incident.opened",
          "incident.fix_marked",
          "incident.resolve_refused",
          "incident.resolved",
          "incident.reopened",
          "clock.jumped",
          "clock.paused",
          "deploy.marked",
          "process.events_dropped");

  /** By time; at the same time by incarnation and number. */
  static final Comparator<Mark> ORDER =
      Comparator.comparing(Mark::at)
          .thenComparing(mark -> mark.id().epoch())
          .thenComparing(mark -> mark.id().seq());

  /** What a mark says, before who and when. */
  private record Said(
      Kind kind, String about, String what, String detail, @Nullable Duration lasts) {
    Said(Kind kind, String about, String what, String detail) {
      this(kind, about, what, detail, null);
    }
  }

  private Marking() {}

  /** Null if it is none. */
  static @Nullable Mark of(Event event) {
    EventData data = event.data();
    Said said =
        data instanceof LinkEvent link
            ? link(link)
            : data instanceof IncidentEvent incident ? incident(incident) : other(data);
    return said == null
        ? null
        : new Mark(
            said.kind(),
            event.time(),
            event.id(),
            said.about(),
            said.what(),
            said.detail(),
            said.lasts(),
            event.subject().actor());
  }

  private static @Nullable Said link(LinkEvent data) {
    if (data instanceof LinkEvent.Opened opened) {
      return new Said(
          Kind.LINK_OPENED,
          opened.link(),
          "open",
          "connection " + opened.generation() + ", after " + opened.took());
    } else if (data instanceof LinkEvent.Closed closed) {
      return new Said(
          Kind.LINK_CLOSED,
          closed.link(),
          closed.reason(),
          both(closed.code(), closed.detail()) + (closed.wasOpen() ? "" : " (it was not open)"));
    } else if (data instanceof LinkEvent.Connecting connecting && connecting.generation() > 1) {
      return new Said(
          Kind.LINK_RECONNECT,
          connecting.link(),
          "connecting",
          "connection " + connecting.generation() + ", attempt " + connecting.attempt());
    } else if (data instanceof LinkEvent.CoolingDown cooling) {
      return new Said(
          Kind.LINK_COOLDOWN,
          cooling.link(),
          "cooldown",
          cooling.why() + ", " + cooling.closesInWindow() + " closes",
          cooling.time());
    } else if (data instanceof LinkEvent.Stopped stopped) {
      return new Said(
          Kind.LINK_STOPPED,
          stopped.link(),
          stopped.reason(),
          both(stopped.code(), stopped.detail()));
    }
    return null;
  }

  private static @Nullable Said incident(IncidentEvent data) {
    String which = data.incident();
    if (data instanceof IncidentEvent.Opened opened) {
      return new Said(Kind.INCIDENT_OPENED, which, "opened", opened.title());
    } else if (data instanceof IncidentEvent.FixMarked fix) {
      return new Said(Kind.INCIDENT_FIXED, which, "fix", fix.fix());
    } else if (data instanceof IncidentEvent.ResolveRefused refused) {
      return new Said(
          Kind.INCIDENT_REFUSED, which, "refused", String.join("; ", refused.missing()));
    } else if (data instanceof IncidentEvent.Resolved resolved) {
      return new Said(Kind.INCIDENT_RESOLVED, which, "resolved", resolved.confirmation());
    } else if (data instanceof IncidentEvent.Reopened again) {
      return new Said(
          Kind.INCIDENT_REOPENED,
          which,
          again.recurrence() ? "happened again" : "reopened",
          again.why());
    }
    return null;
  }

  private static @Nullable Said other(EventData data) {
    if (data instanceof GateEvent.Judged judged) {
      return new Said(
          Kind.GATE_JUDGED, judged.gate(), judged.verdict(), String.join("; ", judged.lines()));
    } else if (data instanceof HealthEvent.Verdict verdict) {
      return new Said(
          Kind.READINESS, verdict.gate(), verdict.verdict(), String.join("; ", verdict.reasons()));
    } else if (data instanceof ClockEvent.Jumped jumped) {
      return new Said(
          Kind.CLOCK_JUMPED,
          "",
          "clock jumped",
          "the wall clock moved by " + jumped.wallMinusMono());
    } else if (data instanceof ClockEvent.Paused paused) {
      return new Said(Kind.CLOCK_PAUSED, "", "stood still", "timers were late by " + paused.late());
    } else if (data instanceof DeployEvent.Marked marked) {
      return new Said(
          Kind.DEPLOYED,
          marked.version(),
          "in service",
          "since " + marked.at() + both(": ", marked.change().words()));
    } else if (data instanceof ProcessEvent.EventsDropped dropped) {
      return new Said(
          Kind.EVENTS_DROPPED,
          dropped.sink(),
          "events dropped",
          dropped.samples() + " samples, " + dropped.others() + " others");
    }
    return null;
  }

  private static String both(String first, String second) {
    return second.isEmpty() || second.equals(first)
        ? first.strip()
        : (first + " " + second).strip();
  }
}
