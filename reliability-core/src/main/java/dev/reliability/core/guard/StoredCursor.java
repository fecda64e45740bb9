package dev.reliability.core.guard;

import dev.reliability.core.store.DocNaming;
import dev.reliability.core.store.StateStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the input of a lane was worked off, as durable state (requirement B11). After a crash it
 * is where it was before a step or after it. Thread-safe.
 */
public final class StoredCursor {
  private static final String POSITION = "position";
  private static final String RUN = "run";

  private final StateStore store;
  private final String document;

  /** The cursor of one lane. */
  public StoredCursor(StateStore store, String lane) {
    this.store = Objects.requireNonNull(store, "store");
    this.document = DocNaming.document("cursor", lane);
  }

  /** The last of the input that was worked off; empty if nothing was yet. */
  public Optional<String> position() {
    return store.read(document).map(doc -> doc.values().get(POSITION));
  }

  /**
   * Moves on to {@code position}. Committing the last run again changes nothing.
   *
   * @param run which run worked it off
   */
  public void commit(String run, String position) {
    while (true) {
      Optional<StateStore.Doc> before = store.read(document);
      if (before.isPresent() && run.equals(before.get().values().get(RUN))) {
        return;
      }
      Map<String, String> next = new LinkedHashMap<>();
      next.put(POSITION, position);
      next.put(RUN, run);
      if (store.write(document, before.map(StateStore.Doc::version).orElse(StateStore.NEW), next)) {
        return;
      }
    }
  }
}
