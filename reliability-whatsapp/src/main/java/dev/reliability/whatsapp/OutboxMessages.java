package dev.reliability.whatsapp;

import dev.reliability.core.store.StateStore;
import dev.reliability.whatsapp.OutboxEntry.State;
import dev.reliability.whatsapp.OutboxFile.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one outbox as its store has them, and those that were delivered of late, which
 * are remembered. Whatever fails leaves it to be read anew: what a store did when it threw, nobody
 * knows. Used by one strand; blocks.
 */
final class OutboxMessages {
  private static final int MOST_TRIES = 5;

  private final OutboxFile file;
  private final int remembered;
  private final Map<String, Stored> open = new LinkedHashMap<>(); // by id, in their order
  private final Map<String, Stored> delivered = new LinkedHashMap<>();
  private @Nullable Stored underWay;
  private boolean isRead;

  OutboxMessages(StateStore store, String name, int remembered) {
    this.file = new OutboxFile(store, name);
    this.remembered = remembered;
  }

  /** Reads them, if that has to be. */
  void read(Instant now) {
    if (isRead) {
      return;
    }
    open.clear();
    delivered.clear();
    for (Stored stored : file.read()) {
      Stored mine = underWay != null && underWay.name.equals(stored.name) ? underWay : stored;
      mine.version = stored.version;
      mine.entry = stored.entry;
      OutboxEntry found = mine == underWay ? mine.entry : OutboxRules.found(mine.entry, now);
      if (found.equals(mine.entry) || file.write(mine, found)) {
        put(mine);
      }
    }
    isRead = true;
  }

  /**
   * Of two documents of one message only one counts: the store kept one that it said it had not.
   */
  private void put(Stored stored) {
    String id = stored.entry.message().id();
    Stored there = open.containsKey(id) ? open.get(id) : delivered.get(id);
    if (there != null && stored.entry.state() == State.QUEUED) {
      file.remove(stored);
      return;
    }
    if (there != null && there.entry.state() == State.QUEUED) {
      file.remove(there);
    }
    open.remove(id);
    (stored.entry.state() == State.DELIVERED ? delivered : open).put(id, stored);
  }

  @Nullable OutboxEntry find(String id) {
    Stored stored = open.containsKey(id) ? open.get(id) : delivered.get(id);
    return stored == null ? null : stored.entry;
  }

  /** Those that were not delivered, in their order. */
  List<OutboxEntry> open() {
    return open.values().stream().map(stored -> stored.entry).toList();
  }

  int size() {
    return open.size();
  }

  void add(OutboxEntry entry) {
    isRead = false; // until it went well
    open.put(entry.message().id(), file.add(entry));
    isRead = true;
  }

  /** The first that waits, noted as being sent; null if there is none, or somebody else has it. */
  @Nullable OutboxEntry begin(Instant now) {
    for (Stored stored : new ArrayList<>(open.values())) {
      if (stored.entry.state() == State.QUEUED) {
        if (!write(stored, stored.entry.tried(now))) {
          return null;
        }
        underWay = stored;
        return stored.entry;
      }
    }
    return null;
  }

  /**
   * Changes an entry, read anew if somebody else changed it meanwhile.
   *
   * @param change from the entry to what it is to be; null to leave it
   * @return what it is now; null if there is none, or it was left
   */
  @Nullable OutboxEntry change(String id, Instant now, Change change) {
    for (int i = 0; i < MOST_TRIES; i++) {
      read(now);
      Stored stored = open.get(id);
      OutboxEntry next = stored == null ? null : change.apply(stored.entry);
      if (stored == null || next == null) {
        return null;
      }
      if (write(stored, next)) {
        ended(stored);
        return next;
      }
    }
    return null;
  }

  /** What an entry is to be; null to leave it as it is. */
  interface Change {
    @Nullable OutboxEntry apply(OutboxEntry entry);
  }

  /** Forgets an entry that somebody has to look at; null if there is none. */
  @Nullable OutboxEntry forget(String id, Instant now) {
    read(now);
    Stored stored = open.get(id);
    if (stored == null || !stored.entry.isForTheHost()) {
      return null;
    }
    isRead = false;
    boolean removed = file.remove(stored);
    if (removed) {
      open.remove(id);
      isRead = true;
    }
    return removed ? stored.entry : null;
  }

  /** What is under way is so no more. */
  void done() {
    underWay = null;
  }

  private boolean write(Stored stored, OutboxEntry entry) {
    isRead = false;
    boolean written = file.write(stored, entry);
    isRead = written;
    return written;
  }

  private void ended(Stored stored) {
    if (stored.entry.state() == State.DELIVERED) {
      String id = stored.entry.message().id();
      open.remove(id);
      delivered.put(id, stored);
    }
  }

  /** Forgets those that were delivered longest ago, if there are more than are remembered. */
  void trim() {
    Iterator<Stored> eldest = delivered.values().iterator();
    while (isRead && delivered.size() > remembered) {
      Stored stored = eldest.next();
      eldest.remove();
      file.remove(stored);
    }
  }
}
