package dev.reliability.container.process;

import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.WorkerListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener about one process in the order that the contract of workers wants, whichever
 * thread learns what first: the start before everything else and once, end of output and exit once
 * each, nothing after a start that failed, and no output once it was {@linkplain #mute given up}.
 *
 * <p>Thread-safe.
 */
final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final WorkerListener listener;
  private final AtomicBoolean startDecided = new AtomicBoolean();
  private final CompletableFuture<Boolean> startTold = new CompletableFuture<>(); // true: it is up
  private final AtomicBoolean eofTold = new AtomicBoolean();
  private final AtomicBoolean exitTold = new AtomicBoolean();
  // Both streams may have markers, and the listener hears them from one thread at a time. Its own
  // calls return at once.
  private final ReentrantLock markers = new ReentrantLock();
  private int toolsInFlight;
  private volatile boolean muted;

  Announcer(WorkerListener listener) {
    this.listener = listener;
  }

  /** Whether nobody has said yet whether it started. */
  boolean isOpen() {
    return !startDecided.get();
  }

  /** It is up. Does nothing if that, or the opposite, was said before. */
  void up(String name) {
    if (startDecided.compareAndSet(false, true)) {
      tell(() -> listener.spawned(name));
      startTold.complete(true);
    }
  }

  /** It did not start. Does nothing if that, or the opposite, was said before. */
  void failed(SpawnFailure failure) {
    if (startDecided.compareAndSet(false, true)) {
      tell(() -> listener.spawnFailed(failure));
      startTold.complete(false);
    }
  }

  /** Waits until the start was told, and says whether there is more to tell. */
  boolean awaitUp() {
    return startTold.join();
  }

  /** No output, and nothing about it, is told from now on. */
  void mute() {
    muted = true;
  }

  boolean isMuted() {
    return muted;
  }

  // The next four run on a pump, which has waited for the start; the first two for each read or
  // marker, so they allocate nothing.

  void output(long bytes) {
    if (!muted) {
      try {
        listener.output(bytes);
      } catch (RuntimeException | Error e) {
        complain(e);
      }
    }
  }

  /** The host's own code holds the reading up from now on, or no longer. Always in pairs. */
  void held(boolean held) {
    try {
      listener.outputHeld(held);
    } catch (RuntimeException | Error e) {
      complain(e);
    }
  }

  void progress() {
    markers.lock();
    try {
      if (!muted) {
        listener.progress();
      }
    } catch (RuntimeException | Error e) {
      complain(e);
    } finally {
      markers.unlock();
    }
  }

  /** One tool more or less is in flight, which is progress too. */
  void tools(int change) {
    markers.lock();
    try {
      if (!muted) {
        toolsInFlight = Math.max(0, toolsInFlight + change);
        listener.toolsInFlight(toolsInFlight);
      }
    } catch (RuntimeException | Error e) {
      complain(e);
    } finally {
      markers.unlock();
    }
  }

  void result(String payload) {
    markers.lock();
    try {
      if (!muted) {
        listener.result(payload);
      }
    } catch (RuntimeException | Error e) {
      complain(e);
    } finally {
      markers.unlock();
    }
  }

  /** All output was read. Told at once, or as soon as the start was. */
  void eof() {
    startTold.thenAccept(
        up -> {
          if (up && !muted && eofTold.compareAndSet(false, true)) {
            tell(listener::eof);
          }
        });
  }

  /** It ended. Told at once, or as soon as the start was. */
  void exited(ExitStatus status) {
    startTold.thenAccept(
        up -> {
          if (up && exitTold.compareAndSet(false, true)) {
            tell(() -> listener.exited(status));
          }
        });
  }

  /** Something got away. */
  void leftBehind(List<String> survivors) {
    startTold.thenAccept(
        up -> {
          if (up) {
            tell(() -> listener.leftBehind(survivors));
          }
        });
  }

  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      complain(e);
    }
  }

  private static void complain(Throwable e) {
    log.warn("A worker's listener threw; it is told the rest all the same", e);
  }
}
