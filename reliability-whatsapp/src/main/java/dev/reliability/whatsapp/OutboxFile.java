package dev.reliability.whatsapp;

import dev.reliability.core.store.StateStore;
import dev.reliability.whatsapp.OutboxEntry.State;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The messages of one outbox in a store: a document each, in the order of their names. Blocks. */
final class OutboxFile {
  private static final int DIGITS = 18;

  private final StateStore store;
  private final String prefix;
  private long last;

  OutboxFile(StateStore store, String name) {
    this.store = store;
    this.prefix = "outbox/" + name + "/";
    StateStore.checkedName(nameOf(0));
  }

  private String nameOf(long number) {
    return prefix + String.format(Locale.ROOT, "%0" + DIGITS + "d", number);
  }

  /** Another outbox's name may begin with this one's. */
  private boolean isMine(String document) {
    return document.length() == prefix.length() + DIGITS
        && document.chars().skip(prefix.length()).allMatch(c -> c >= '0' && c <= '9');
  }

  /** An entry as it is stored; changed by its outbox only. */
  static final class Stored {
    final String name;
    long version;
    OutboxEntry entry;

    Stored(String name, long version, OutboxEntry entry) {
      this.name = name;
      this.version = version;
      this.entry = entry;
    }
  }

  /**
   * All of them, in order.
   *
   * @throws IllegalStateException naming the document, if one is not of this kind
   */
  List<Stored> read() {
    List<Stored> all = new ArrayList<>();
    for (String name : store.names(prefix)) {
      Optional<StateStore.Doc> doc = isMine(name) ? store.read(name) : Optional.empty();
      if (doc.isPresent()) {
        all.add(new Stored(name, doc.get().version(), entry(doc.get())));
        last = Math.max(last, Long.parseLong(name.substring(prefix.length())));
      }
    }
    return all;
  }

  /** Adds one behind all others. */
  Stored add(OutboxEntry entry) {
    Stored stored = new Stored("", StateStore.NEW, entry);
    do {
      stored = new Stored(nameOf(++last), StateStore.NEW, entry);
    } while (!write(stored, entry));
    return stored;
  }

  /** Whether it was still as this outbox knew it. */
  boolean write(Stored stored, OutboxEntry entry) {
    if (!store.write(stored.name, stored.version, values(entry))) {
      return false;
    }
    stored.version =
        stored.version == StateStore.NEW
            ? store.read(stored.name).map(StateStore.Doc::version).orElse(StateStore.NEW)
            : stored.version + 1;
    stored.entry = entry;
    return true;
  }

  boolean remove(Stored stored) {
    return store.remove(stored.name, stored.version);
  }

  private static Map<String, String> values(OutboxEntry entry) {
    return Map.of(
        "id", entry.message().id(),
        "jid", entry.message().jid(),
        "content", entry.message().content(),
        "state", entry.state().wireName(),
        "attempts", String.valueOf(entry.attempts()),
        "since", entry.since().toString(),
        "detail", entry.detail());
  }

  private static OutboxEntry entry(StateStore.Doc doc) {
    Map<String, String> values = doc.values();
    try {
      return new OutboxEntry(
          new OutgoingMessage(value(values, "id"), value(values, "jid"), value(values, "content")),
          State.valueOf(value(values, "state").toUpperCase(Locale.ROOT)),
          Integer.parseInt(value(values, "attempts")),
          Instant.parse(value(values, "since")),
          value(values, "detail"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalStateException(
          "document " + doc.name() + ": expected a message of an outbox, got: " + e.getMessage(),
          e);
    }
  }

  private static String value(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }
}
