package dev.reliability.container.engine;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Strand;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener about one container in the order that the contract of workers wants: the start
 * before everything else and once, end of output and exit once each, nothing after a start that
 * failed or is unknown. What a command line puts out waits here until it is known to be the
 * worker's.
 *
 * <p>Thread-safe. Start, end of output and exit are told on a strand of their own, so that whoever
 * learns of them never waits for the listener.
 */
final class Gate {
  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  private final WorkerListener listener;
  private final Strand strand;
  private final AtomicBoolean decided = new AtomicBoolean();
  private final CompletableFuture<Boolean> told = new CompletableFuture<>(); // true: it is up
  private final AtomicBoolean eofTold = new AtomicBoolean();
  private final AtomicBoolean exitTold = new AtomicBoolean();

  Gate(WorkerListener listener, Strand strand) {
    this.listener = listener;
    this.strand = strand;
  }

  /** Whether the start is decided, told or not. */
  boolean isDecided() {
    return decided.get();
  }

  /** Waits until the start was told, and says whether it is up. For threads that read output. */
  boolean awaitUp() {
    return told.join();
  }

  /** Whether it was told to be up. */
  boolean isUp() {
    return told.getNow(false);
  }

  /** Ends once the start was told, with whether it is up. */
  CompletableFuture<Boolean> told() {
    return told.copy();
  }

  /** Runs this once the start was told, whatever it was. */
  void whenTold(Runnable task) {
    told.thenRun(task);
  }

  void up(String name) {
    decide(() -> listener.spawned(name), true);
  }

  void failed(SpawnFailure failure) {
    decide(() -> listener.spawnFailed(failure), false);
  }

  void unknown(String detail) {
    decide(() -> listener.spawnUnknown(detail), false);
  }

  private void decide(Runnable call, boolean up) {
    if (decided.compareAndSet(false, true)) {
      strand.execute(
          () -> {
            tell(call);
            told.complete(up);
          });
    }
  }

  void eof() {
    onceUp(eofTold, listener::eof);
  }

  void exited(ExitStatus status) {
    onceUp(exitTold, () -> listener.exited(status));
  }

  private void onceUp(AtomicBoolean done, Runnable call) {
    told.thenAccept(
        up -> {
          if (up && done.compareAndSet(false, true)) {
            strand.execute(() -> tell(call));
          }
        });
  }

  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      log.warn("A worker's listener threw; it is told the rest all the same", e);
    }
  }
}
