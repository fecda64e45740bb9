package dev.reliability.core.link;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the adapter: on strands of its own, so that one that hangs delays no decision, and with
 * what it throws caught. Connecting has a strand apart from the rest: a connect that hangs can
 * still be closed.
 */
final class LinkAdapter {
  private static final Logger log = LoggerFactory.getLogger(LinkSupervisor.class);

  private final String name;
  private final Link link;
  private final Strand connecting;
  private final Strand rest;
  private volatile @Nullable Connection latest;
  private volatile String connectHangs = ""; // while it is called
  private volatile String restHangs = "";

  LinkAdapter(String name, Link link, ReliabilityRuntime runtime) {
    this.name = name;
    this.link = link;
    connecting = runtime.strand(Strand.Kind.DELIVERY, "link " + name + " connect");
    rest = runtime.strand(Strand.Kind.DELIVERY, "link " + name + " adapter");
  }

  void connect(Connection connection) {
    latest = connection;
    connecting.execute(
        () -> {
          if (latest != connection) {
            return; // an earlier call hung for so long that this one was given up
          }
          connectHangs = "; the adapter's connect has not returned";
          try {
            link.connect(connection.generation, connection);
          } catch (Throwable e) {
            log.warn("link {}: connect threw", name, e);
            connection.closed(
                CloseReason.of(CloseClass.RETRY, "", "the adapter's connect threw " + e));
          } finally {
            connectHangs = "";
          }
        });
  }

  void close(Connection connection) {
    rest.execute(
        () -> {
          restHangs = "; the adapter's close has not returned";
          try {
            link.close(connection.generation);
          } catch (Throwable e) {
            log.warn("link {}: close threw", name, e); // the close time-out goes on
          } finally {
            restHangs = "";
          }
        });
  }

  /** Which calls have not returned, in words; empty if none. */
  String hangs() {
    return connectHangs + restHangs;
  }

  void probe(Connection connection, Consumer<Boolean> asked) {
    rest.execute(
        () -> {
          boolean wasAsked = false;
          restHangs = "; the adapter's probe has not returned";
          try {
            wasAsked = link.probe(connection.generation);
          } catch (Throwable e) {
            log.warn("link {}: probe threw", name, e);
          } finally {
            restHangs = "";
          }
          asked.accept(wasAsked);
        });
  }
}
