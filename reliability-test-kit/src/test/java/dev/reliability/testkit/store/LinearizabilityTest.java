package dev.reliability.testkit.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.store.Claim;
import dev.reliability.core.store.ClaimRequest;
import dev.reliability.core.store.Completion;
import dev.reliability.core.store.InMemoryLeaseStore;
import dev.reliability.core.store.InMemoryRunStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.LaneView;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.core.store.Renewal;
import dev.reliability.core.store.RunRecord;
import dev.reliability.core.store.RunStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.world.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The stores in memory, asked by several threads at once, answer as naive ones do that are asked by
 * one thread, in some order that fits (Lincheck looks for it). Time stands still.
 */
class LinearizabilityTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Instant NOW = FakeClock.DEFAULT_START;
  private static final ClaimRequest REQUEST = new ClaimRequest("holder", LONG, 3, LONG);

  // ---- leases: two lanes, three items; answers as numbers, which are quick to compare ----

  /** What is asked of a store of leases. */
  @Param(name = "item", gen = IntGen.class, conf = "0:2")
  @Param(name = "lane", gen = IntGen.class, conf = "0:1")
  @Param(name = "token", gen = IntGen.class, conf = "1:4")
  public abstract static class Leases {
    private static final ItemKey[] KEYS = {
      new ItemKey("lane-0", "one"), new ItemKey("lane-0", "two"), new ItemKey("lane-1", "one")
    };
    private static final String[] LANES = {"lane-0", "lane-1"};

    private final LeaseStore store;

    Leases(LeaseStore store) {
      this.store = store;
    }

    @Operation
    public long claim(@Param(name = "item") int item) {
      Claim claim = store.claim(KEYS[item], REQUEST);
      if (claim instanceof Claim.Granted granted) {
        return granted.lease().token();
      }
      if (claim instanceof Claim.Duplicate) {
        return -1;
      }
      if (claim instanceof Claim.AlreadyDone) {
        return -2;
      }
      return claim instanceof Claim.LanePaused ? -3 : -4;
    }

    @Operation
    public int renew(@Param(name = "item") int item, @Param(name = "token") int token) {
      return number(store.renew(KEYS[item], token, LONG));
    }

    @Operation
    public int release(@Param(name = "item") int item, @Param(name = "token") int token) {
      return number(store.release(KEYS[item], token));
    }

    private static int number(Renewal answer) {
      return answer instanceof Renewal.Lost lost ? lost.why().length() : 0;
    }

    @Operation
    public long complete(@Param(name = "item") int item, @Param(name = "token") int token) {
      Completion completion = store.complete(KEYS[item], token, null);
      if (completion instanceof Completion.Superseded superseded) {
        return superseded.currentToken();
      }
      return completion instanceof Completion.Accepted ? -1 : -2;
    }

    @Operation
    public long pause(@Param(name = "lane") int lane) {
      return number(store.pauseLane(LANES[lane], null, "somebody", "why"));
    }

    @Operation
    public long resume(@Param(name = "lane") int lane) {
      return number(store.resumeLane(LANES[lane], "somebody", "why", null));
    }

    private static long number(LaneView view) {
      return 2 * view.episode() + (view.paused() ? 1 : 0);
    }
  }

  /** The real one. */
  public static class RealLeases extends Leases {
    /** For Lincheck, as all of these. */
    public RealLeases() {
      super(new InMemoryLeaseStore(FakeClock.create()));
    }
  }

  /** The model. */
  public static class NaiveLeases extends Leases {
    /** For Lincheck. */
    public NaiveLeases() {
      super(new NaiveLeaseStore(() -> NOW));
    }
  }

  /** Looks in one step and grants in another. */
  public static class TwoStepLeases extends Leases {
    /** For Lincheck. */
    public TwoStepLeases() {
      super(
          new NaiveLeaseStore(() -> NOW) {
            @Override
            public Claim claim(ItemKey key, ClaimRequest request) {
              Claim refusal;
              synchronized (this) {
                refusal = refusalOfLane(key);
                refusal = refusal == null ? refusalOfItem(key, request) : refusal;
              }
              if (refusal != null) {
                return refusal;
              }
              Thread.yield();
              synchronized (this) {
                return new Claim.Granted(granted(key, request));
              }
            }
          });
    }
  }

  // ---- runs ----

  /** What is asked of a store of runs. */
  @Param(name = "run", gen = IntGen.class, conf = "0:1")
  @Param(name = "from", gen = IntGen.class, conf = "0:1")
  @Param(name = "to", gen = IntGen.class, conf = "1:3")
  public abstract static class Runs {
    private static final String[] IDS = {"run-0", "run-1"};
    private static final RunState[] STATES = {
      RunState.QUEUED, RunState.RUNNING, RunState.DONE, RunState.FAILED
    };

    private final RunStore store;

    Runs(RunStore store) {
      this.store = store;
    }

    private static RunRecord queued(int run) {
      return RunRecord.queued(IDS[run], "lane", "item", "owner", NOW);
    }

    @Operation
    public boolean create(@Param(name = "run") int run) {
      return store.create(queued(run));
    }

    @Operation
    public int transition(
        @Param(name = "run") int run, @Param(name = "from") int from, @Param(name = "to") int to) {
      RunRecord running = queued(run).running("worker", NOW);
      RunRecord next =
          to == 1 ? running : running.ended(STATES[to], EndReason.COMPLETED, null, NOW);
      RunStore.Transition answer = store.transition(STATES[from], next);
      if (answer instanceof RunStore.Conflict conflict) {
        return conflict.actual().state().ordinal();
      }
      return answer instanceof RunStore.Applied ? -1 : -2;
    }

    @Operation
    public int state(@Param(name = "run") int run) {
      return store.find(IDS[run]).map(record -> record.state().ordinal()).orElse(-1);
    }
  }

  /** The real one. */
  public static class RealRuns extends Runs {
    /** For Lincheck. */
    public RealRuns() {
      super(new InMemoryRunStore());
    }
  }

  /** The model. */
  public static class NaiveRuns extends Runs {
    /** For Lincheck. */
    public NaiveRuns() {
      super(new BrokenRunStores.Plain());
    }
  }

  /** Looks in one step and replaces in another. */
  public static class TwoStepRuns extends Runs {
    /** For Lincheck. */
    public TwoStepRuns() {
      super(
          new BrokenRunStores.Plain() {
            @Override
            public Transition transition(RunState expected, RunRecord next) {
              Transition refusal;
              synchronized (this) {
                refusal = refusal(expected, next);
              }
              if (refusal != null) {
                return refusal;
              }
              Thread.yield();
              synchronized (this) {
                return replaced(next);
              }
            }
          });
    }
  }

  // ---- documents ----

  /** What is asked of a store of documents. */
  @Param(name = "doc", gen = IntGen.class, conf = "0:1")
  @Param(name = "version", gen = IntGen.class, conf = "0:2")
  public abstract static class Documents {
    private static final String[] NAMES = {"doc-0", "doc-1"};

    private final StateStore store;

    Documents(StateStore store) {
      this.store = store;
    }

    @Operation
    public boolean write(@Param(name = "doc") int doc, @Param(name = "version") int version) {
      return store.write(NAMES[doc], version, Map.of());
    }

    @Operation
    public boolean remove(@Param(name = "doc") int doc, @Param(name = "version") int version) {
      return store.remove(NAMES[doc], version);
    }

    @Operation
    public long version(@Param(name = "doc") int doc) {
      return store.read(NAMES[doc]).map(StateStore.Doc::version).orElse(0L);
    }
  }

  /** The real one. */
  public static class RealDocuments extends Documents {
    /** For Lincheck. */
    public RealDocuments() {
      super(new InMemoryStateStore());
    }
  }

  /** The model. */
  public static class NaiveDocuments extends Documents {
    /** For Lincheck. */
    public NaiveDocuments() {
      super(new BrokenStateStores.Plain());
    }
  }

  /** Looks in one step and writes in another. */
  public static class TwoStepDocuments extends Documents {
    /** For Lincheck. */
    public TwoStepDocuments() {
      super(
          new BrokenStateStores.Plain() {
            @Override
            public boolean write(String name, long expected, Map<String, String> values) {
              synchronized (this) {
                if (!isAt(name, expected)) {
                  return false;
                }
              }
              Thread.yield();
              synchronized (this) {
                docs.put(name, new Doc(name, next(name), values));
                return true;
              }
            }
          });
    }
  }

  // ---- the checks ----

  /** Random scenarios, each many times, under real threads. */
  private static void check(Class<?> store, Class<?> model) {
    new StressOptions()
        .iterations(25)
        .invocationsPerIteration(1_000)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(model)
        .minimizeFailedScenario(false)
        .check(store);
  }

  @Test
  void leasesInMemoryAreLinearizable() {
    check(RealLeases.class, NaiveLeases.class);
  }

  @Test
  void runsInMemoryAreLinearizable() {
    check(RealRuns.class, NaiveRuns.class);
  }

  @Test
  void documentsInMemoryAreLinearizable() {
    check(RealDocuments.class, NaiveDocuments.class);
  }

  @Test
  void claimsInTwoStepsAreFound() {
    assertThatThrownBy(() -> check(TwoStepLeases.class, NaiveLeases.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void transitionsInTwoStepsAreFound() {
    assertThatThrownBy(() -> check(TwoStepRuns.class, NaiveRuns.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void writesInTwoStepsAreFound() {
    assertThatThrownBy(() -> check(TwoStepDocuments.class, NaiveDocuments.class))
        .isInstanceOf(LincheckAssertionError.class);
  }
}
