package dev.reliability.container.process;

import dev.reliability.container.InputResult;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standard input of one process. Everything is queued, the close too, and written by one thread
 * that is made only if there is something to write; so a process that does not read blocks nobody
 * but that thread, until it is killed.
 */
final class ChildInput {
  private static final Logger log = LoggerFactory.getLogger(ChildInput.class);

  private final String name;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private long queuedBytes;
  private boolean closing;
  private boolean gone;
  private boolean writing; // a writer was made, or is not needed any more
  private @Nullable OutputStream stream;

  /**
   * An input that is not connected yet.
   *
   * @param capacity bytes that may be queued
   */
  ChildInput(String name, int capacity) {
    this.name = name;
    this.capacity = capacity;
  }

  InputResult send(byte[] input) {
    lock.lock();
    try {
      if (closing || gone) {
        return InputResult.CLOSED;
      }
      if (queuedBytes + input.length > capacity) {
        return InputResult.FULL;
      }
      queuedBytes += input.length;
      queue.add(input.clone());
      changed.signal();
    } finally {
      lock.unlock();
    }
    begin();
    return InputResult.QUEUED;
  }

  /** Queues what is written before everything else, however much it is. */
  void prime(byte[] first) {
    lock.lock();
    try {
      if (first.length > 0) {
        queue.addFirst(first);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Queues the close behind everything else. The future ends when the input is closed. */
  CompletableFuture<Void> close() {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    begin();
    return closed;
  }

  /** Connects it to the process. */
  void connect(OutputStream to) {
    lock.lock();
    try {
      stream = to;
    } finally {
      lock.unlock();
    }
    begin();
  }

  /** The process has ended, or never was: nothing more is written. */
  void abandon() {
    lock.lock();
    try {
      gone = true;
      queue.clear();
      queuedBytes = 0;
      changed.signal();
    } finally {
      lock.unlock();
    }
    closed.complete(null);
  }

  /**
   * Makes the writer once there is something to write, or closes right here if nothing ever was.
   */
  private void begin() {
    OutputStream out;
    boolean closeOnly;
    lock.lock();
    try {
      if (stream == null || writing || gone || (queue.isEmpty() && !closing)) {
        return;
      }
      writing = true;
      out = stream;
      closeOnly = queue.isEmpty();
    } finally {
      lock.unlock();
    }
    if (closeOnly) {
      closeNow(out); // nothing is in any buffer, so this cannot block
      return;
    }
    try {
      Threads.daemon("reliability-in-" + name, () -> write(out)).start();
    } catch (OutOfMemoryError e) {
      log.warn(
          "No thread could be made to write the input of {}; tried again with the next", name, e);
      lock.lock();
      try {
        writing = false;
      } finally {
        lock.unlock();
      }
    }
  }

  private void write(OutputStream out) {
    try {
      byte[] next;
      while ((next = take()) != null) {
        out.write(next);
        out.flush();
        written(next.length);
      }
    } catch (IOException e) {
      log.debug("{} does not take input any more", name, e);
    }
    closeNow(out);
  }

  /** The next bytes, or null if it is time to close. */
  private byte @Nullable [] take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing && !gone) {
        changed.awaitUninterruptibly();
      }
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  private void written(int bytes) {
    lock.lock();
    try {
      queuedBytes = Math.max(0, queuedBytes - bytes);
    } finally {
      lock.unlock();
    }
  }

  private void closeNow(OutputStream out) {
    try {
      out.close();
    } catch (IOException e) {
      log.debug("Input of {} was broken when it was closed", name, e);
    }
    abandon();
  }
}
