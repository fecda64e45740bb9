package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.testkit.world.World;
import java.time.Duration;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is closed when, by a clock that is moved. */
class ConnectionsTest {
  private static final Duration A_LOOK = Duration.ofSeconds(1);

  private final World world = World.create(1);
  private final Connections connections = new Connections(world);
  private final ByteArrayEndPoint endPoint = new ByteArrayEndPoint();
  private final Connection connection =
      new AbstractConnection(endPoint, Runnable::run) {
        @Override
        public void onFillable() {}
      };

  @BeforeEach
  void open() {
    connections.start();
    connections.onOpened(connection);
  }

  private void closesAfter(Duration limit) {
    world.advance(limit);
    assertThat(endPoint.isOpen()).isTrue();
    world.advance(A_LOOK.multipliedBy(2));
    assertThat(endPoint.isOpen()).isFalse();
  }

  @Test
  void whoeverAsksNothing() {
    closesAfter(Connections.PATIENCE);
  }

  @Test
  void whoeverAsksNothingAfterAnAnswer() {
    world.advance(Duration.ofSeconds(10));
    connections.isWhole(connection);
    connections.isSent(connection);
    connections.isAnswered(connection);
    closesAfter(Connections.PATIENCE);
  }

  @Test
  void whoeverDoesNotReadAnAnswer() {
    connections.isWhole(connection);
    world.advance(Duration.ofHours(1)); // it is not the client that takes its time
    assertThat(endPoint.isOpen()).isTrue();
    connections.isSent(connection);
    closesAfter(Connections.READING);
  }

  @Test
  void nobodyWhoWatches() {
    connections.isWhole(connection);
    world.advance(Duration.ofDays(1));
    assertThat(endPoint.isOpen()).isTrue();
  }

  @Test
  void nobodyOnceItIsClosed() {
    connections.onClosed(connection);
    connections.close();
    world.advance(Duration.ofMinutes(5));
    assertThat(endPoint.isOpen()).isTrue();
  }
}
