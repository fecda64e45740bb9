package dev.reliability.testkit;

import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.WorkerHandle;
import dev.reliability.core.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What tests put in the place of stores and handles. */
public final class Stubs {
  private Stubs() {}

  /** What is done before each call, with the method's name; what it throws the caller gets. */
  @FunctionalInterface
  public interface Before {
    /** Before a call of {@code method}. */
    void call(String method);
  }

  /** {@code target}, but {@code before} comes first. */
  public static <T> T before(Class<T> type, T target, Before before) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              before.call(method.getName());
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** Has methods fail so many times, each with an exception that says so. */
  public static final class Failing implements Before {
    private final Map<String, Integer> left = new HashMap<>();

    /** The next {@code times} calls of {@code method} fail. */
    public void next(String method, int times) {
      left.put(method, times);
    }

    @Override
    public void call(String method) {
      if (left.merge(method, -1, Integer::sum) >= 0) {
        throw new StoreException(method + ": the database is away", null);
      }
    }
  }

  /** A handle that is alive and takes every step of stopping without doing anything. */
  public static WorkerHandle idleHandle() {
    return new WorkerHandle() {
      @Override
      public CompletionStage<StopReport> closeInput() {
        return CompletableFuture.completedFuture(StopReport.CLEAN);
      }

      @Override
      public CompletionStage<StopReport> terminate() {
        return closeInput();
      }

      @Override
      public CompletionStage<StopReport> kill() {
        return closeInput();
      }

      @Override
      public boolean isAlive() {
        return true;
      }
    };
  }
}
