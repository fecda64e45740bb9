package dev.reliability.testkit.store;

import dev.reliability.core.runtime.Strand;
import dev.reliability.core.store.StoreException;
import dev.reliability.testkit.world.CallFault;
import dev.reliability.testkit.world.Connection;
import dev.reliability.testkit.world.Node;
import dev.reliability.testkit.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A program on one node that is started again until it comes to its end, whatever happens to which
 * of its calls.
 */
final class CrashPoints {
  private static final Duration DOWN = Duration.ofSeconds(1);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  /** What happens to the call of this number. */
  record Point(long call, CallFault fault) {}

  private CrashPoints() {}

  /** Points among the first {@code calls} calls. */
  static Arbitrary<List<Point>> points(int calls) {
    Arbitrary<CallFault> faults =
        Arbitraries.of(
            new CallFault.Crash(false, DOWN),
            new CallFault.Crash(true, DOWN),
            new CallFault.LostRequest(),
            new CallFault.LostAnswer(),
            new CallFault.Hang(DOWN));
    return Combinators.combine(Arbitraries.longs().between(1, calls), faults)
        .as(Point::new)
        .list()
        .ofMaxSize(4);
  }

  /** One list for each call and each side of it on which the node can crash. */
  static List<List<Point>> everyCrash(int calls) {
    List<List<Point>> all = new ArrayList<>();
    for (int call = 1; call <= calls; call++) {
      all.add(List.of(new Point(call, new CallFault.Crash(false, DOWN))));
      all.add(List.of(new Point(call, new CallFault.Crash(true, DOWN))));
    }
    return all;
  }

  /**
   * Runs the program: {@code connect} makes what it needs of an incarnation, and {@code main} is
   * run on a strand for stores, again after each {@link StoreException} and each crash.
   *
   * @return how many calls it took
   */
  static <T> long run(
      World world, List<Point> points, Function<Node, T> connect, BiConsumer<Node, T> main) {
    Connection connection = world.node("n", node -> start(node, connect, main)).connection();
    points.forEach(point -> connection.at(point.call(), point.fault()));
    world.runUntilIdle(Duration.ofHours(1));
    return connection.calls();
  }

  private static <T> void start(Node node, Function<Node, T> connect, BiConsumer<Node, T> main) {
    T parts = connect.apply(node);
    Strand strand = node.strand(Strand.Kind.IO, "main");
    strand.execute(() -> attempt(node, strand, again -> main.accept(node, parts)));
  }

  private static void attempt(Node node, Strand strand, Consumer<Node> main) {
    try {
      main.accept(node);
    } catch (StoreException e) {
      node.scheduler().schedule(strand, AGAIN.toNanos(), () -> attempt(node, strand, main));
    }
  }
}
