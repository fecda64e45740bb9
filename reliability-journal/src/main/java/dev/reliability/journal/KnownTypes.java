package dev.reliability.journal;

import dev.reliability.core.event.EventData;
import dev.reliability.core.event.EventTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The typed events by the bytes of their names. Immutable and safe for use by many threads. */
final class KnownTypes {
  /** All that this version has. */
  static final KnownTypes ALL = new KnownTypes();

  private final Known[] table;
  private final int mask;

  /** One type. */
  static final class Known {
    final String name;
    private final byte[] bytes;
    private final Class<? extends EventData> type;
    private @Nullable RecordShape shape; // each thread that finds none makes the same

    Known(String name, Class<? extends EventData> type) {
      this.name = name;
      this.type = type;
      bytes = name.getBytes(StandardCharsets.US_ASCII);
    }

    RecordShape shape() {
      RecordShape known = shape;
      if (known == null) {
        known = RecordShape.of(type);
        shape = known;
      }
      return known;
    }
  }

  private KnownTypes() {
    List<Known> all = new ArrayList<>();
    for (Map.Entry<String, Class<? extends EventData>> entry : EventTypes.all().entrySet()) {
      all.add(new Known(entry.getKey(), entry.getValue()));
    }
    table = new Known[Integer.highestOneBit(all.size()) * 8];
    mask = table.length - 1;
    for (Known known : all) {
      int at = ByteWords.hash(known.bytes, 0, known.bytes.length) & mask;
      while (table[at] != null) {
        at = (at + 1) & mask;
      }
      table[at] = known;
    }
  }

  /** The type of a name, or null if there is none. */
  @Nullable Known find(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return find(bytes, 0, bytes.length);
  }

  /** The type whose name these bytes are, or null if there is none. */
  @Nullable Known find(byte[] bytes, int from, int length) {
    int at = ByteWords.hash(bytes, from, length) & mask;
    for (Known known = table[at]; known != null; known = table[at]) {
      if (known.bytes.length == length && ByteWords.equal(bytes, from, known.bytes)) {
        return known;
      }
      at = (at + 1) & mask;
    }
    return null;
  }
}
