package dev.reliability.benchmarks;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.CacheBuilder;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.Renewal;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A claim that is granted and given back, on keys drawn evenly from many, or on one. The limit and
 * the peers take a key and give it back, without a token, an end or a pause to look at.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClaimBenchmark {
  private static final int LANES = 64;

  /** How many keys. */
  @Param("1000000")
  public int keys;

  private final ClaimRequest request =
      new ClaimRequest("holder", Duration.ofMinutes(1), Integer.MAX_VALUE, Duration.ofHours(1));
  private ItemKey[] all;
  private ReliabilityRuntime runtime;
  private InMemoryLeaseStore store;
  private final ConcurrentHashMap<ItemKey, String> map = new ConcurrentHashMap<>();
  private final ConcurrentMap<ItemKey, String> caffeine =
      Caffeine.newBuilder()
          .expireAfterWrite(Duration.ofMinutes(1))
          .<ItemKey, String>build()
          .asMap();
  private final ConcurrentMap<ItemKey, String> guava =
      CacheBuilder.newBuilder()
          .expireAfterWrite(Duration.ofMinutes(1))
          .<ItemKey, String>build()
          .asMap();

  /** Makes the keys, and claims each once, so that the store knows them. */
  @Setup
  public void setUp() {
    runtime = ReliabilityRuntime.system();
    store = new InMemoryLeaseStore(runtime.time());
    all = new ItemKey[keys];
    for (int i = 0; i < keys; i++) {
      all[i] = new ItemKey("lane-" + i % LANES, "item-" + i);
      store.enqueue(all[i], null);
    }
  }

  /** Closes the runtime. */
  @TearDown
  public void tearDown() {
    runtime.close();
  }

  /** What each thread has of its own. */
  @State(Scope.Thread)
  public static class Mine {
    private long state;
    private boolean hot;

    /** Begins somewhere of its own. */
    @Setup
    public void setUp(ClaimBenchmark all, ThreadParams thread) {
      state = thread.getThreadIndex() + 1;
      hot = all.keys == 1;
    }

    private ItemKey next(ItemKey[] all) {
      if (hot) {
        return all[0];
      }
      state = state * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
      return all[(int) Math.multiplyHigh(state >>> 1, (long) all.length << 1)];
    }
  }

  /** The least: put if absent, remove. */
  @Benchmark
  public boolean limit(Mine my) {
    return putAndRemove(map, my.next(all));
  }

  /** Caffeine, with an expiry. */
  @Benchmark
  public boolean caffeine(Mine my) {
    return putAndRemove(caffeine, my.next(all));
  }

  /** Guava's cache, with an expiry. */
  @Benchmark
  public boolean guava(Mine my) {
    return putAndRemove(guava, my.next(all));
  }

  /** Ours: pause check, token, end of the lease, which the caller gets; given back by token. */
  @Benchmark
  public boolean ours(Mine my, Blackhole caller) {
    ItemKey key = my.next(all);
    if (store.claim(key, request) instanceof Claim.Granted granted) {
      Lease lease = granted.lease();
      caller.consume(lease);
      return store.release(key, lease.token()) instanceof Renewal.Held;
    }
    return false;
  }

  private static boolean putAndRemove(ConcurrentMap<ItemKey, String> map, ItemKey key) {
    return map.putIfAbsent(key, "holder") == null && map.remove(key) != null;
  }
}
