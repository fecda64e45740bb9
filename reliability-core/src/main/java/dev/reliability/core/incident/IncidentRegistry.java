package dev.reliability.core.incident;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoredText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Incidents: opened, looked into, and closed only with evidence and a person's word (requirements
 * H1 to H6).
 *
 * <pre>{@code
 * IncidentRegistry incidents = IncidentRegistry.open(store.states(), Path.of("state/evidence"), bus);
 * Incident incident = incidents.open(
 *     "Andy times out", "andy-developer:no_output_timeout", ClosureRequirements.ofDefaults(), "alice");
 * incidents.attach(incident.id(), "status", Path.of("status.json"), "alice");
 * incidents.markFix(incident.id(), "time-outs separated", "alice");
 * incidents.check(incident.id()).text();              // what is missing, line by line
 * incidents.resolve(incident.id(), new Confirmation("alice", "two quiet days, it is over"));
 * }</pre>
 *
 * <p>Changes, notes and evidence are added and never rewritten. There is one incident for a
 * fingerprint: what happens again opens it again. Each method is one durable step after which it is
 * told on the bus; a crash leaves an incident as it was before or as it is after. Asking changes
 * nothing.
 *
 * <p>Blocks as long as the store does. Thread-safe; several processes may share the store and the
 * directory.
 */
public final class IncidentRegistry {
  private static final int LONGEST_TEXT = 64 * 1024;

  private final IncidentDocs docs;
  private final IncidentFacts facts;
  private final EvidenceFiles files;
  private final EventBus bus;

  private IncidentRegistry(StateStore state, Path evidence, EventBus bus) {
    Objects.requireNonNull(state, "state");
    this.bus = Objects.requireNonNull(bus, "bus");
    docs = new IncidentDocs(state, evidence);
    files = new EvidenceFiles(evidence);
    facts = new IncidentFacts(docs, state, bus);
  }

  /**
   * A registry.
   *
   * @param state where incidents are kept, and where the histories of gates and soaks are
   * @param evidence the directory of the evidence; made when the first is attached
   */
  public static IncidentRegistry open(StateStore state, Path evidence, EventBus bus) {
    return new IncidentRegistry(state, Objects.requireNonNull(evidence, "evidence"), bus);
  }

  /**
   * Opens an incident. One of that fingerprint that is open is given back as it is; one that was
   * resolved is opened again.
   *
   * @param title what it is about, in words
   * @param fingerprint what it is recognised by, such as {@code andy-developer:no_output_timeout}
   * @throws IllegalArgumentException naming what is blank or cannot be kept
   */
  public Incident open(
      String title, String fingerprint, ClosureRequirements requirements, String by) {
    StoredText.checkedName("title", title);
    StoredText.checkedName("fingerprint", fingerprint);
    Objects.requireNonNull(requirements, "requirements");
    StoredText.checkedName("by", by);
    Change opened =
        new Change(
            Change.Kind.OPENED, now(), by, title, List.of(), facts.marks(null, requirements));
    IncidentDocs.Opening opening = docs.open(fingerprint, requirements, opened);
    if (opening.isNew()) {
      tell(by, new IncidentEvent.Opened(opening.incident().id(), title, fingerprint));
      return opening.incident();
    }
    String id = opening.incident().id();
    return opening.incident().status() == Incident.Status.OPEN
        ? opening.incident()
        : change(id, Change.Kind.REOPENED, title, by, Incident.Status.RESOLVED)
            .map(open -> reopened(open, title, by))
            .orElseGet(() -> incident(id)); // somebody else opened it in the meantime
  }

  /** All incidents, those opened first first. */
  public List<Incident> incidents() {
    return docs.incidents();
  }

  /**
   * An incident.
   *
   * @throws IllegalArgumentException naming the id if there is none
   */
  public Incident incident(String id) {
    return docs.incident(id);
  }

  /** What was written down about it, oldest first. */
  public List<Note> notes(String id) {
    return docs.notes(incident(id).id());
  }

  /** What was attached to it, oldest first. */
  public List<Evidence> evidence(String id) {
    return docs.evidence(incident(id).id());
  }

  /** Writes something down. */
  public Note note(String id, String text, String by) {
    said("note", text);
    StoredText.checkedName("by", by);
    Note note = docs.note(incident(id).id(), text, by, now());
    tell(by, new IncidentEvent.Noted(id, note.number(), text));
    return note;
  }

  /**
   * Attaches a file: its bytes are copied, and named by their hash.
   *
   * @param name what it is: letters, digits and any of {@code . _ -}, at most 100 characters
   * @throws IllegalArgumentException naming the name, or the file if it cannot be read or is empty
   */
  public Evidence attach(String id, String name, Path file, String by) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "evidence " + name + ": expected a file that can be read, got " + file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return attach(id, name, in, by);
    } catch (IOException e) {
      throw new IllegalArgumentException("evidence " + name + ": " + file + ": " + e, e);
    }
  }

  /** Attaches a text, in UTF-8. */
  public Evidence attach(String id, String name, String text, String by) {
    return attach(id, name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), by);
  }

  private Evidence attach(String id, String name, InputStream from, String by) {
    EvidenceFiles.checkedName(name);
    StoredText.checkedName("by", by);
    incident(id);
    EvidenceFiles.Stored stored = files.store(id, name, from);
    Evidence evidence = docs.attach(id, name, stored, by, now());
    tell(
        by,
        new IncidentEvent.Attached(
            id, evidence.number(), name, evidence.sha256(), evidence.size()));
    return evidence;
  }

  /** Says that a fix is in place: what speaks for closing has to come after it. */
  public Incident markFix(String id, String fix, String by) {
    said("fix", fix);
    Incident marked =
        change(id, Change.Kind.FIX_MARKED, fix, by, Incident.Status.OPEN)
            .orElseThrow(() -> notNow(id, Incident.Status.OPEN));
    tell(by, new IncidentEvent.FixMarked(id, fix));
    return marked;
  }

  /** What is missing before it may be closed, but for the person's word. Changes nothing. */
  public ClosureReport check(String id) {
    return facts.check(incident(id), null);
  }

  /**
   * Closes it, if nothing is missing.
   *
   * @return else everything that is missing, and nothing was changed
   */
  public Resolution resolve(String id, Confirmation confirmation) {
    bounded("confirmation", confirmation.text());
    bounded("by", confirmation.by());
    while (true) {
      Incident before = incident(id);
      ClosureReport report = facts.check(before, confirmation);
      if (!report.isClosable()) {
        List<String> missing =
            report.missing().stream().map(line -> line.name() + ": " + line.why()).toList();
        tell(confirmation.by(), new IncidentEvent.ResolveRefused(id, missing));
        return new Resolution.Refused(before, report);
      }
      List<String> lines = report.lines().stream().map(line -> line.text()).toList();
      Incident after =
          before.with(
              new Change(
                  Change.Kind.RESOLVED,
                  now(),
                  StoredText.checkedName("by", confirmation.by()),
                  confirmation.text(),
                  lines,
                  Map.of()));
      if (docs.replace(before, after)) {
        tell(confirmation.by(), new IncidentEvent.Resolved(id, confirmation.text(), lines));
        ClosureReport again = facts.check(before, confirmation);
        if (!again.isClosable()) { // something failed between the look and the change
          return new Resolution.Refused(
              reopen(id, "not any more: " + again.missing().get(0).text(), "closure-policy"),
              again);
        }
        return new Resolution.Resolved(after, report);
      }
    }
  }

  /**
   * Opens a resolved one again.
   *
   * @throws IllegalStateException if it is open
   */
  public Incident reopen(String id, String why, String by) {
    said("why", why);
    return change(id, Change.Kind.REOPENED, why, by, Incident.Status.RESOLVED)
        .map(open -> reopened(open, why, by))
        .orElseThrow(() -> notNow(id, Incident.Status.RESOLVED));
  }

  private Incident reopened(Incident open, String why, String by) {
    tell(by, new IncidentEvent.Reopened(open.id(), why, false));
    return open;
  }

  /**
   * Something happened. If there is an incident of that fingerprint which was resolved before, it
   * is open again; if it is open and a fix is marked, that fix was none, and another one has to be
   * marked. Told twice, it counts once.
   *
   * @param occurrence names what happened, such as an event's id
   * @param at when it happened, wall time. What was before the resolution, or the fix, is only
   *     counted; but a wall clock that was set back since then proves nothing of the kind
   * @return the incident of that fingerprint, if there is one
   */
  public Optional<Incident> recurred(
      String fingerprint, String occurrence, Instant at, String detail) {
    StoredText.checkedName("fingerprint", fingerprint);
    StoredText.checkedName("occurrence", occurrence);
    while (true) {
      Incident before = docs.find(fingerprint).orElse(null);
      if (before == null || before.occurrence().equals(occurrence)) {
        return Optional.ofNullable(before);
      }
      Incident after = before.occurred(occurrence);
      Change resolution = before.resolution();
      Change last = resolution == null ? before.fix() : resolution;
      boolean changes = last != null && !isBefore(at, last.at());
      String why = StoredText.cleaned(detail);
      if (changes) {
        after =
            after.with(
                new Change(
                    Change.Kind.RECURRED,
                    now(),
                    occurrence,
                    why,
                    List.of(),
                    facts.marks(before.id(), before.requirements())));
      }
      if (docs.replace(before, after)) {
        if (changes) {
          tell(null, new IncidentEvent.Reopened(before.id(), why, true));
        }
        return Optional.of(after);
      }
    }
  }

  private boolean isBefore(Instant at, Instant change) {
    return at.isBefore(change.truncatedTo(ChronoUnit.MILLIS)) && !now().isBefore(change);
  }

  /**
   * A sink that opens incidents again when what they are about happens again.
   *
   * @param fingerprint the fingerprint of what an event tells; null if it tells nothing of the kind
   */
  public EventSink watch(Function<Event, @Nullable String> fingerprint) {
    return new RecurrenceSink(this, fingerprint);
  }

  /**
   * Writes everything about an incident into a new directory, with a manifest of hashes.
   *
   * @param directory must not be there yet
   * @return the manifest's own SHA-256
   * @see EvidenceBundle#verify
   */
  public String bundle(String id, Path directory) {
    Incident incident = incident(id);
    return EvidenceBundle.write(incident, notes(id), evidence(id), directory);
  }

  // ---- how ----

  /** Empty if it is not as it is expected to be. */
  private Optional<Incident> change(
      String id, Change.Kind kind, String text, String by, Incident.Status expected) {
    StoredText.checkedName("by", by);
    while (true) {
      Incident before = incident(id);
      if (before.status() != expected) {
        return Optional.empty();
      }
      Map<String, Long> marks = facts.marks(id, before.requirements());
      Incident after = before.with(new Change(kind, now(), by, text, List.of(), marks));
      if (docs.replace(before, after)) {
        return Optional.of(after);
      }
    }
  }

  private static IllegalStateException notNow(String id, Incident.Status expected) {
    return new IllegalStateException(
        "incident "
            + id
            + ": expected to be "
            + expected.wireName()
            + ", is "
            + (expected == Incident.Status.OPEN ? Incident.Status.RESOLVED : Incident.Status.OPEN)
                .wireName());
  }

  private void tell(@Nullable String by, IncidentEvent event) {
    bus.emit(by == null ? Subject.NONE : Subject.ofActor(by), event);
  }

  private Instant now() {
    return bus.runtime().time().wall();
  }

  private static void said(String what, String text) {
    bounded(what, Objects.requireNonNull(text, what));
    if (text.isBlank()) {
      throw new IllegalArgumentException(what + ": expected words, got \"" + text + "\"");
    }
  }

  private static void bounded(String what, String text) {
    StoredText.checkText(what, text);
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          what
              + ": expected at most "
              + LONGEST_TEXT
              + " characters (more belongs into evidence), got "
              + text.length());
    }
  }
}
