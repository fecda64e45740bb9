package dev.reliability.whatsapp;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkView;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StateStore;
import dev.reliability.whatsapp.OutboxEntry.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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
  private final ReliabilityRuntime runtime;
  private final OutboxTeller teller;
  private final int capacity;
  private final int attempts;
  private final Duration ackTimeout;
  private final Strand io;

  // on the strand that may block
  private final OutboxMessages messages;
  private boolean isOpen;
  private boolean isClosed;
  private @Nullable String sending; // the id of what is under way
  private long timer = Scheduler.NO_TIMER;
  private long notBefore; // what was refused is not sent again at once
  private volatile List<OutboxEntry> view = List.of();

  private Outbox(Builder builder) {
    name = builder.name;
    socket = builder.socket;
    runtime = builder.bus.runtime();
    teller = new OutboxTeller(name, builder.bus, builder.listener);
    capacity = builder.capacity;
    attempts = builder.attempts;
    ackTimeout = builder.ackTimeout;
    messages = new OutboxMessages(builder.store, name, builder.remembered);
    notBefore = runtime.time().nanos();
    io = runtime.strand(Strand.Kind.IO, "outbox " + name);
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
   * Takes a message on. May be asked again: one whose id is there, or was delivered of late, is a
   * {@link Offer.Duplicate}.
   *
   * @return done once it is in the store, or is not to be; told on a strand of its own. It fails if
   *     the store does: then nobody knows whether the message was kept, and offering it again is
   *     safe.
   */
  public CompletableFuture<Offer> offer(OutgoingMessage message) {
    Objects.requireNonNull(message, "message");
    return ask(
        () -> {
          OutboxEntry there = messages.find(message.id());
          if (there != null) {
            return new Offer.Duplicate(there);
          }
          if (messages.size() >= capacity) {
            return new Offer.Full(capacity);
          }
          messages.add(new OutboxEntry(message, State.QUEUED, 0, now(), ""));
          return new Offer.Accepted();
        });
  }

  /**
   * For {@link dev.reliability.core.link.LinkSupervisor.Builder#onChange}: sends while it is open.
   */
  public void linkChanged(LinkView link) {
    Objects.requireNonNull(link, "link");
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
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(actor, "actor");
    return ask(
        () -> {
          OutboxEntry decided =
              next == null
                  ? messages.forget(id, now())
                  : messages.change(
                      id,
                      now(),
                      entry ->
                          entry.isForTheHost()
                              ? entry.in(next, now(), "sent again by " + actor)
                              : null);
          if (decided == null) {
            return false;
          }
          teller.decided(next == null ? "discarded" : "resent", decided, actor);
          return true;
        });
  }

  /** Each answer is told on a strand of its own, so that whoever is told may wait for another. */
  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    io.execute(
        () -> {
          Strand told = runtime.strand(Strand.Kind.DELIVERY, "outbox " + name + " answer");
          try {
            messages.read(now());
            T value = question.get();
            told.execute(() -> answer.complete(value));
          } catch (RuntimeException e) {
            told.execute(() -> answer.completeExceptionally(e));
          }
          work();
        });
    return answer;
  }

  /** Does what there is to do; if the store fails, again a second later. */
  private void work() {
    try {
      messages.read(now());
      teller.unknown(messages.open());
      messages.trim();
      sendNext();
    } catch (RuntimeException e) {
      log.warn("outbox {}: the store failed; asking it again in {}", name, AGAIN, e);
      later(AGAIN, this::work);
    }
    view = messages.open();
  }

  private void sendNext() {
    if (!isOpen || isClosed || sending != null || runtime.time().nanos() - notBefore < 0) {
      return;
    }
    OutboxEntry entry = messages.begin(now());
    if (entry == null) {
      return;
    }
    String id = entry.message().id();
    sending = id;
    timer = later(ackTimeout, () -> sent(entry, unanswered()));
    try {
      socket.send(entry.message(), result -> io.execute(() -> sent(entry, result)));
    } catch (RuntimeException e) {
      log.warn("outbox {}: the socket threw", name, e);
      sent(entry, new SendResult.UnknownDelivery("the socket threw " + e));
    }
  }

  private SendResult unanswered() {
    return new SendResult.UnknownDelivery("no answer within " + ackTimeout);
  }

  /** The result of an attempt; it may come when it was given up as unknown already. */
  private void sent(OutboxEntry attempt, SendResult result) {
    String id = attempt.message().id();
    boolean isAwaited = id.equals(sending);
    if (!isAwaited && result instanceof SendResult.UnknownDelivery) {
      return;
    }
    OutboxEntry after;
    try {
      after = messages.change(id, now(), entry -> follows(attempt, entry, result));
    } catch (RuntimeException e) {
      log.warn("outbox {}: the store failed; asking it again in {}", name, AGAIN, e);
      later(AGAIN, () -> sent(attempt, result)); // until then nothing else is sent
      return;
    }
    if (isAwaited) {
      runtime.scheduler().cancel(timer);
      sending = null;
      messages.done();
    }
    OutboxEntry now = after != null ? after : isAwaited ? messages.find(id) : null;
    if (now != null) {
      teller.after(attempt, now);
    }
    if (now != null && now.state() == State.QUEUED) {
      notBefore = runtime.time().nanos() + AGAIN.toNanos();
      later(AGAIN, this::work); // not at once: what refused it may do so again
    }
    work();
  }

  private @Nullable OutboxEntry follows(OutboxEntry attempt, OutboxEntry entry, SendResult result) {
    boolean isOfThis =
        entry.attempts() == attempt.attempts()
            && (entry.state() == State.SENDING || entry.state() == State.UNKNOWN);
    return isOfThis ? OutboxRules.after(entry, result, attempts, now()) : null;
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
    private int remembered = 1_000;
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

    /** How many messages are remembered that were delivered last; 1,000 by default. */
    public Builder remembered(int messages) {
      remembered = messages;
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
      if (remembered < 0) {
        throw new IllegalArgumentException(
            "remembered: expected a number that is not negative, got " + remembered);
      }
      if (ackTimeout.isNegative() || ackTimeout.isZero()) {
        throw new IllegalArgumentException(
            "ackTimeout: expected a positive duration, got " + ackTimeout);
      }
      return new Outbox(this);
    }
  }
}
