package dev.reliability.core.event;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stamps events with a gapless sequence and hands them to the sinks.
 *
 * <p>One bus is one incarnation: its {@link #epoch()} and the sequence number name an event for
 * ever. Emitting costs a lock that is held for a few stores, and never waits for a sink: each sink
 * is fed from a queue of its own on a strand of its own. A queue holds 65,536 events by default;
 * when it is half full samples are dropped, when it is full everything is; what was dropped is
 * counted and told in {@code process.events_dropped}. Thread-safe.
 */
public final class EventBus implements AutoCloseable {
  private static final long CLOSE_LIMIT_NANOS = 5_000_000_000L;

  private final ReliabilityRuntime runtime;
  private final String epoch;
  private final String node;
  private final long originNanos;
  private final EventRing ring;
  private final List<SinkFeed> feeds = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final ClockWatch clockWatch;
  private final AtomicLong ids = new AtomicLong();
  private long seq;
  private boolean closed;

  private EventBus(Builder builder) {
    runtime = builder.runtime;
    node = runtime.node();
    originNanos = runtime.time().nanos();
    epoch = newEpoch(runtime);
    ring = new EventRing(builder.ringCapacity);
    for (EventSink sink : builder.sinks) {
      feeds.add(
          new SinkFeed(
              this,
              runtime.strand(Strand.Kind.IO, "sink " + sink.name()),
              sink,
              builder.queueCapacity));
    }
    emit(
        Subject.NONE,
        new ProcessEvent.Started(
            ProcessHandle.current().pid(),
            System.getProperty("java.version", "unknown"),
            System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", "")));
    clockWatch = ClockWatch.start(runtime, data -> emit(Subject.NONE, data));
  }

  /** A bus on {@code runtime}; add sinks, then build. */
  public static Builder builder(ReliabilityRuntime runtime) {
    return new Builder(runtime);
  }

  /** Emits without naming a cause. */
  public Event emit(Subject subject, EventData data) {
    return emit(subject, null, data);
  }

  /**
   * Stamps {@code data} and hands it to the ring and the sinks. Never blocks on a sink and never
   * throws for one.
   *
   * @param cause the event that this one follows from, if known
   * @return the event with its id
   */
  public Event emit(Subject subject, @Nullable EventId cause, EventData data) {
    Event event;
    lock.lock();
    try {
      long mono = runtime.time().nanos() - originNanos;
      Instant wall = runtime.time().wall().truncatedTo(ChronoUnit.MILLIS);
      event = new Event(new EventId(epoch, ++seq), wall, mono, node, subject, cause, data);
      ring.add(event);
      for (SinkFeed feed : feeds) {
        feed.offer(event);
      }
    } finally {
      lock.unlock();
    }
    for (SinkFeed feed : feeds) {
      feed.wake();
    }
    return event;
  }

  /** This incarnation's id: sortable by time, unique by chance. */
  public String epoch() {
    return epoch;
  }

  /**
   * An id for something that this incarnation began, such as a run: the epoch and a number that no
   * other id of this bus has.
   */
  public String newId() {
    return epoch + "-" + ids.incrementAndGet();
  }

  /** The runtime that stamps the events. */
  public ReliabilityRuntime runtime() {
    return runtime;
  }

  /** The last events. */
  public EventRing recent() {
    return ring;
  }

  /** Events that were dropped on the way to the sinks so far, samples included. */
  public long dropped() {
    long dropped = 0;
    for (SinkFeed feed : feeds) {
      dropped += feed.dropped();
    }
    return dropped;
  }

  /** Done when every sink has been handed every event emitted before the call. */
  public CompletableFuture<Void> drained() {
    return CompletableFuture.allOf(
        feeds.stream().map(SinkFeed::drained).toArray(CompletableFuture[]::new));
  }

  /**
   * Emits {@code process.stopped} and waits for the sinks to take what is left, for five seconds at
   * most; not at all if the runtime was closed before.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.unlock();
    }
    clockWatch.close();
    emit(Subject.NONE, new ProcessEvent.Stopped("closed"));
    CompletableFuture<Void> limit = new CompletableFuture<>();
    Strand strand = runtime.strand(Strand.Kind.CONTROL, "bus close");
    long timer;
    try {
      timer = runtime.scheduler().schedule(strand, CLOSE_LIMIT_NANOS, () -> limit.complete(null));
    } catch (RejectedExecutionException runtimeClosed) {
      return; // the sinks are still fed, but without a limit they are not waited for
    }
    runtime.await(CompletableFuture.anyOf(drained(), limit));
    runtime.scheduler().cancel(timer);
  }

  private static String newEpoch(ReliabilityRuntime runtime) {
    String time =
        runtime.time().wall().truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:]", "");
    long random = runtime.randomness().stream("epoch", runtime.node()).nextLong();
    return time + "-" + String.format("%08x", random >>> 32);
  }

  /** Collects the settings of a bus. Not thread-safe. */
  public static final class Builder {
    private final ReliabilityRuntime runtime;
    private final List<EventSink> sinks = new ArrayList<>();
    private int ringCapacity = 1024;
    private int queueCapacity = 65_536;

    private Builder(ReliabilityRuntime runtime) {
      this.runtime = runtime;
    }

    /** Adds a sink. */
    public Builder sink(EventSink sink) {
      sinks.add(sink);
      return this;
    }

    /** How many recent events stay in memory; 1,024 by default. */
    public Builder ringCapacity(int events) {
      ringCapacity = events;
      return this;
    }

    /**
     * How many events may wait for one sink; 65,536 by default.
     *
     * @throws IllegalArgumentException if it is less than 2
     */
    public Builder queueCapacity(int events) {
      if (events < 2) {
        throw new IllegalArgumentException(
            "queueCapacity: expected at least 2 events, got " + events);
      }
      queueCapacity = events;
      return this;
    }

    /** Starts the incarnation: {@code process.started} is its first event. */
    public EventBus build() {
      return new EventBus(this);
    }
  }
}
