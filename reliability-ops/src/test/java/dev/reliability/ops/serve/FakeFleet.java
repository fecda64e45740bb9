package dev.reliability.ops.serve;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A fleet in memory: lanes that are paused until somebody resumes them. */
final class FakeFleet implements Fleet {
  final Map<String, Long> paused = new ConcurrentHashMap<>();
  final List<String> resumed = new CopyOnWriteArrayList<>();
  final AtomicLong looks = new AtomicLong();
  volatile String trouble = "";

  /** What happens between what a look sees and its end. */
  volatile Runnable afterLook = () -> {};

  @Override
  public Map<String, Map<String, String>> look() {
    looks.incrementAndGet();
    if (!trouble.isEmpty()) {
      throw new IllegalStateException(trouble);
    }
    Map<String, String> lanes = new TreeMap<>();
    paused.forEach(
        (lane, episode) ->
            lanes.put(
                lane,
                "{\"paused\":true,\"episode\":"
                    + episode
                    + ",\"since\":\"2026-01-01T00:00:00Z\",\"actor\":\"breaker\","
                    + "\"reason\":\"no_output_timeout\",\"working\":0}"));
    afterLook.run();
    return Map.of("lanes", lanes);
  }

  @Override
  public String metrics() {
    return "lanes_paused " + paused.size() + "\n";
  }

  @Override
  public byte[] timeline(Duration back) {
    return ("<!doctype html><title>" + back + "</title>").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String resume(String lane, Long episode, String actor, String reason) {
    boolean was = episode == null ? paused.remove(lane) != null : paused.remove(lane, episode);
    if (!was) {
      throw new IllegalArgumentException("lane " + lane + " is not paused as it was shown");
    }
    resumed.add(lane + " by " + actor + ": " + reason);
    return "{}";
  }
}
