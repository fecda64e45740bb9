package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a gateway: the WebSocket, what is known of the session, and the messages under
 * way. What is decided is decided on the control strand; what comes from elsewhere is handed to it.
 *
 * <p>The WebSocket is opened first and the status asked for afterwards, so that no change is
 * missed; a change that was told since makes the answer stale. It is asked again and again until
 * the session is open, because a gateway may answer an upgrade before it begins to tell.
 */
final class GatewayConnection {
  private static final String ASKING = "asking for the session's status";
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  final long generation;
  private final GatewayContext context;
  private final LinkListener listener;
  private volatile @Nullable WebSocket webSocket;
  private volatile boolean isOver;
  private volatile boolean endTold;
  private volatile Map<String, String> headers = Map.of();
  private final AtomicBoolean activityWaits = new AtomicBoolean();

  // on the control strand
  private GatewayPhase phase = GatewayPhase.CONNECTING;
  private @Nullable GatewaySends sends; // once it is open
  private @Nullable CompletableFuture<WebSocket> upgrade;
  private @Nullable CompletableFuture<?> question; // for the status
  private long questions; // the number of the one that is open
  private long changes;
  private long timer = Scheduler.NO_TIMER;
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  GatewayConnection(GatewayContext context, long generation, LinkListener listener) {
    this.context = context;
    this.generation = generation;
    this.listener = listener;
  }

  // ---- from anywhere ----

  /**
   * Asks for a pong; false if there is no WebSocket to ask on. One that is over is asked in vain:
   * if its end cannot be told, since somebody who waits for a result hangs, the silence tells it.
   */
  boolean ping() {
    WebSocket open = webSocket;
    if (isOver) {
      return !endTold;
    }
    if (open == null) {
      return false;
    }
    open.sendPing(ByteBuffer.allocate(0))
        .whenComplete(
            (done, e) -> {
              if (e != null
                  && !(unwrapped(e) instanceof IllegalStateException)) { // one is under way
                lost(GatewayCloses.failed("a ping", context.complaints.words(e)));
              }
            });
    return true;
  }

  void connected(WebSocket opened) {
    context.control.execute(
        () -> {
          if (isOver) {
            GatewayHttp.giveUp(opened);
          } else {
            webSocket = opened;
            upgrade = null;
            heard();
            ask();
          }
        });
  }

  /** Something came. Told once for all that comes before the listener has time for it. */
  void heard() {
    if (!isOver && activityWaits.compareAndSet(false, true)) {
      context.control.execute(
          () ->
              tell(
                  to -> {
                    activityWaits.set(false);
                    to.activity();
                  }));
    }
  }

  void messageCame(IncomingMessage message) {
    if (!isOver) {
      context.inbox.add(message);
    }
  }

  void statusChanged(GatewayStatus status) {
    context.control.execute(
        () -> {
          changes++;
          take(status);
        });
  }

  void lost(CloseReason why) {
    context.control.execute(() -> end(why));
  }

  // ---- on the control strand ----

  void begin() {
    context.http.run(this::upgrade);
  }

  boolean send(OutgoingMessage message, Consumer<? super SendResult> result) {
    GatewaySends open = sends;
    if (isOver || open == null) {
      return false;
    }
    open.add(message, result);
    return true;
  }

  /**
   * It is over: everything that is under way gets its result, then this is told, at once; the other
   * side hears of it if it listens. Done when nothing is held any more.
   */
  CompletableFuture<Void> end(CloseReason why) {
    if (isOver) {
      return released;
    }
    isOver = true;
    if (sends != null) {
      sends.end("the link closed");
    }
    // whoever is told of results is done with them before the link's listener hears of the end
    context.results.execute(
        () ->
            context.told.execute(
                () -> {
                  endTold = true;
                  guarded(to -> to.closed(why));
                }));
    forgetQuestion();
    WebSocket open = webSocket;
    if (open != null) {
      sayFarewell(open);
    } else {
      GatewayHttp.giveUp(upgrade);
      released.complete(null);
    }
    return released;
  }

  private void sayFarewell(WebSocket open) {
    Runnable leave =
        () -> {
          GatewayHttp.giveUp(open);
          released.complete(null);
        };
    long late = context.after(FAREWELL, leave);
    GatewayHttp.sayFarewell(open)
        .whenComplete(
            (done, e) -> {
              context.cancel(late);
              leave.run();
            });
  }

  // ---- opening ----

  /** On a thread of the HTTP client's: the mapper is someone else's code. */
  private void upgrade() {
    CompletableFuture<WebSocket> pending;
    try {
      Map<String, String> given = Map.copyOf(context.mapper.headers());
      context.complaints.learn(given.values());
      headers = given;
      URI uri = context.mapper.webSocket();
      if (isOver) {
        return; // it was closed while the mapper took its time
      }
      pending = context.http.webSocket(uri, given, new GatewayFrames(context, this));
    } catch (Throwable e) {
      if (!isOver) {
        context.complaints.warn(
            GatewayComplaints.Kind.MAPPER, "the WebSocket could not be asked for", e);
        lost(GatewayCloses.failed("asking for a WebSocket", context.complaints.words(e)));
      }
      return;
    }
    context.control.execute(
        () -> {
          if (isOver) {
            GatewayHttp.giveUp(pending);
          } else if (webSocket == null) {
            upgrade = pending;
          }
        });
    pending.whenComplete(
        (opened, e) -> {
          if (opened == null) {
            lost(refused(e));
          } else if (isOver) {
            GatewayHttp.giveUp(opened);
          }
        });
  }

  private CloseReason refused(Throwable e) {
    String what = "the upgrade to a WebSocket";
    if (unwrapped(e) instanceof WebSocketHandshakeException it
        && it.getResponse() != null
        && it.getResponse().statusCode() != 101) {
      return GatewayCloses.answered(
          what, it.getResponse().statusCode(), it.getResponse().headers());
    }
    return GatewayCloses.failed(what, context.complaints.words(e));
  }

  private void ask() {
    if (isOver || phase == GatewayPhase.OPEN) {
      return;
    }
    long asked = ++questions;
    long before = changes;
    CloseReason late = GatewayCloses.failed(ASKING, "no answer within " + context.requestTimeout);
    timer = context.after(context.requestTimeout, () -> unanswered(asked, late));
    context.http.run(() -> ask(asked, before));
  }

  /** On a thread of the HTTP client's. */
  private void ask(long asked, long before) {
    CompletableFuture<HttpResponse<String>> pending;
    try {
      pending = context.http.get(context.mapper.status().uri(), headers);
    } catch (Throwable e) {
      misread(asked, "the mapper's status", e);
      return;
    }
    context.control.execute(
        () -> {
          if (asked == questions) {
            question = pending;
          } else {
            GatewayHttp.giveUp(pending);
          }
        });
    pending.whenCompleteAsync(
        (answer, e) -> {
          if (answer != null) {
            answered(asked, before, answer);
          } else {
            CloseReason why = GatewayCloses.failed(ASKING, context.complaints.words(e));
            context.control.execute(() -> unanswered(asked, why));
          }
        },
        context.http::run);
  }

  private void answered(long asked, long before, HttpResponse<String> answer) {
    GatewayAnswer said = new GatewayAnswer(answer.statusCode(), answer.body());
    if (!said.isSuccess()) {
      CloseReason why = GatewayCloses.answered(ASKING, said.status(), answer.headers());
      context.control.execute(() -> unanswered(asked, why));
      return;
    }
    GatewayStatus status;
    try {
      status = Objects.requireNonNull(context.mapper.readStatus(said), "status");
    } catch (Throwable e) {
      misread(asked, "the session's status", e);
      return;
    }
    context.control.execute(
        () -> {
          if (asked != questions) {
            return;
          }
          forgetQuestion();
          heard();
          if (changes == before) {
            take(status);
          }
          if (!isOver && phase != GatewayPhase.OPEN && !context.runtime.isClosed()) {
            timer = context.after(context.statusEvery, this::ask);
          }
        });
  }

  private void misread(long asked, String what, Throwable e) {
    if (!isOver) {
      context.complaints.warn(GatewayComplaints.Kind.MAPPER, what + " could not be read", e);
      CloseReason why = GatewayCloses.failed(what, context.complaints.words(e));
      context.control.execute(() -> unanswered(asked, why));
    }
  }

  /** Without an answer it does not open, unless the question does not matter any more. */
  private void unanswered(long asked, CloseReason why) {
    if (asked == questions) {
      end(why);
    }
  }

  /** There is no question any more: it was answered, or does not matter. */
  private void forgetQuestion() {
    questions++;
    context.cancel(timer);
    GatewayHttp.giveUp(question);
    question = null;
  }

  private void take(GatewayStatus status) {
    if (isOver) {
      return;
    }
    GatewayPhase.Step step = phase.on(status);
    phase = step.next();
    Boolean pairing = step.pairing();
    if (pairing != null) {
      boolean waits = pairing;
      tell(to -> to.pairing(waits));
    }
    if (step.opens()) {
      forgetQuestion();
      sends = new GatewaySends(context, headers);
      tell(LinkListener::opened);
    }
    CloseReason closes = step.closes();
    if (closes != null) {
      end(closes);
    }
  }

  // ---- telling ----

  private void tell(Consumer<LinkListener> call) {
    if (!isOver) {
      context.told.execute(() -> guarded(call));
    }
  }

  private void guarded(Consumer<LinkListener> call) {
    try {
      call.accept(listener);
    } catch (Throwable e) {
      context.complaints.warn(GatewayComplaints.Kind.LISTENER, "the link's listener threw", e);
    }
  }

  private static Throwable unwrapped(Throwable e) {
    return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
  }
}
