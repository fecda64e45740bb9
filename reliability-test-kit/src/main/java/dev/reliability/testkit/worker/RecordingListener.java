package dev.reliability.testkit.worker;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.WorkerListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a worker tells, and complaints where it breaks the contract of {@link
 * WorkerListener}. Thread-safe.
 */
public final class RecordingListener implements WorkerListener {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final AtomicLong progress = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile @Nullable ExitStatus exit;
  private volatile @Nullable SpawnFailure failure;
  private volatile @Nullable String workerName;
  private volatile @Nullable String result;
  private volatile boolean unknown;
  private volatile boolean eof;

  /** Nothing heard yet. */
  public RecordingListener() {}

  @Override
  public void spawned(String name) {
    first("spawned");
    workerName = name;
  }

  @Override
  public void spawnFailed(SpawnFailure why) {
    first("spawnFailed");
    failure = why;
  }

  @Override
  public void spawnUnknown(String detail) {
    first("spawnUnknown");
    unknown = true;
  }

  @Override
  public void output(long count) {
    whileUp("output");
    bytes.addAndGet(count);
  }

  @Override
  public void progress() {
    whileUp("progress");
    progress.incrementAndGet();
  }

  @Override
  public void toolsInFlight(int inFlight) {
    whileUp("toolsInFlight");
  }

  @Override
  public void result(String payload) {
    whileUp("result");
    result = payload;
    calls.add("result");
  }

  @Override
  public void eof() {
    whileUp("eof");
    eof = true;
    calls.add("eof");
  }

  @Override
  public void exited(ExitStatus status) {
    if (workerName == null) {
      complaints.add("exited before spawned");
    }
    if (exit != null) {
      complaints.add("exited twice");
    }
    exit = status;
    calls.add("exited");
  }

  private void first(String call) {
    if (workerName != null || failure != null || unknown) {
      complaints.add(call + " after " + calls);
    }
    calls.add(call);
  }

  private void whileUp(String call) {
    if (workerName == null) {
      complaints.add(call + " before spawned");
    }
    if (eof) {
      complaints.add(call + " after eof");
    }
  }

  /** The calls heard, output and progress left out, in their order. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** Where the contract was broken; empty if it was kept. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Valid markers heard. */
  public long progressCount() {
    return progress.get();
  }

  /** Bytes of output heard of. */
  public long outputBytes() {
    return bytes.get();
  }

  /** How it ended, once it has. */
  public @Nullable ExitStatus exit() {
    return exit;
  }

  /** Why it did not start, if it did not. */
  public @Nullable SpawnFailure failure() {
    return failure;
  }

  /** Its name, once it is up. */
  public @Nullable String workerName() {
    return workerName;
  }

  /** Its final result, once it came. */
  public @Nullable String finalResult() {
    return result;
  }

  /** Whether its output was read to the end. */
  public boolean isEof() {
    return eof;
  }
}
