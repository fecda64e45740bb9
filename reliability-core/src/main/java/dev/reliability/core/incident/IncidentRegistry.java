package dev.reliability.core.incident;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.EventSink;
import dev.reliability.core.event.IncidentEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.gate.GateHistory;
import dev.reliability.core.gate.GateLedger;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
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
  private static final Pattern FINE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final IncidentDocs docs;
  private final StateStore state;
  private final EvidenceFiles files;
  private final GateLedger gates;
  private final EventBus bus;

  private IncidentRegistry(StateStore state, Path evidence, EventBus bus) {
    this.state = Objects.requireNonNull(state, "state");
    this.bus = Objects.requireNonNull(bus, "bus");
    docs = new IncidentDocs(state, evidence);
    files = new EvidenceFiles(evidence);
    gates = new GateLedger(state, bus);
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
    said("title", title);
    StoredText.checkedName("fingerprint", fingerprint);
    StoredText.checkedName("by", by);
    Change opened = new Change(Change.Kind.OPENED, now(), by, title, List.of());
    IncidentDocs.Opening opening = docs.open(fingerprint, requirements, opened);
    if (opening.isNew()) {
      tell(by, new IncidentEvent.Opened(opening.incident().id(), title, fingerprint));
      return opening.incident();
    }
    return opening.incident().status() == Incident.Status.OPEN
        ? opening.incident()
        : reopen(opening.incident().id(), title, by);
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
   * @throws IllegalArgumentException naming the name, or the file if it cannot be read
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
    if (!FINE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "evidence: expected a name of 1 to 100 letters, digits and . _ -, got \"" + name + "\"");
    }
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
    Incident marked = change(id, Change.Kind.FIX_MARKED, fix, by, Incident.Status.OPEN);
    tell(by, new IncidentEvent.FixMarked(id, fix));
    return marked;
  }

  /** What is missing before it may be closed, but for the person's word. Changes nothing. */
  public ClosureReport check(String id) {
    return check(incident(id), null);
  }

  /**
   * Closes it, if nothing is missing.
   *
   * @return else everything that is missing, and nothing was changed
   */
  public Resolution resolve(String id, Confirmation confirmation) {
    StoredText.checkText("confirmation", confirmation.text());
    StoredText.checkText("by", confirmation.by());
    while (true) {
      Incident before = incident(id);
      ClosureReport report = check(before, confirmation);
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
                  lines));
      if (docs.replace(before, after)) {
        tell(confirmation.by(), new IncidentEvent.Resolved(id, confirmation.text(), lines));
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
    Incident open = change(id, Change.Kind.REOPENED, why, by, Incident.Status.RESOLVED);
    tell(by, new IncidentEvent.Reopened(id, why, false));
    return open;
  }

  /**
   * Something happened: if there is an incident of that fingerprint which was resolved before, it
   * is open again. Told twice, it counts once.
   *
   * @param occurrence names what happened, such as an event's id
   * @param at when it happened, wall time; what happened in the millisecond of the resolution
   *     counts as after it
   * @return the incident of that fingerprint, if there is one
   */
  public Optional<Incident> recurred(
      String fingerprint, String occurrence, Instant at, String detail) {
    StoredText.checkedName("occurrence", occurrence);
    while (true) {
      Optional<Incident> found = docs.find(fingerprint);
      Change resolution = found.map(Incident::resolution).orElse(null);
      if (resolution == null
          || at.isBefore(resolution.at().truncatedTo(ChronoUnit.MILLIS))
          || found.get().occurrence().equals(occurrence)) {
        return found;
      }
      Incident before = found.get();
      String why = StoredText.cleaned(detail);
      Incident after =
          before.recurred(
              occurrence, new Change(Change.Kind.RECURRED, now(), occurrence, why, List.of()));
      if (docs.replace(before, after)) {
        tell(null, new IncidentEvent.Reopened(before.id(), why, true));
        return Optional.of(after);
      }
    }
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

  private ClosureReport check(Incident incident, @Nullable Confirmation confirmation) {
    Map<String, GateHistory> histories = new LinkedHashMap<>();
    for (String gate : incident.requirements().gates()) {
      histories.put(gate, gates.history(gate));
    }
    Map<String, Soak> soaks = new LinkedHashMap<>();
    for (String name : incident.requirements().soaks()) {
      SoakWatch.read(state, name).ifPresent(soak -> soaks.put(name, soak));
    }
    List<Evidence> evidence = docs.evidence(incident.id());
    return ClosurePolicy.judge(
        new ClosurePolicy.Facts(
            incident, histories, evidence, altered(evidence), soaks, confirmation, now()));
  }

  private static Set<Long> altered(List<Evidence> evidence) {
    Set<Long> altered = new HashSet<>();
    for (Evidence one : evidence) {
      boolean same =
          EvidenceFiles.sum(one.file())
              .map(sum -> sum.sha256().equals(one.sha256()) && sum.size() == one.size())
              .orElse(false);
      if (!same) {
        altered.add(one.number());
      }
    }
    return altered;
  }

  private Incident change(
      String id, Change.Kind kind, String text, String by, Incident.Status expected) {
    StoredText.checkedName("by", by);
    while (true) {
      Incident before = incident(id);
      if (before.status() != expected) {
        throw new IllegalStateException(
            "incident "
                + id
                + ": expected to be "
                + expected.wireName()
                + ", is "
                + before.status().wireName());
      }
      Incident after = before.with(new Change(kind, now(), by, text, List.of()));
      if (docs.replace(before, after)) {
        return after;
      }
    }
  }

  private void tell(@Nullable String by, IncidentEvent event) {
    bus.emit(by == null ? Subject.NONE : Subject.ofActor(by), event);
  }

  private Instant now() {
    return bus.runtime().time().wall();
  }

  private static void said(String what, String text) {
    StoredText.checkText(what, Objects.requireNonNull(text, what));
    if (text.isBlank()) {
      throw new IllegalArgumentException(what + ": expected words, got \"" + text + "\"");
    }
  }
}
