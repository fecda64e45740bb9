package dev.reliability.core.incident;

import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.DocValues;
import dev.reliability.core.store.StateStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Incidents as documents: one for each incident, one for each fingerprint that leads to it, and one
 * for each note and attachment, which are written once. Thread-safe.
 */
final class IncidentDocs {
  private static final String INCIDENTS = "incident";
  private static final String FINGERPRINTS = "incident-fingerprint";
  private static final String NOTES = "incident-note";
  private static final String EVIDENCE = "incident-evidence";
  private static final String LAST_ID = "incident-last-id";
  private static final String PREFIX = "inc-";

  private final StateStore state;
  private final Path directory;

  /**
   * Documents in {@code state}.
   *
   * @param directory what the files of evidence are named relative to
   */
  IncidentDocs(StateStore state, Path directory) {
    this.state = state;
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** The incident of a fingerprint, and whether it was there before. */
  record Opening(Incident incident, boolean isNew) {}

  /**
   * The incident of that fingerprint; a new one if there is none. The fingerprint is written first:
   * what a crash leaves half made is finished by the next who opens it.
   */
  Opening open(String fingerprint, ClosureRequirements requirements, Change opened) {
    String index = DocNaming.document(FINGERPRINTS, fingerprint);
    while (true) {
      Optional<StateStore.Doc> known = state.read(index);
      if (known.isEmpty()) {
        state.write(index, StateStore.NEW, Map.of("fingerprint", fingerprint, "id", nextId()));
        continue; // reads back what is there now, whoever wrote it
      }
      String id = id(known.get());
      String document = DocNaming.document(INCIDENTS, id);
      Optional<StateStore.Doc> doc = state.read(document);
      if (doc.isPresent()) {
        return new Opening(Incident.read(document, doc.get().values()), false);
      }
      Incident incident = new Incident(id, fingerprint, requirements, "", 0, List.of(opened));
      if (state.write(document, StateStore.NEW, incident.spell())) {
        return new Opening(incident, true);
      }
    }
  }

  private String nextId() {
    while (true) {
      Optional<StateStore.Doc> doc = state.read(LAST_ID);
      long next =
          doc.map(last -> whole(last, values -> DocValues.number(values, "last"))).orElse(0L) + 1;
      long version = doc.map(StateStore.Doc::version).orElse(StateStore.NEW);
      if (state.write(LAST_ID, version, Map.of("last", Long.toString(next)))) {
        return PREFIX + next;
      }
    }
  }

  List<Incident> incidents() {
    List<Incident> found = new ArrayList<>();
    for (String document : state.names(INCIDENTS + "/")) {
      state.read(document).ifPresent(doc -> found.add(Incident.read(document, doc.values())));
    }
    found.sort(
        Comparator.comparing((Incident incident) -> incident.id().length())
            .thenComparing(Incident::id));
    return found;
  }

  Incident incident(String id) {
    Objects.requireNonNull(id, "incident");
    String document = DocNaming.document(INCIDENTS, id);
    return state
        .read(document)
        .map(doc -> Incident.read(document, doc.values()))
        .orElseThrow(
            () -> new IllegalArgumentException("incident: expected one that is known, got " + id));
  }

  Optional<Incident> find(String fingerprint) {
    return state
        .read(DocNaming.document(FINGERPRINTS, fingerprint))
        .map(doc -> DocNaming.document(INCIDENTS, id(doc)))
        .flatMap(
            document -> state.read(document).map(doc -> Incident.read(document, doc.values())));
  }

  /** Replaces it if it is still as it was. */
  boolean replace(Incident before, Incident after) {
    String document = DocNaming.document(INCIDENTS, before.id());
    StateStore.Doc doc = state.read(document).orElse(null);
    return doc != null
        && Incident.read(document, doc.values()).equals(before)
        && state.write(document, doc.version(), after.spell());
  }

  // ---- what is added and never rewritten ----

  Note note(String id, String text, String by, Instant at) {
    long number = add(NOTES, id, Map.of("at", at.toString(), "by", by, "text", text));
    return new Note(number, at, by, text);
  }

  /** How much evidence there is. */
  long evidenceCount(String id) {
    return state.names(DocNaming.document(EVIDENCE, id) + "/").size();
  }

  List<Note> notes(String id) {
    return all(
        NOTES,
        id,
        (number, values) ->
            new Note(
                number,
                DocValues.time(values, "at"),
                DocValues.text(values, "by"),
                DocValues.text(values, "text")));
  }

  Evidence attach(String id, String name, EvidenceFiles.Stored stored, String by, Instant at) {
    String file = directory.relativize(stored.file()).toString();
    long number =
        add(
            EVIDENCE,
            id,
            Map.of(
                "name",
                name,
                "at",
                at.toString(),
                "by",
                by,
                "sha256",
                stored.sha256(),
                "size",
                Long.toString(stored.size()),
                "file",
                file));
    return new Evidence(number, name, at, by, stored.sha256(), stored.size(), stored.file());
  }

  List<Evidence> evidence(String id) {
    return all(
        EVIDENCE,
        id,
        (number, values) ->
            new Evidence(
                number,
                DocValues.text(values, "name"),
                DocValues.time(values, "at"),
                DocValues.text(values, "by"),
                DocValues.text(values, "sha256"),
                DocValues.number(values, "size"),
                directory.resolve(DocValues.text(values, "file"))));
  }

  private long add(String kind, String id, Map<String, String> values) {
    long number = state.names(DocNaming.document(kind, id) + "/").size();
    do {
      number++;
    } while (!state.write(
        DocNaming.document(kind, id, String.format(Locale.ROOT, "%09d", number)),
        StateStore.NEW,
        values));
    return number;
  }

  private <T> List<T> all(String kind, String id, BiFunction<Long, Map<String, String>, T> read) {
    List<T> found = new ArrayList<>();
    for (String document : state.names(DocNaming.document(kind, id) + "/")) {
      long number = Long.parseLong(document.substring(document.lastIndexOf('/') + 1));
      state
          .read(document)
          .map(doc -> whole(doc, values -> read.apply(number, values)))
          .ifPresent(found::add);
    }
    return found;
  }

  private static String id(StateStore.Doc index) {
    return whole(index, values -> DocValues.text(values, "id"));
  }

  private static <T> T whole(StateStore.Doc doc, Function<Map<String, String>, T> read) {
    return DocValues.read(doc.name(), "part of an incident", doc.values(), read);
  }
}
