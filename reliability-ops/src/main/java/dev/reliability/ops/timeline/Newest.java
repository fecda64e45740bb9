package dev.reliability.ops.timeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest of many, and how many there were before them. Not thread-safe. */
final class Newest<T> {
  private final int most;
  private final Deque<T> kept = new ArrayDeque<>();
  private long leftOut;

  Newest(int most) {
    this.most = most;
  }

  void add(T one) {
    kept.addLast(one);
    if (kept.size() > most) {
      kept.removeFirst();
      leftOut++;
    }
  }

  List<T> list() {
    return List.copyOf(kept);
  }

  long leftOut() {
    return leftOut;
  }
}
