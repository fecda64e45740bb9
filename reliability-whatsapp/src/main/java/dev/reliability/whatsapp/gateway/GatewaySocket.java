package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.WhatsAppSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket to a gateway that speaks HTTP: it tells of the session's status and of messages over a
 * WebSocket, and takes messages by POST.
 *
 * <pre>{@code
 * GatewaySocket socket =
 *     GatewaySocket.builder(runtime, GatewayMapper.waha(base, "default", key))
 *         .listener(inbox)
 *         .build();
 * LinkSupervisor link = LinkSupervisor.builder("whatsapp", socket, bus).build();
 * link.start();
 * }</pre>
 *
 * <p><b>The link.</b> It is open while the WebSocket is and the gateway calls its session open.
 * When either ends it closes, to be tried again, also when a gateway restarts itself on purpose.
 * The key's refusal (401, 403) stops it, 429 cools it down. Opening has no deadline here: that is
 * its supervisor's. Codes for pairing are shown by the gateway itself. Whatever comes over the
 * WebSocket is activity, and a probe is a ping. Answers to messages are none: those come over other
 * connections, and would hide that the WebSocket is dead and brings nothing any more.
 *
 * <p><b>Messages that come</b> wait for the listener, up to a thousand; those beyond, and texts
 * longer than 1,048,576 characters, are dropped and counted. Asking for frames only as fast as the
 * listener takes messages would lose none, but a WebSocket that is not read shows no close, no
 * status and no pong, and answers no ping: a slow listener would make the link look dead to both
 * sides. What waits when the link closes is still told.
 *
 * <p><b>Messages that are sent</b> are refused at once if the link is not open. Those to one chat
 * go one after the other, those to several chats at the same time. None is sent twice by itself:
 * after a time-out, an answer of 500 and above, or a broken connection its delivery is unknown,
 * unless nothing of it was written, which makes it a refusal that is not final. Up to a thousand
 * may be under way.
 *
 * <p>Who waits for a result and the link's listener are told on strands for the host's code. They
 * return at once: a result is told before the close behind it, so one that hangs keeps the close
 * from being told; a supervisor then finds out by a probe that the connection is dead. A mapper
 * that takes its time delays what it is asked about: upgrades, status, and frames in their order.
 * On the real clock only. Thread-safe.
 */
public final class GatewaySocket implements WhatsAppSocket {
  private final GatewayContext context;
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile @Nullable GatewayConnection current; // written on the control strand

  private GatewaySocket(Builder builder) {
    context = new GatewayContext(builder);
  }

  /**
   * A builder with all defaults.
   *
   * @param runtime on the real clock; the caller closes it, after the socket
   * @param mapper the gateway's words
   */
  public static Builder builder(ReliabilityRuntime runtime, GatewayMapper mapper) {
    return new Builder(runtime, mapper);
  }

  @Override
  public void connect(long generation, LinkListener listener) {
    GatewayConnection next =
        new GatewayConnection(context, generation, Objects.requireNonNull(listener, "listener"));
    context.control.execute(
        () -> {
          GatewayConnection last = current;
          if (last != null) {
            last.end(local("another connection took its place"));
          }
          current = next;
          if (isClosed.get()) {
            next.end(local("the socket is closed"));
          } else {
            next.begin();
          }
        });
  }

  @Override
  public void close(long generation) {
    context.control.execute(
        () -> {
          GatewayConnection last = current;
          if (last != null && last.generation == generation) {
            last.end(local("closed as asked"));
          }
        });
  }

  @Override
  public boolean probe(long generation) {
    GatewayConnection last = current;
    return last != null && last.generation == generation && last.ping();
  }

  @Override
  public void send(OutgoingMessage message, Consumer<? super SendResult> result) {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(result, "result");
    context.control.execute(
        () -> {
          GatewayConnection last = current;
          if (last == null || !last.send(message, result)) {
            GatewaySends.tell(
                context, result, new SendResult.Refused("the link is not open", false));
          }
        });
  }

  /**
   * Closes what is open, waits until the gateway was told so, for 2 s at most, and ends the threads
   * of the HTTP client; before Java 21 one of them ends only once the garbage collector finds that
   * the client is not used any more.
   */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      context.control.execute(
          () -> {
            GatewayConnection last = current;
            current = null;
            CompletableFuture<Void> released =
                last == null
                    ? CompletableFuture.completedFuture(null)
                    : last.end(local("the socket is closed"));
            released.whenComplete(
                (done, e) -> {
                  context.http.close();
                  closed.complete(null);
                });
          });
    }
    context.runtime.await(closed);
  }

  private static CloseReason local(String detail) {
    return CloseReason.of(CloseClass.LOCAL, "", detail);
  }

  /** Collects the settings of a socket. Not thread-safe. */
  public static final class Builder {
    final ReliabilityRuntime runtime;
    final GatewayMapper mapper;
    String name = "gateway";
    WhatsAppListener listener = new WhatsAppListener() {};
    Duration requestTimeout = Duration.ofSeconds(30);
    Duration statusEvery = Duration.ofSeconds(5);

    private Builder(ReliabilityRuntime runtime, GatewayMapper mapper) {
      this.runtime = Objects.requireNonNull(runtime, "runtime");
      this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    /** What it is called in logs and names of threads; {@code gateway} by default. */
    public Builder name(String value) {
      name = Objects.requireNonNull(value, "name");
      return this;
    }

    /** Who is told of messages; nobody by default. */
    public Builder listener(WhatsAppListener value) {
      listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /** How long an answer to a request may take, from beginning to end; 30 s by default. */
    public Builder requestTimeout(Duration value) {
      requestTimeout = Objects.requireNonNull(value, "requestTimeout");
      return this;
    }

    /** How often the status is asked for until the session is open; every 5 s by default. */
    public Builder statusEvery(Duration value) {
      statusEvery = Objects.requireNonNull(value, "statusEvery");
      return this;
    }

    /**
     * The socket; nothing is connected before {@link GatewaySocket#connect}.
     *
     * @throws IllegalArgumentException if a time is not positive
     */
    public GatewaySocket build() {
      requirePositive("requestTimeout", requestTimeout);
      requirePositive("statusEvery", statusEvery);
      return new GatewaySocket(this);
    }

    private static void requirePositive(String what, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(what + ": expected a positive duration, got " + value);
      }
    }
  }
}
