package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private final World world = World.create(1);
  private final Tickets tickets = new Tickets(world.randomness(), world.time());

  @Test
  void aTicketIsGoodOnceWithinItsTime() {
    String ticket = tickets.give();
    assertThat(tickets.look(ticket)).isEqualTo(Tickets.State.GOOD);
    world.advance(Tickets.VALID);
    assertThat(tickets.use(ticket)).isTrue();
    assertThat(tickets.use(ticket)).isFalse();
    assertThat(tickets.look(ticket)).isEqualTo(Tickets.State.SPENT);
    String old = tickets.give();
    world.advance(Tickets.VALID.plus(Duration.ofNanos(1)));
    assertThat(tickets.look(old)).isEqualTo(Tickets.State.SPENT);
    assertThat(tickets.use(old)).isFalse();
    assertThat(tickets.look("made up")).isEqualTo(Tickets.State.UNKNOWN);
  }

  @Test
  void noTwoAreTheSameAndOldOnesAreForgotten() {
    String first = tickets.give();
    for (int i = 0; i < 300; i++) {
      assertThat(tickets.give()).isNotEqualTo(first);
    }
    assertThat(tickets.look(first)).isEqualTo(Tickets.State.UNKNOWN);
  }

  @Test
  void ofManyAtOnceOneUsesIt() throws InterruptedException {
    String ticket = tickets.give();
    AtomicInteger used = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  return;
                }
                used.addAndGet(tickets.use(ticket) ? 1 : 0);
              });
      threads[i].start();
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(used.get()).isEqualTo(1);
  }
}
