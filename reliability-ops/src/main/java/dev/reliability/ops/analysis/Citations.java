package dev.reliability.ops.analysis;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import java.util.ArrayList;
import java.util.List;

/** Counts events, and keeps the ids of the first of them. Not thread-safe. */
final class Citations {
  private final int most;
  private final List<EventId> ids = new ArrayList<>();
  private long count;

  Citations() {
    this(Cited.MOST);
  }

  Citations(int most) {
    this.most = most;
  }

  void add(Event event) {
    add(event.id());
  }

  void add(EventId id) {
    count++;
    if (ids.size() < most) {
      ids.add(id);
    }
  }

  long count() {
    return count;
  }

  boolean isNone() {
    return count == 0;
  }

  Cited cited() {
    return new Cited(count, ids);
  }
}
