package dev.reliability.micrometer;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the last 4,096 that something was said of first. Not thread-safe. */
final class Recent<K, V> {
  private static final int MOST = 4096;

  private final Map<K, V> entries = new LinkedHashMap<>();

  @Nullable V get(@Nullable K key) {
    return entries.get(key);
  }

  /** Returns what was known before. */
  @Nullable V put(K key, V value) {
    V before = entries.put(key, value);
    if (entries.size() > MOST) {
      entries.remove(entries.keySet().iterator().next());
    }
    return before;
  }
}
