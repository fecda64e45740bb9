package dev.reliability.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.store.FileStateStore;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.world.World;
import dev.reliability.whatsapp.OutboxEntry.State;
import dev.reliability.whatsapp.contract.FakeSocket;
import dev.reliability.whatsapp.contract.WhatsAppRemote.Receipt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  private static final String JID = "15550000002@s.whatsapp.net";

  private final World world = World.create(9);
  private final List<Event> events = new ArrayList<>();
  private final EventBus bus = EventBus.builder(world).sink(events::add).build();
  private final FakeSocket socket = new FakeSocket(world, new WhatsAppListener() {});
  private final AtomicInteger storeFailures = new AtomicInteger();
  private final StateStore memory = new InMemoryStateStore();
  private final List<String> told = new ArrayList<>();
  private Outbox outbox = outbox(failing(memory));
  private final LinkSupervisor link =
      LinkSupervisor.builder("phone", socket, bus)
          .policy(LinkPolicy.ofDefaults())
          .onChange(view -> outbox.linkChanged(view))
          .build();

  private Outbox outbox(StateStore store) {
    return Outbox.builder("bot", socket, store, bus)
        .capacity(5)
        .remembered(10)
        .listener(
            new OutboxListener() {
              @Override
              public void delivered(OutgoingMessage message) {
                told.add("delivered " + message.id());
              }

              @Override
              public void unknown(OutboxEntry entry) {
                told.add("unknown " + entry.message().id());
              }

              @Override
              public void refused(OutboxEntry entry) {
                told.add("refused " + entry.message().id());
              }
            })
        .build();
  }

  /** A store that throws as often as it is told to. */
  private StateStore failing(StateStore store) {
    return (StateStore)
        Proxy.newProxyInstance(
            OutboxTest.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              if (storeFailures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StoreException("no disk", null);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** A store whose writes are done, and then throw where they are told to. */
  private static StateStore losing(StateStore store, BooleanSupplier isLost) {
    return (StateStore)
        Proxy.newProxyInstance(
            OutboxTest.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              Object answer;
              try {
                answer = method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              boolean changes =
                  method.getName().equals("write") || method.getName().equals("remove");
              if (changes && isLost.getAsBoolean()) {
                throw new StoreException("the answer was lost", null);
              }
              return answer;
            });
  }

  private Offer offer(String id) {
    return done(outbox.offer(OutgoingMessage.text(id, JID, "text of " + id)));
  }

  private <T> T done(CompletableFuture<T> future) {
    world.runUntil(future::isDone, Duration.ofMinutes(1));
    return future.join();
  }

  private void pass(Duration time) {
    world.advance(time);
  }

  private List<String> entries() {
    return outbox.entries().stream()
        .map(entry -> entry.message().id() + " " + entry.state().wireName())
        .toList();
  }

  private List<String> got() {
    return socket.messages().stream().map(OutgoingMessage::id).toList();
  }

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
  void whoeverIsToldMayAskAgain() {
    CompletableFuture<Offer> second =
        outbox
            .offer(OutgoingMessage.text("a", JID, "x"))
            .thenCompose(first -> outbox.offer(OutgoingMessage.text("b", JID, "x")));
    assertThat(done(second)).isEqualTo(new Offer.Accepted());
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
