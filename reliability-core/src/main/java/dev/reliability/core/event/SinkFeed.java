package dev.reliability.core.event;

import dev.reliability.core.runtime.Strand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue between the bus and one sink. The sink is only ever called on this feed's strand, with
 * no lock held.
 */
final class SinkFeed {
  private static final Logger log = LoggerFactory.getLogger(EventBus.class);
  private static final int BATCH = 256;

  private final EventBus bus;
  private final Strand strand;
  private final EventSink sink;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Event> queue = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private long samplesDropped;
  private long othersDropped;
  private long firstDropped;
  private long lastDropped;
  private long droppedInAll;
  private long failures;

  SinkFeed(EventBus bus, Strand strand, EventSink sink, int capacity) {
    this.bus = bus;
    this.strand = strand;
    this.sink = sink;
    this.capacity = capacity;
  }

  void offer(Event event) {
    lock.lock();
    try {
      boolean sample = event.data().isSample();
      if (queue.size() < (sample ? capacity / 2 : capacity)) {
        queue.add(event);
        return;
      }
      if (samplesDropped + othersDropped == 0) {
        firstDropped = event.id().seq();
      }
      lastDropped = event.id().seq();
      droppedInAll++;
      if (sample) {
        samplesDropped++;
      } else if (othersDropped++ == 0) {
        log.warn(
            "sink {} does not keep up: {} events wait, dropping from {} on",
            sink.name(),
            capacity,
            event.id());
      }
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      strand.execute(drain);
    }
  }

  long dropped() {
    lock.lock();
    try {
      return droppedInAll;
    } finally {
      lock.unlock();
    }
  }

  CompletableFuture<Void> drained() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    lock.lock();
    try {
      waiting.add(done);
    } finally {
      lock.unlock();
    }
    wake();
    return done;
  }

  private void drain() {
    List<Event> batch = new ArrayList<>(BATCH);
    while (true) {
      List<CompletableFuture<Void>> reached = List.of();
      ProcessEvent.EventsDropped report = null;
      boolean empty;
      lock.lock();
      try {
        batch.clear();
        while (batch.size() < BATCH && !queue.isEmpty()) {
          batch.add(queue.remove());
        }
        empty = batch.isEmpty();
        if (empty) {
          report = takeReport();
          if (report == null) {
            reached = new ArrayList<>(waiting);
            waiting.clear();
            scheduled.set(
                false); // under the lock: an offer after this finds it false and wakes us again
          }
        }
      } finally {
        lock.unlock();
      }
      for (Event event : batch) {
        guarded(() -> sink.accept(event));
      }
      if (report != null) {
        bus.emit(Subject.NONE, report); // comes back into this queue too, so the loop goes on
      } else if (empty) {
        guarded(sink::caughtUp);
        reached.forEach(done -> done.complete(null));
        return;
      }
    }
  }

  private ProcessEvent.@Nullable EventsDropped takeReport() {
    if (samplesDropped + othersDropped == 0) {
      return null;
    }
    ProcessEvent.EventsDropped report =
        new ProcessEvent.EventsDropped(
            sink.name(), samplesDropped, othersDropped, firstDropped, lastDropped);
    samplesDropped = 0;
    othersDropped = 0;
    return report;
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      if (Long.bitCount(++failures) == 1) { // the 1st, 2nd, 4th, 8th ... time
        log.warn("sink {} threw, {} times so far", sink.name(), failures, e);
      }
    }
  }
}
