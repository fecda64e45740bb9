package dev.reliability.core.run;

import dev.reliability.core.runtime.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a run's worker: what the adapter calls, and what the pumps write down.
 *
 * <p>The paths that every line takes ({@link #output}, {@link #progress}) read the clock once at
 * most, write once, and hop to no other thread; everything else is posted to the run's strand.
 */
final class Attempt implements WorkerListener {
  private static final Logger log = LoggerFactory.getLogger(RunSupervisor.class);
  private static final VarHandle OUTPUT_BYTES;
  private static final VarHandle LAST_PROGRESS;
  private static final VarHandle PROGRESS_COUNT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OUTPUT_BYTES = lookup.findVarHandle(Attempt.class, "outputBytes", long.class);
      LAST_PROGRESS = lookup.findVarHandle(Attempt.class, "lastProgress", long.class);
      PROGRESS_COUNT = lookup.findVarHandle(Attempt.class, "progressCount", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RunTask task;
  private final int number;
  private final TimeSource time;
  private final long originNanos;
  private final long sampleNanos;
  private final List<StopStep> wanted = new ArrayList<>();
  private @Nullable WorkerHandle handle;

  @SuppressWarnings("unused") // through OUTPUT_BYTES
  private volatile long outputBytes;

  @SuppressWarnings("unused") // through LAST_PROGRESS
  private long lastProgress; // written before the count is released, read after it is acquired

  private long progressCount; // written by one thread at a time
  private volatile int toolsInFlight;
  private final AtomicInteger holders = new AtomicInteger();
  private long nextSample = Long.MIN_VALUE;

  /**
   * An attempt.
   *
   * @param time the clock, at hand so that a line of output does not have to look for it
   * @param originNanos what that clock said when the run was submitted
   */
  Attempt(RunTask task, int number, TimeSource time, long originNanos, long sampleNanos) {
    this.task = task;
    this.number = number;
    this.time = time;
    this.originNanos = originNanos;
    this.sampleNanos = sampleNanos;
  }

  int number() {
    return number;
  }

  Pulse pulse(long now, long leaseUntil) {
    long count = (long) PROGRESS_COUNT.getAcquire(this);
    return new Pulse(
        now,
        (long) LAST_PROGRESS.getOpaque(this),
        count,
        outputBytes,
        toolsInFlight,
        holders.get() > 0,
        leaseUntil);
  }

  // ---- on the run's strand ----

  /** Keeps the handle and returns the steps that were wanted before it came. */
  List<StopStep> arrived(WorkerHandle newHandle) {
    handle = newHandle;
    List<StopStep> steps = List.copyOf(wanted);
    wanted.clear();
    return steps;
  }

  /** The handle, or null after noting the step for when it comes. */
  @Nullable WorkerHandle handleFor(StopStep step) {
    if (handle == null) {
      wanted.add(step);
    }
    return handle;
  }

  @Nullable WorkerHandle handle() {
    return handle;
  }

  // ---- what the adapter calls ----

  // An adapter in Java 17 may hand over null all the same. What it tells is told on, with the gap
  // filled, because a run must end for what happened to its worker and not for that.

  @Override
  public void spawned(String workerName) {
    task.post(new RunInput.Spawned(number, orElse(workerName, "unnamed", "spawned")));
  }

  @Override
  public void spawnFailed(SpawnFailure failure) {
    SpawnFailure unsaid =
        new SpawnFailure(SpawnFailure.Kind.ADAPTER_ERROR, "the adapter did not say why (null)");
    task.post(new RunInput.SpawnFailed(number, orElse(failure, unsaid, "spawnFailed")));
  }

  @Override
  public void spawnUnknown(String detail) {
    String unsaid = "the adapter did not say what it saw (null)";
    task.post(new RunInput.SpawnUnknown(number, orElse(detail, unsaid, "spawnUnknown")));
  }

  @Override
  public void outputHeld(boolean held) {
    holders.addAndGet(held ? 1 : -1);
  }

  @Override
  public void output(long bytes) {
    if (bytes <= 0) {
      return;
    }
    if ((long) OUTPUT_BYTES.getAndAdd(this, bytes) == 0) {
      task.post(new RunInput.FirstOutput(number));
    }
  }

  @Override
  public void progress() {
    long now = time.nanos() - originNanos;
    LAST_PROGRESS.setOpaque(this, now);
    PROGRESS_COUNT.setRelease(this, progressCount + 1);
    if (now >= nextSample) {
      nextSample = now + sampleNanos;
      task.post(new RunInput.Progressed(number));
    }
  }

  @Override
  public void toolsInFlight(int inFlight) {
    toolsInFlight = Math.max(0, inFlight);
    progress();
  }

  @Override
  public void result(String payload) {
    progress();
    task.post(new RunInput.Result(number, orElse(payload, "", "result")));
  }

  @Override
  public void eof() {
    task.post(new RunInput.Eof(number));
  }

  @Override
  public void exited(ExitStatus status) {
    task.post(new RunInput.Exited(number, orElse(status, ExitStatus.UNKNOWN, "exited")));
  }

  @Override
  public void leftBehind(List<String> survivors) {
    task.leftBehind(survivors);
  }

  private <T> T orElse(@Nullable T value, T substitute, String method) {
    if (value != null) {
      return value;
    }
    log.warn("adapter error in run {}: {}(null); taken as \"{}\"", task.id(), method, substitute);
    return substitute;
  }
}
