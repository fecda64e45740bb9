package dev.reliability.testkit.world;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What can happen to one call of a node over its {@link Connection}. Immutable. */
public sealed interface CallFault {

  /** The request is lost: nothing was done, and the caller gets a {@code StoreException}. */
  record LostRequest() implements CallFault {
    @Override
    public String toString() {
      return "request lost";
    }
  }

  /** The answer is lost: it was done, and the caller gets a {@code StoreException} all the same. */
  record LostAnswer() implements CallFault {
    @Override
    public String toString() {
      return "answer lost";
    }
  }

  /**
   * The request is on its way for a while; then it is done, even if the node stands still then, and
   * answered. The strand that asked waits, the others of the node go on. If the node crashes
   * meanwhile it is never done.
   *
   * @param by how long; not negative
   */
  record Hang(Duration by) implements CallFault {
    /** Checks {@code by}. */
    public Hang {
      FakeClock.nanosOf("hang", by);
    }

    @Override
    public String toString() {
      return "hangs " + by;
    }
  }

  /**
   * The node crashes.
   *
   * @param done whether it was done before the crash; the caller never hears of it either way
   * @param downFor after which time the node starts again by itself; null if it does not
   */
  record Crash(boolean done, @Nullable Duration downFor) implements CallFault {
    /** Checks {@code downFor}. */
    public Crash {
      if (downFor != null) {
        FakeClock.nanosOf("downFor", downFor);
      }
    }

    @Override
    public String toString() {
      return "crash " + (done ? "after" : "before") + (downFor == null ? "" : ", down " + downFor);
    }
  }
}
