package dev.reliability.core.run;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may run in which lane: at most so many at once, the others in the order they came. Used on
 * one strand only.
 */
final class LaneSlots {
  private final Map<String, Lane> lanes = new HashMap<>();

  private static final class Lane {
    final Set<RunTask> taken = new HashSet<>();
    final ArrayDeque<RunTask> waiting = new ArrayDeque<>();
  }

  /** True if there was room; else the task waits. */
  boolean take(String lane, int limit, RunTask task) {
    Lane slots = lanes.computeIfAbsent(lane, name -> new Lane());
    if (slots.taken.size() < limit) {
      slots.taken.add(task);
      return true;
    }
    slots.waiting.add(task);
    return false;
  }

  /** Gives a place back, or stops waiting for one; returns whose turn it is now, if anybody's. */
  @Nullable RunTask release(String lane, RunTask task) {
    Lane slots = lanes.get(lane);
    if (slots == null || slots.waiting.remove(task) || !slots.taken.remove(task)) {
      return null; // it had no place
    }
    RunTask next = slots.waiting.poll();
    if (next != null) {
      slots.taken.add(next);
    } else if (slots.taken.isEmpty()) {
      lanes.remove(lane);
    }
    return next;
  }
}
