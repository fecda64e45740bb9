package dev.reliability.testkit.world;

import dev.reliability.core.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way from a node to what outlives it, such as stores: counts the calls and lets happen to them
 * what a test says. One per node, over all its incarnations.
 *
 * <p>Every call of an interface that was {@linkplain Node#connect connected} is one step, numbered
 * from 1 over all of them together; those that only read count too, because a node may die there as
 * well. So a test can run once to see how many there are, and then once more for each of them.
 * Belongs to the owner of the world.
 */
public final class Connection {
  private final String node;
  private final Timeline timeline;
  private final ArrayDeque<CallFault> next = new ArrayDeque<>();
  private final Map<Long, CallFault> planned = new HashMap<>();
  private long calls;
  private int hangs;

  Connection(String node, Timeline timeline) {
    this.node = node;
    this.timeline = timeline;
  }

  /** How many calls there were so far. */
  public long calls() {
    return calls;
  }

  /** Lets {@code fault} happen to the next call that none was said for yet. */
  public void next(CallFault fault) {
    next.add(counted(fault));
  }

  /**
   * Lets {@code fault} happen to the call of this number, instead of any other that was said.
   *
   * @throws IllegalArgumentException if that call was already
   */
  public void at(long call, CallFault fault) {
    if (call <= calls) {
      throw new IllegalArgumentException(
          "call: expected more than the " + calls + " there were already, got " + call);
    }
    uncounted(planned.put(call, counted(fault)));
  }

  /** Lets happen nothing that was said and has not happened yet. */
  public void heal() {
    next.clear();
    planned.clear();
    hangs = 0;
  }

  /** Whether a call may hang some time: tasks then run where they can wait. */
  boolean mayHang() {
    return hangs > 0;
  }

  private CallFault counted(CallFault fault) {
    Objects.requireNonNull(fault, "fault");
    timeline.checkOwner("plan faults of node " + node);
    hangs += fault instanceof CallFault.Hang ? 1 : 0;
    return fault;
  }

  private @Nullable CallFault uncounted(@Nullable CallFault fault) {
    hangs -= fault instanceof CallFault.Hang ? 1 : 0;
    return fault;
  }

  /** One call from {@code from} to {@code target}. */
  @Nullable Object call(Node from, Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    timeline.checkOwner("call from node " + node);
    from.checkRunning();
    long number = ++calls;
    CallFault fault = planned.remove(number);
    if (fault == null) {
      fault = next.poll();
    }
    uncounted(fault);
    String what = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    if (fault == null) {
      Object answer = invoke(target, method, arguments);
      from.checkRunning();
      return answer;
    }
    timeline.note(node + ": call " + number + ", " + what + ": " + fault);
    Outcome outcome = new Outcome();
    if (fault instanceof CallFault.Hang hang) {
      from.hang(hang.by(), () -> outcome.of(target, method, arguments));
    } else {
      before(from, fault, what);
      outcome.of(target, method, arguments);
      after(from, fault, what);
    }
    from.checkRunning();
    return outcome.get();
  }

  /** What became of a call that was done. */
  private static final class Outcome {
    private @Nullable Object answer;
    private @Nullable Throwable thrown;

    void of(Object target, Method method, Object @Nullable [] arguments) {
      try {
        answer = invoke(target, method, arguments);
      } catch (Throwable e) {
        thrown = e;
      }
    }

    @Nullable Object get() throws Throwable {
      if (thrown != null) {
        throw thrown;
      }
      return answer;
    }
  }

  private static void before(Node from, CallFault fault, String what) {
    if (fault instanceof CallFault.LostRequest) {
      throw new StoreException(what + ": the connection broke before the request was sent", null);
    } else if (fault instanceof CallFault.Crash crash && !crash.done()) {
      from.crash(crash.downFor());
      throw new NodeCrash(from.node());
    }
  }

  private static void after(Node from, CallFault fault, String what) {
    if (fault instanceof CallFault.LostAnswer) {
      throw new StoreException(
          what + ": the connection broke; nobody knows whether it was done", null);
    } else if (fault instanceof CallFault.Crash crash) {
      from.crash(crash.downFor());
    }
  }

  private static @Nullable Object invoke(
      Object target, Method method, Object @Nullable [] arguments) throws Throwable {
    method.trySetAccessible(); // an interface need not be public
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }
}
