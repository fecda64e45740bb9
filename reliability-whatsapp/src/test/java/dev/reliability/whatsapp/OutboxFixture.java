package dev.reliability.whatsapp;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.store.InMemoryStateStore;
import dev.reliability.core.store.StateStore;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.world.World;
import dev.reliability.whatsapp.contract.FakeSocket;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** What the tests of this are made of. */
abstract class OutboxFixture {
  static final String JID = "15550000002@s.whatsapp.net";
  final World world = World.create(9);
  final List<Event> events = new ArrayList<>();
  final EventBus bus = EventBus.builder(world).sink(events::add).build();

  final FakeSocket socket = new FakeSocket(world, new WhatsAppListener() {});

  final AtomicInteger storeFailures = new AtomicInteger();
  final StateStore memory = new InMemoryStateStore();
  final List<String> told = new ArrayList<>();
  Outbox outbox = outbox(failing(memory));
  final LinkSupervisor link =
      LinkSupervisor.builder("phone", socket, bus)
          .policy(LinkPolicy.ofDefaults())
          .onChange(view -> outbox.linkChanged(view))
          .build();

  Outbox outbox(StateStore store) {
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
  StateStore failing(StateStore store) {
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
  static StateStore losing(StateStore store, BooleanSupplier isLost) {
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

  Offer offer(String id) {
    return done(outbox.offer(OutgoingMessage.text(id, JID, "text of " + id)));
  }

  <T> T done(CompletableFuture<T> future) {
    world.runUntil(future::isDone, Duration.ofMinutes(1));
    return future.join();
  }

  void pass(Duration time) {
    world.advance(time);
  }

  List<String> entries() {
    return outbox.entries().stream()
        .map(entry -> entry.message().id() + " " + entry.state().wireName())
        .toList();
  }

  List<String> got() {
    return socket.messages().stream().map(OutgoingMessage::id).toList();
  }
}
