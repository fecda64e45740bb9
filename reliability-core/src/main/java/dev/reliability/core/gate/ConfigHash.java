package dev.reliability.core.gate;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A name for a configuration: the same settings give the same hash, whatever their order. */
public final class ConfigHash {
  private ConfigHash() {}

  /** The SHA-256 of all names and values, in hexadecimal digits. */
  public static String of(Map<String, String> settings) {
    Hasher hasher = Hashing.sha256().newHasher();
    new TreeMap<>(settings)
        .forEach(
            (name, value) -> {
              put(hasher, name);
              put(hasher, value);
            });
    return hasher.hash().toString();
  }

  private static void put(Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hasher.putInt(bytes.length).putBytes(bytes);
  }
}
