package dev.reliability.whatsapp.gateway;

import dev.reliability.core.runtime.Scheduler;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that are under way over one connection. Those to one chat go one after the other, so
 * that they arrive in their order; those to several chats go at the same time, up to sixteen. On
 * the control strand, but for what it asks of the mapper and the HTTP client.
 */
final class GatewaySends {
  static final int MOST_UNDER_WAY = 1_000;
  static final int MOST_AT_A_TIME = 16;

  private final GatewayContext context;
  private final Map<String, String> headers;
  private final Map<String, ArrayDeque<Sending>> chats = new LinkedHashMap<>();
  private final ArrayDeque<ArrayDeque<Sending>> ready = new ArrayDeque<>();
  private int underWay;
  private int atATime;
  private boolean isOver;

  GatewaySends(GatewayContext context, Map<String, String> headers) {
    this.context = context;
    this.headers = headers;
  }

  /** A message, until its result is told. */
  private static final class Sending {
    final OutgoingMessage message;
    final Consumer<? super SendResult> result;
    final GatewayBody.Guard guard = new GatewayBody.Guard();
    long timer = Scheduler.NO_TIMER;
    @Nullable CompletableFuture<?> exchange;
    boolean isTold;

    Sending(OutgoingMessage message, Consumer<? super SendResult> result) {
      this.message = message;
      this.result = result;
    }
  }

  void add(OutgoingMessage message, Consumer<? super SendResult> result) {
    if (underWay >= MOST_UNDER_WAY) {
      tell(
          context,
          result,
          new SendResult.Refused(MOST_UNDER_WAY + " messages are under way already", false));
      return;
    }
    underWay++;
    ArrayDeque<Sending> chat = chats.computeIfAbsent(message.jid(), jid -> new ArrayDeque<>());
    chat.add(new Sending(message, result));
    if (chat.size() == 1) {
      ready.add(chat);
    }
    startSome();
  }

  /** Tells what becomes of each that is still under way; nothing comes of them any more. */
  void end(String why) {
    isOver = true;
    chats.values().forEach(chat -> chat.forEach(sending -> tell(sending, failed(sending, why))));
    chats.values().forEach(chat -> chat.forEach(this::release));
    chats.clear();
    ready.clear();
  }

  // ---- one message ----

  private void startSome() {
    while (atATime < MOST_AT_A_TIME && !ready.isEmpty()) {
      Sending next = ready.remove().element();
      atATime++;
      next.timer =
          context.after(
              context.requestTimeout,
              () -> over(next, failed(next, "no answer within " + context.requestTimeout)));
      context.http.run(() -> post(next));
    }
  }

  /** On a thread of the HTTP client's: the mapper is someone else's code. */
  private void post(Sending sending) {
    CompletableFuture<HttpResponse<String>> exchange;
    try {
      GatewayRequest request = context.mapper.send(sending.message);
      String json = request.json();
      if (json == null) {
        throw new IllegalStateException("expected a POST for a message, got " + request);
      }
      if (sending.guard.isRevoked()) {
        return; // its result was told while the mapper took its time
      }
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      exchange = context.http.post(request.uri(), headers, new GatewayBody(bytes, sending.guard));
    } catch (Throwable e) {
      if (!(e instanceof IllegalArgumentException)) {
        context.complaints.warn(GatewayComplaints.Kind.MAPPER, "a message could not be put", e);
      }
      SendResult refused =
          new SendResult.Refused(
              "no request could be made of it: " + context.complaints.words(e), true);
      context.control.execute(() -> over(sending, refused));
      return;
    }
    context.control.execute(() -> begun(sending, exchange));
    exchange.whenCompleteAsync(
        (answer, e) -> {
          SendResult read =
              answer != null ? read(answer) : failed(sending, context.complaints.words(e));
          context.control.execute(() -> over(sending, read));
        },
        context.http::run);
  }

  private SendResult read(HttpResponse<String> answer) {
    try {
      SendResult said = context.mapper.sent(new GatewayAnswer(answer.statusCode(), answer.body()));
      return said.fold(
          acked -> acked,
          refused ->
              new SendResult.Refused(context.complaints.clean(refused.reason()), refused.isFinal()),
          unknown -> new SendResult.UnknownDelivery(context.complaints.clean(unknown.reason())));
    } catch (Throwable e) {
      context.complaints.warn(GatewayComplaints.Kind.MAPPER, "the mapper's sent threw", e);
      return new SendResult.UnknownDelivery(
          "the answer could not be read: " + context.complaints.words(e));
    }
  }

  private void begun(Sending sending, CompletableFuture<?> exchange) {
    if (sending.isTold) {
      GatewayHttp.giveUp(exchange);
    } else {
      sending.exchange = exchange;
    }
  }

  /** Only the first result counts. */
  private void over(Sending sending, SendResult result) {
    if (sending.isTold) {
      return;
    }
    tell(sending, result);
    release(sending);
    if (isOver) {
      return;
    }
    underWay--;
    atATime--;
    ArrayDeque<Sending> chat = chats.get(sending.message.jid());
    if (chat != null) {
      chat.remove();
      if (chat.isEmpty()) {
        chats.remove(sending.message.jid());
      } else {
        ready.add(chat);
      }
    }
    startSome();
  }

  /** Certain if nothing was written, and unknown else. */
  private static SendResult failed(Sending sending, String why) {
    return sending.guard.revoke()
        ? new SendResult.Refused("it was not handed over: " + why, false)
        : new SendResult.UnknownDelivery("it was handed over, then: " + why);
  }

  private void release(Sending sending) {
    context.cancel(sending.timer);
    GatewayHttp.giveUp(sending.exchange);
    sending.exchange = null;
  }

  private void tell(Sending sending, SendResult result) {
    sending.isTold = true;
    tell(context, sending.result, result);
  }

  /** Tells a result where all are told, in their order. */
  static void tell(GatewayContext context, Consumer<? super SendResult> to, SendResult result) {
    context.results.execute(
        () -> {
          try {
            to.accept(result);
          } catch (Throwable e) {
            context.complaints.warn(
                GatewayComplaints.Kind.LISTENER, "whoever waited for a result threw", e);
          }
        });
  }
}
