package dev.reliability.micrometer;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which incarnations were heard of, and which of them are known to be over. Remembers the last
 * 1,024 of each. Thread-safe; hearing of the same one again costs a comparison.
 */
final class Incarnations {
  private static final int MOST = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> living = new LinkedHashSet<>();
  private final Set<String> over = new LinkedHashSet<>();
  private volatile @Nullable String last;
  private volatile boolean any;

  /**
   * Something was heard of an incarnation.
   *
   * @return one that is forgotten instead; null if none is
   */
  @Nullable String heard(String epoch) {
    if (epoch.equals(last)) {
      return null;
    }
    lock.lock();
    try {
      if (over.contains(epoch)) {
        return null;
      }
      last = epoch;
      any = true;
      return living.add(epoch) && living.size() > MOST ? eldest(living) : null;
    } finally {
      lock.unlock();
    }
  }

  void ended(String epoch) {
    lock.lock();
    try {
      if (epoch.equals(last)) {
        last = null;
      }
      living.remove(epoch);
      any = !living.isEmpty();
      if (over.add(epoch) && over.size() > MOST) {
        eldest(over);
      }
    } finally {
      lock.unlock();
    }
  }

  Set<String> living() {
    lock.lock();
    try {
      return Set.copyOf(living);
    } finally {
      lock.unlock();
    }
  }

  boolean isOver(String epoch) {
    lock.lock();
    try {
      return over.contains(epoch);
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is one that is not known to be over. */
  boolean anyLives() {
    return any;
  }

  private static String eldest(Set<String> set) {
    Iterator<String> first = set.iterator();
    String eldest = first.next();
    first.remove();
    return eldest;
  }
}
