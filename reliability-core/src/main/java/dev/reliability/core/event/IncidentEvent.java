package dev.reliability.core.event;

import java.util.List;

/** What happened to incidents. The actor is in the envelope's {@link Subject}. */
public sealed interface IncidentEvent extends EventData {

  /** Which incident. */
  String incident();

  /**
   * Something went wrong that is to be closed only with evidence (requirement H3).
   *
   * @param title in words
   * @param fingerprint what it is recognised by when it happens again
   */
  @EventType("incident.opened")
  record Opened(String incident, String title, String fingerprint) implements IncidentEvent {}

  /**
   * Somebody wrote something down.
   *
   * @param note the note's number in the incident, from 1
   * @param text what was written
   */
  @EventType("incident.noted")
  record Noted(String incident, long note, String text) implements IncidentEvent {}

  /**
   * Evidence was attached (requirements H1, H2).
   *
   * @param evidence the attachment's number in the incident, from 1
   * @param name what it is
   * @param sha256 of its bytes
   * @param size in bytes
   */
  @EventType("incident.attached")
  record Attached(String incident, long evidence, String name, String sha256, long size)
      implements IncidentEvent {}

  /**
   * A fix was put in place: evidence from before counts no more.
   *
   * @param fix what was changed, in words
   */
  @EventType("incident.fix_marked")
  record FixMarked(String incident, String fix) implements IncidentEvent {}

  /**
   * Somebody asked for it to be closed, and it was not (requirement H6).
   *
   * @param missing everything that is missing
   */
  @EventType("incident.resolve_refused")
  record ResolveRefused(String incident, List<String> missing) implements IncidentEvent {

    /** Copies {@code missing}. */
    public ResolveRefused {
      missing = List.copyOf(missing);
    }
  }

  /**
   * It was closed.
   *
   * @param confirmation what the person who closed it said
   * @param verification what was checked, as {@code PASS name: why}
   */
  @EventType("incident.resolved")
  record Resolved(String incident, String confirmation, List<String> verification)
      implements IncidentEvent {

    /** Copies {@code verification}. */
    public Resolved {
      verification = List.copyOf(verification);
    }
  }

  /**
   * It is open again.
   *
   * @param why in words
   * @param recurrence whether it happened again; else somebody reopened it
   */
  @EventType("incident.reopened")
  record Reopened(String incident, String why, boolean recurrence) implements IncidentEvent {}
}
