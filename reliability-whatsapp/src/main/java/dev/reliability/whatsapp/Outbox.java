package dev.reliability.whatsapp;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.event.Subject;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkView;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StateStore;
import dev.reliability.whatsapp.OutboxEntry.State;
import dev.reliability.whatsapp.OutboxFile.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that are sent in their order, whenever the link is open, and none twice.
 *
 * <pre>{@code
 * Outbox outbox = Outbox.builder("bot", socket, states, bus).build();
 * LinkSupervisor link = LinkSupervisor.builder("whatsapp", socket, bus)
 *     .onChange(outbox::linkChanged).build();
 * outbox.offer(OutgoingMessage.text("reply-4711", jid, "done"));
 * }</pre>
 *
 * <p>A message is in the store before it is accepted, and what is about to be done with it is there
 * before it is done. One message at a time is under way. One of which nobody can say whether it
 * arrived (the link died, the answer did not come, this process was killed) is kept, told, and
 * never sent again by itself: {@link #resend} or {@link #discard} is for the host to say. It does
 * not hold up those behind it.
 *
 * <p>Thread-safe; no method blocks: what asks the store is done in turn on a strand that may. A
 * store that fails is asked again; one that hangs delays what the outbox does, and loses nothing.
 * One outbox of a name at a time uses a store; where two do, nothing is sent twice either.
 */
public final class Outbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final String name;
  private final WhatsAppSocket socket;
  private final EventBus bus;
  private final ReliabilityRuntime runtime;
  private final OutboxListener listener;
  private final int capacity;
  private final int attempts;
  private final Duration ackTimeout;
  private final Strand io;
  private final Strand delivery;

  // on the strand that may block
  private final OutboxFile file;
  private final Map<String, Stored> entries = new LinkedHashMap<>(); // by id, in their order
  private boolean isRead;
  private boolean isOpen;
  private boolean isClosed;
  private @Nullable Stored sending;
  private long timer = Scheduler.NO_TIMER;
  private volatile List<OutboxEntry> view = List.of();

  private Outbox(Builder builder) {
    name = builder.name;
    socket = builder.socket;
    bus = builder.bus;
    runtime = bus.runtime();
    listener = builder.listener;
    capacity = builder.capacity;
    attempts = builder.attempts;
    ackTimeout = builder.ackTimeout;
    file = new OutboxFile(builder.store, name);
    io = runtime.strand(Strand.Kind.IO, "outbox " + name);
    delivery = runtime.strand(Strand.Kind.DELIVERY, "outbox " + name);
    io.execute(this::work);
  }

  /**
   * A builder with all defaults.
   *
   * @param name of the outbox, unique in its store: as {@link StateStore#checkedName} has it
   * @param socket what sends
   * @param store where messages are kept
   * @param bus where events go; its runtime gives time and timers
   */
  public static Builder builder(
      String name, WhatsAppSocket socket, StateStore store, EventBus bus) {
    return new Builder(name, socket, store, bus);
  }

  /**
   * Takes a message on.
   *
   * @return done once it is in the store, or is not to be; fails if the store does
   */
  public CompletableFuture<Offer> offer(OutgoingMessage message) {
    Objects.requireNonNull(message, "message");
    return ask(
        () -> {
          Stored there = entries.get(message.id());
          if (there != null) {
            return new Offer.Duplicate(there.entry);
          }
          if (entries.size() >= capacity) {
            return new Offer.Full(capacity);
          }
          OutboxEntry entry = new OutboxEntry(message, State.QUEUED, 0, now(), "");
          entries.put(message.id(), file.add(entry));
          return new Offer.Accepted();
        });
  }

  /**
   * For {@link dev.reliability.core.link.LinkSupervisor.Builder#onChange}: sends while it is open.
   */
  public void linkChanged(LinkView link) {
    boolean open = link.state() == LinkState.OPEN;
    io.execute(
        () -> {
          isOpen = open;
          work();
        });
  }

  /** What is there, in its order, as of the last change. */
  public List<OutboxEntry> entries() {
    return view;
  }

  /**
   * Sends a message again that is unknown or was refused; it keeps its place.
   *
   * @param actor who wants it
   * @return whether there was such a message
   */
  public CompletableFuture<Boolean> resend(String id, String actor) {
    return decide(id, actor, State.QUEUED);
  }

  /**
   * Forgets a message that is unknown or was refused.
   *
   * @param actor who wants it
   * @return whether there was such a message
   */
  public CompletableFuture<Boolean> discard(String id, String actor) {
    return decide(id, actor, null);
  }

  /** Sends nothing more. What is there stays in the store. */
  @Override
  public void close() {
    io.execute(() -> isClosed = true);
  }

  // ---- on the strand that may block ----

  private CompletableFuture<Boolean> decide(String id, String actor, @Nullable State next) {
    Objects.requireNonNull(actor, "actor");
    return ask(
        () -> {
          Stored stored = entries.get(id);
          if (stored == null
              || (stored.entry.state() != State.UNKNOWN && stored.entry.state() != State.REFUSED)) {
            return false;
          }
          OutboxEntry after =
              next == null ? null : stored.entry.in(next, now(), "sent again by " + actor);
          if (!keep(stored, after)) {
            return false;
          }
          emit(next == null ? "discarded" : "resent", stored.entry, actor);
          return true;
        });
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    io.execute(
        () -> {
          try {
            read();
            T value = question.get();
            work();
            delivery.execute(() -> answer.complete(value));
          } catch (RuntimeException e) {
            delivery.execute(() -> answer.completeExceptionally(e));
          }
        });
    return answer;
  }

  /** Does what there is to do; if the store fails, again a second later. */
  private void work() {
    try {
      read();
      sendNext();
    } catch (RuntimeException e) {
      log.warn("outbox {}: the store failed; asking it again in {}", name, AGAIN, e);
      later(AGAIN, this::work);
    }
    view = entries.values().stream().map(stored -> stored.entry).toList();
  }

  private void read() {
    if (isRead) {
      return;
    }
    entries.clear();
    for (Stored stored : file.read()) {
      OutboxEntry after = OutboxRules.afterCrash(stored.entry, now());
      if (after.equals(stored.entry) || file.write(stored, after)) {
        entries.put(after.message().id(), stored);
      }
    }
    isRead = true;
    for (Stored stored : entries.values()) {
      if (stored.entry.state() == State.UNKNOWN) {
        OutboxEntry entry = stored.entry;
        emit("unknown", entry, null);
        tell(() -> listener.unknown(entry));
      }
    }
  }

  private void sendNext() {
    Optional<Stored> queued =
        entries.values().stream().filter(it -> it.entry.state() == State.QUEUED).findFirst();
    if (!isOpen || isClosed || sending != null || queued.isEmpty()) {
      return;
    }
    Stored stored = queued.get();
    if (!file.write(stored, stored.entry.tried(now()))) {
      isRead = false; // somebody else has it
      later(AGAIN, this::work);
      return;
    }
    sending = stored;
    timer = later(ackTimeout, () -> sent(stored, unanswered()));
    socket.send(stored.entry.message(), result -> io.execute(() -> sent(stored, result)));
  }

  private SendResult unanswered() {
    return new SendResult.UnknownDelivery("no answer within " + ackTimeout);
  }

  private void sent(Stored stored, SendResult result) {
    State was = stored.entry.state();
    boolean isAwaited = sending == stored;
    boolean isLate = !isAwaited && was == State.UNKNOWN && entries.containsValue(stored);
    if (!isAwaited && (!isLate || result instanceof SendResult.UnknownDelivery)) {
      return;
    }
    if (isAwaited) {
      runtime.scheduler().cancel(timer);
    }
    OutboxEntry before = stored.entry;
    OutboxEntry after = OutboxRules.after(before, result, attempts, now());
    try {
      keep(stored, after);
    } catch (RuntimeException e) {
      log.warn("outbox {}: the store failed; asking it again in {}", name, AGAIN, e);
      later(AGAIN, () -> sent(stored, result)); // until then nothing else is sent
      return;
    }
    if (isAwaited) {
      sending = null;
    }
    tellOf(before, after);
    if (after != null && after.state() == State.QUEUED) {
      later(AGAIN, this::work); // not at once: what refused it may do so again
      view = entries.values().stream().map(it -> it.entry).toList();
    } else {
      work();
    }
  }

  private void tellOf(OutboxEntry before, @Nullable OutboxEntry after) {
    if (after == null) {
      emit("delivered", before, null);
      tell(() -> listener.delivered(before.message()));
    } else if (after.state() == State.UNKNOWN) {
      emit("unknown", after, null);
      tell(() -> listener.unknown(after));
    } else if (after.state() == State.REFUSED) {
      emit("refused", after, null);
      tell(() -> listener.refused(after));
    }
  }

  /** Whether the store had it as this outbox knew it; if not, everything is read anew. */
  private boolean keep(Stored stored, @Nullable OutboxEntry after) {
    boolean kept = after == null ? file.remove(stored) : file.write(stored, after);
    if (!kept) {
      isRead = false;
    } else if (after == null) {
      entries.remove(stored.entry.message().id());
    }
    return kept;
  }

  private void emit(String what, OutboxEntry entry, @Nullable String actor) {
    bus.emit(
        Subject.NONE.by(actor),
        new CustomEvent(
            "outbox." + what,
            Map.of(
                "outbox", name,
                "id", entry.message().id(),
                "jid", entry.message().jid(),
                "attempts", String.valueOf(entry.attempts()),
                "detail", entry.detail())));
  }

  private void tell(Runnable call) {
    delivery.execute(
        () -> {
          try {
            call.run();
          } catch (Throwable e) {
            log.warn("outbox {}: its listener threw", name, e);
          }
        });
  }

  private long later(Duration delay, Runnable task) {
    try {
      return runtime.scheduler().schedule(io, Durations.saturatedNanos(delay), task);
    } catch (RejectedExecutionException runtimeClosed) {
      return Scheduler.NO_TIMER; // the store has it all
    }
  }

  private Instant now() {
    return runtime.time().wall();
  }

  /** Collects the settings of an outbox. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final WhatsAppSocket socket;
    private final StateStore store;
    private final EventBus bus;
    private OutboxListener listener = new OutboxListener() {};
    private int capacity = 1_000;
    private int attempts = 5;
    private Duration ackTimeout = Duration.ofSeconds(60);

    private Builder(String name, WhatsAppSocket socket, StateStore store, EventBus bus) {
      this.name = Objects.requireNonNull(name, "name");
      this.socket = Objects.requireNonNull(socket, "socket");
      this.store = Objects.requireNonNull(store, "store");
      this.bus = Objects.requireNonNull(bus, "bus");
    }

    /** Who is told what becomes of messages; nobody by default. */
    public Builder listener(OutboxListener value) {
      listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /**
     * How many messages there may be, those that somebody has to look at included; 1,000 by
     * default.
     */
    public Builder capacity(int messages) {
      capacity = messages;
      return this;
    }

    /**
     * How often a message is sent that is refused for reasons that may pass; 5 times by default.
     */
    public Builder attempts(int value) {
      attempts = value;
      return this;
    }

    /** How long an answer may take before the delivery counts as unknown; 60 s by default. */
    public Builder ackTimeout(Duration value) {
      ackTimeout = Objects.requireNonNull(value, "ackTimeout");
      return this;
    }

    /**
     * The outbox; what is in the store already is read at once.
     *
     * @throws IllegalArgumentException if a setting cannot be used
     */
    public Outbox build() {
      if (capacity < 1) {
        throw new IllegalArgumentException("capacity: expected at least 1, got " + capacity);
      }
      if (attempts < 1) {
        throw new IllegalArgumentException("attempts: expected at least 1, got " + attempts);
      }
      if (ackTimeout.isNegative() || ackTimeout.isZero()) {
        throw new IllegalArgumentException(
            "ackTimeout: expected a positive duration, got " + ackTimeout);
      }
      return new Outbox(this);
    }
  }
}
