package dev.reliability.whatsapp.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.Link;
import dev.reliability.core.link.LinkListener;
import dev.reliability.testkit.link.HeardLink;
import dev.reliability.testkit.link.LinkContract;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.WhatsAppSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * What a {@link WhatsAppSocket} promises, beside what every {@link Link} does. Extend it for an
 * implementation, with another side that it can command.
 */
public abstract class WhatsAppSocketContract extends LinkContract {
  private final List<IncomingMessage> messages = new CopyOnWriteArrayList<>();

  /** For subclasses. */
  protected WhatsAppSocketContract() {}

  /**
   * A socket that was never connected, to {@link #remote}. The same one for the whole of a test; it
   * tells what comes to {@link #listener}.
   */
  protected abstract WhatsAppSocket socket();

  @Override
  protected abstract WhatsAppRemote remote();

  @Override
  protected final Link link() {
    return socket();
  }

  /** Whom the socket is to tell what comes. */
  protected final WhatsAppListener listener() {
    return new WhatsAppListener() {
      @Override
      public void message(IncomingMessage message) {
        messages.add(message);
      }
    };
  }

  /** What the other side says is told once, and is activity. */
  @Test
  public void tellsWhatTheOtherSideSays() {
    HeardLink heard = opened(1);
    long before = heard.activities();
    remote().say("hello");
    until("the message came", () -> !messages.isEmpty());
    until("it was activity", () -> heard.activities() > before);
    remote().say("grüße 😀\nand more");
    until("the next message came", () -> messages.size() > 1);
    close(1, heard);
    assertEquals(
        List.of("hello", "grüße 😀\nand more"),
        messages.stream().map(IncomingMessage::text).toList());
  }

  /** Messages arrive in their order, once each, and each is acknowledged. */
  @Test
  public void sendsInOrderAndOnce() {
    HeardLink heard = opened(1);
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Sent next = send("order-" + i, "text " + i);
      next.untilTold();
      sent.add(next);
    }
    sent.forEach(one -> assertInstanceOf(SendResult.Acked.class, one.result()));
    assertEquals(List.of("text 0", "text 1", "text 2", "text 3", "text 4"), remote().got());
    close(1, heard);
    sent.forEach(one -> assertEquals(1, one.results.size(), "results of " + one.id));
  }

  /** What the other side does not take is refused, and nobody wonders. */
  @Test
  public void saysThatAMessageWasRefused() {
    HeardLink heard = opened(1);
    remote().receipts(WhatsAppRemote.Receipt.REFUSE);
    Sent sent = send("refused", "no");
    sent.untilTold();
    assertInstanceOf(SendResult.Refused.class, sent.result());
    assertTrue(heard.isOpen(), "open");
    close(1, heard);
  }

  /** What was never acknowledged when the link died may have arrived. */
  @Test
  public void saysThatADeliveryIsUnknown() {
    HeardLink heard = opened(1);
    remote().receipts(WhatsAppRemote.Receipt.NONE);
    Sent sent = send("unknown", "perhaps");
    until("it arrived", () -> remote().got().contains("perhaps"));
    remote().drop();
    sent.untilTold();
    assertInstanceOf(SendResult.UnknownDelivery.class, sent.result());
    until("it is closed", () -> heard.reason() != null);
    assertEquals(1, sent.results.size(), "results");
  }

  /** Each message that is under way when the socket is closed gets its one result before that. */
  @Test
  public void tellsEveryResultBeforeItCloses() {
    remote().receipts(WhatsAppRemote.Receipt.NONE);
    List<Sent> sent = new CopyOnWriteArrayList<>();
    List<Integer> toldAtTheEnd = new CopyOnWriteArrayList<>();
    HeardLink heard = new HeardLink();
    socket()
        .connect(
            1,
            new LinkListener() {
              @Override
              public void opened() {
                heard.opened();
              }

              @Override
              public void activity() {
                heard.activity();
              }

              @Override
              public void pairing(boolean waits) {
                heard.pairing(waits);
              }

              @Override
              public void closed(dev.reliability.core.link.CloseReason reason) {
                sent.forEach(one -> toldAtTheEnd.add(one.results.size()));
                heard.closed(reason);
              }
            });
    until("it is open", heard::wasOpen);
    for (int i = 0; i < 20; i++) {
      sent.add(send("under-way-" + i, "text " + i));
    }
    close(1, heard);
    assertEquals(20, toldAtTheEnd.size());
    assertTrue(toldAtTheEnd.stream().allMatch(count -> count == 1), () -> "told " + toldAtTheEnd);
  }

  /** Without a connection nothing is sent, and that is certain. */
  @Test
  public void sendsNothingWithoutAConnection() {
    Sent early = send("early", "too early");
    early.untilTold();
    assertInstanceOf(SendResult.Refused.class, early.result());
    close(1, opened(1));
    Sent late = send("late", "too late");
    late.untilTold();
    assertInstanceOf(SendResult.Refused.class, late.result());
    assertEquals(List.of(), remote().got());
  }

  /** Each reason that the other side can give is told as what it is. */
  @Test
  public void tellsWhyItWasClosed() {
    long generation = 0;
    for (CloseClass reason : remote().reasons()) {
      HeardLink heard = opened(++generation);
      remote().drop(reason);
      until("it is closed for " + reason, () -> heard.reason() != null);
      assertEquals(reason, reason(heard).kind(), () -> "of " + reason(heard));
      assertEquals(List.of(), heard.complaints());
    }
  }

  private Sent send(String id, String text) {
    Sent sent = new Sent(id);
    socket().send(OutgoingMessage.text(id, remote().jid(), text), sent.results::add);
    return sent;
  }

  /** One message, and what was told of it. */
  private final class Sent {
    private final String id;
    private final List<SendResult> results = new CopyOnWriteArrayList<>();

    Sent(String id) {
      this.id = id;
    }

    void untilTold() {
      until("there is a result of " + id, () -> !results.isEmpty());
    }

    SendResult result() {
      return results.get(0);
    }
  }
}
