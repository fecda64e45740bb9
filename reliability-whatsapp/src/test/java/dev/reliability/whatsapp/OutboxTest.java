package dev.reliability.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.whatsapp.OutboxEntry.State;
import dev.reliability.whatsapp.contract.WhatsAppRemote.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What it does from one connection to the next. */
class OutboxTest extends OutboxFixture {
  @Test
  void whatIsOfferedWaitsForTheLinkAndGoesInItsOrder() {
    for (String id : List.of("c", "a", "b")) {
      assertThat(offer(id)).isEqualTo(new Offer.Accepted());
    }
    assertThat(entries()).containsExactly("c queued", "a queued", "b queued");
    pass(Duration.ofHours(1));
    assertThat(got()).isEmpty();
    link.start();
    pass(Duration.ofSeconds(1));
    assertThat(got()).containsExactly("c", "a", "b");
    assertThat(told).containsExactly("delivered c", "delivered a", "delivered b");
    assertThat(outbox.entries()).isEmpty();
  }

  @Test
  void whatWasDeliveredOfLateIsNotTakenOnAgain() {
    link.start();
    pass(Duration.ofSeconds(1));
    offer("a");
    pass(Duration.ofSeconds(1));
    assertThat(offer("a"))
        .isInstanceOfSatisfying(
            Offer.Duplicate.class,
            duplicate -> assertThat(duplicate.entry().state()).isEqualTo(State.DELIVERED));
    outbox = outbox(memory);
    assertThat(offer("a")).isInstanceOf(Offer.Duplicate.class);
    outbox.linkChanged(link.view());
    for (int i = 0; i < 20; i++) {
      offer("m-" + i);
      pass(Duration.ofSeconds(1));
    }
    assertThat(got()).hasSize(21).doesNotHaveDuplicates();
    assertThat(memory.names("")).as("remembered").hasSize(10);
    assertThat(offer("a")).as("forgotten in the end").isEqualTo(new Offer.Accepted());
  }

  @Test
  void itIsBoundedAndTakesNothingTwice() {
    for (String id : List.of("1", "2", "3", "4")) {
      offer(id);
    }
    assertThat(offer("2")).isInstanceOf(Offer.Duplicate.class);
    assertThat(offer("5")).isEqualTo(new Offer.Accepted());
    assertThat(offer("6")).isEqualTo(new Offer.Full(5));
    assertThat(entries()).hasSize(5);
  }

  @Test
  void whatMayHaveArrivedIsNotSentAgainByItself() {
    link.start();
    pass(Duration.ofSeconds(1));
    socket.receipts(Receipt.NONE);
    offer("a");
    offer("b");
    pass(Duration.ofSeconds(1));
    assertThat(entries()).containsExactly("a sending", "b queued");
    socket.drop();
    socket.receipts(Receipt.ACK);
    pass(Duration.ofDays(1));
    assertThat(got()).containsExactly("a", "b");
    assertThat(entries()).containsExactly("a unknown");
    assertThat(told).containsExactly("unknown a", "delivered b");
    assertThat(events.stream().map(Event::type)).contains("custom.outbox.unknown");
  }

  @Test
  void theHostDecidesWhatBecomesOfIt() {
    whatMayHaveArrivedIsNotSentAgainByItself();
    assertThat(done(outbox.resend("a", "ann"))).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(got()).containsExactly("a", "b", "a");
    assertThat(outbox.entries()).isEmpty();
    assertThat(done(outbox.resend("a", "ann"))).isFalse();

    socket.receipts(Receipt.NONE);
    offer("c");
    pass(Duration.ofMinutes(2));
    assertThat(entries()).containsExactly("c unknown");
    assertThat(done(outbox.discard("c", "ann"))).isTrue();
    assertThat(outbox.entries()).isEmpty();
    pass(Duration.ZERO);
    assertThat(events.stream().filter(e -> e.type().equals("custom.outbox.discarded")))
        .extracting(e -> e.subject().actor())
        .containsExactly("ann");
  }

  @Test
  void anAnswerThatNeverComesHoldsUpNobodyForEver() {
    link.start();
    pass(Duration.ofSeconds(1));
    socket.receipts(Receipt.NONE);
    offer("a");
    offer("b");
    pass(Duration.ofSeconds(61));
    assertThat(entries()).containsExactly("a unknown", "b sending");
  }

  @Test
  void whatIsRefusedForGoodIsKeptForTheHost() {
    link.start();
    pass(Duration.ofSeconds(1));
    socket.receipts(Receipt.REFUSE);
    offer("a");
    pass(Duration.ofHours(1));
    assertThat(entries()).containsExactly("a refused");
    assertThat(told).containsExactly("refused a");
    assertThat(got()).isEmpty();
  }

  @Test
  void whoeverIsToldMayAskAgain() {
    CompletableFuture<Offer> second =
        outbox
            .offer(OutgoingMessage.text("a", JID, "x"))
            .thenCompose(first -> outbox.offer(OutgoingMessage.text("b", JID, "x")));
    assertThat(done(second)).isEqualTo(new Offer.Accepted());
  }

  @Test
  void whatCannotBeSentIsRefusedAtOnce() {
    assertThatThrownBy(() -> OutgoingMessage.text("a b", JID, "x"))
        .hasMessage("id: expected 1 to 64 letters, digits, - and _, got \"a b\"");
    assertThatThrownBy(() -> OutgoingMessage.text("a", "491234", "x"))
        .hasMessageContaining("jid: expected a name, @ and a server")
        .hasMessageContaining("\"491234\"");
    assertThatThrownBy(() -> new OutgoingMessage("a", JID, "hello"))
        .hasMessage("content: expected a JSON object, got \"hello\"");
    assertThatThrownBy(() -> Outbox.builder("b", socket, memory, bus).capacity(0).build())
        .hasMessage("capacity: expected at least 1, got 0");
  }
}
