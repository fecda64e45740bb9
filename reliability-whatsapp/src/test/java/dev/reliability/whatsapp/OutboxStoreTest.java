package dev.reliability.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.testkit.world.World;
import dev.reliability.whatsapp.OutboxEntry.State;
import dev.reliability.whatsapp.contract.FakeSocket;
import dev.reliability.whatsapp.contract.WhatsAppRemote.Receipt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that fail, lose answers, are shared or outlive their process. */
class OutboxStoreTest extends OutboxFixture {
  @Test
  void aProcessThatDiedWhileItSentLeavesThatToTheHost() {
    link.start();
    pass(Duration.ofSeconds(1));
    socket.receipts(Receipt.NONE);
    offer("a");
    offer("b");
    pass(Duration.ofSeconds(1));
    Outbox dead = outbox;
    told.clear();
    outbox = outbox(memory);
    socket.receipts(Receipt.ACK);
    pass(Duration.ofSeconds(1));
    assertThat(entries()).containsExactly("a unknown", "b queued");
    assertThat(told).containsExactly("unknown a");
    assertThat(dead.entries()).hasSize(2);
  }

  @Test
  void aStoreThatFailsLosesNothingAndSendsNothingTwice() {
    link.start();
    pass(Duration.ofSeconds(1));
    for (String id : List.of("a", "b", "c")) {
      storeFailures.set(1);
      CompletableFuture<Offer> failed = outbox.offer(OutgoingMessage.text(id, JID, "x"));
      pass(Duration.ofMillis(1));
      assertThat(failed).isCompletedExceptionally();
      offer(id);
      storeFailures.set(3);
      pass(Duration.ofSeconds(10));
    }
    assertThat(got()).containsExactly("a", "b", "c");
    assertThat(outbox.entries()).isEmpty();
  }

  /** A store that does what it is asked and then throws, as when an answer is lost. */
  @Test
  void anAnswerOfTheStoreThatIsLostDoublesNothing() {
    for (int lost = 1; lost <= 12; lost++) {
      World other = World.create(lost);
      FakeSocket away = new FakeSocket(other, new WhatsAppListener() {});
      EventBus its = EventBus.builder(other).build();
      StateStore store = new InMemoryStateStore();
      AtomicInteger calls = new AtomicInteger();
      int thrown = lost;
      StateStore losing = losing(store, () -> calls.incrementAndGet() == thrown);
      Outbox box = Outbox.builder("bot", away, losing, its).remembered(2).build();
      LinkSupervisor phone =
          LinkSupervisor.builder("phone", away, its).onChange(box::linkChanged).build();
      phone.start();
      other.advance(Duration.ofSeconds(1));
      for (String id : List.of("a", "b", "c", "d")) {
        for (int i = 0; i < 2; i++) { // whoever is told of a failure offers it again
          box.offer(OutgoingMessage.text(id, JID, "x"));
          other.advance(Duration.ofSeconds(2));
        }
      }
      other.advance(Duration.ofMinutes(2));
      List<String> arrived =
          away.messages().stream().map(OutgoingMessage::id).collect(Collectors.toList());
      List<String> listed = box.entries().stream().map(e -> e.message().id()).toList();
      assertThat(arrived).as("call %d lost", lost).doesNotHaveDuplicates();
      arrived.addAll(listed);
      assertThat(arrived).as("call %d lost", lost).contains("a", "b", "c", "d");
      Outbox next = Outbox.builder("bot", away, store, its).build();
      phone.close();
      other.advance(Duration.ofMinutes(2));
      assertThat(away.messages().stream().map(OutgoingMessage::id))
          .as("after a restart, call %d lost", lost)
          .doesNotHaveDuplicates();
      next.close();
    }
  }

  @Test
  void anOutboxWhoseNameBeginsWithAnothersIsAnother() {
    Outbox inner = Outbox.builder("bot/x", socket, memory, bus).build();
    done(inner.offer(OutgoingMessage.text("in-x", JID, "x")));
    assertThat(offer("a")).isEqualTo(new Offer.Accepted());
    assertThat(entries()).containsExactly("a queued");
    inner.close();
  }

  @Test
  void aSecondOutboxOfTheNameMakesNothingOfWhatTheFirstIsSending() {
    link.start();
    pass(Duration.ofSeconds(1));
    socket.receipts(Receipt.NONE);
    offer("a");
    pass(Duration.ofSeconds(1));
    Outbox second = Outbox.builder("bot", socket, memory, bus).build();
    pass(Duration.ofSeconds(1));
    assertThat(second.entries()).extracting(OutboxEntry::state).containsExactly(State.UNKNOWN);
    socket.drop();
    socket.receipts(Receipt.ACK);
    pass(Duration.ofMinutes(1));
    assertThat(entries()).containsExactly("a unknown");
    assertThat(told).containsExactly("unknown a");
    second.close();
  }

  @Test
  void twoOutboxesOfOneNameSendNothingTwice() {
    Outbox other = outbox(memory);
    link.start();
    pass(Duration.ofSeconds(1));
    offer("a");
    pass(Duration.ofSeconds(5));
    assertThat(got()).containsExactly("a");
    other.close();
  }

  @Test
  void aDocumentOfAnotherKindIsNamed() {
    memory.write("outbox/other/000000000000000001", StateStore.NEW, Map.of("id", "x"));
    Outbox bad = Outbox.builder("other", socket, memory, bus).build();
    CompletableFuture<Offer> answer = bad.offer(OutgoingMessage.text("a", JID, "x"));
    pass(Duration.ofMillis(1));
    assertThatThrownBy(answer::join)
        .hasMessageContaining("outbox/other/000000000000000001")
        .hasMessageContaining("no jid");
    bad.close();
    pass(Duration.ofSeconds(5));
  }

  @Test
  void onFilesItOutlivesItsProcess(@TempDir Path directory) {
    outbox = outbox(FileStateStore.open(directory));
    offer("a");
    offer("b");
    outbox = outbox(FileStateStore.open(directory));
    pass(Duration.ofMillis(1));
    assertThat(entries()).containsExactly("a queued", "b queued");
    assertThat(outbox.entries()).extracting(OutboxEntry::state).containsOnly(State.QUEUED);
  }
}
