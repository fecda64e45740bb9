package dev.reliability.whatsapp.baileys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.testkit.link.HeardLink;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.wire.Json;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages that come faster than the host takes them. */
@WithBaileys
class BaileysFlowTest {
  private static final int MESSAGES = 600;

  @Test
  void aListenerThatHangsHoldsUpMessagesAndNothingElse() {
    CountDownLatch released = new CountDownLatch(1);
    List<String> taken = new CopyOnWriteArrayList<>();
    WhatsAppListener slow =
        new WhatsAppListener() {
          @Override
          public void message(IncomingMessage message) {
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            taken.add(message.text());
          }
        };
    BaileysRig rig = new BaileysRig(Loopback.start(), true, builder -> builder.listener(slow));
    HeardLink heard = new HeardLink();
    rig.socket.connect(1, heard);
    BaileysRig.until("it is open", heard::isOpen);
    for (int i = 0; i < MESSAGES; i++) {
      rig.server.command("say", Json.object().put("text", "text " + i));
    }
    BaileysRig.until("all are received", () -> rig.server.all("receipt").size() >= MESSAGES);

    List<SendResult> results = new CopyOnWriteArrayList<>();
    rig.socket.send(OutgoingMessage.text("out", BaileysRig.JID, "hello"), results::add);
    BaileysRig.until("a message goes out meanwhile", () -> !results.isEmpty());
    assertThat(results).containsExactly(new SendResult.Acked());
    assertThat(heard.isOpen()).isTrue();
    assertThat(taken).isEmpty();

    released.countDown();
    BaileysRig.until("they are all taken", () -> taken.size() == MESSAGES);
    assertThat(taken)
        .containsExactlyElementsOf(
            IntStream.range(0, MESSAGES).mapToObj(i -> "text " + i).toList());
    rig.close();
  }
}
