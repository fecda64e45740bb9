package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Strand;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What stays of a node when it crashes: its name, its clocks, its connection, its program. */
final class Machine {
  final World world;
  final Timeline timeline;
  final String name;
  final NodeClock clock;
  final Connection connection;

  private final FakeClock worldClock;
  private final @Nullable Consumer<Node> program;
  private final boolean fifo;
  private final long key;
  private final Map<String, Integer> labels = new HashMap<>();

  /** Where the world does what happens to the node. */
  private final SimStrand strand;

  private long pausedUntil;
  private int incarnations;
  private Node current;

  Machine(
      World world,
      Timeline timeline,
      FakeClock worldClock,
      String name,
      boolean fifo,
      @Nullable Consumer<Node> program) {
    this.world = world;
    this.timeline = timeline;
    this.worldClock = worldClock;
    this.name = name;
    this.fifo = fifo;
    this.program = program;
    key = Mix.mix(world.seed(), Mix.hash("node " + name));
    strand = timeline.strand(Strand.Kind.CONTROL, "node " + name);
    clock = new NodeClock(worldClock);
    connection = new Connection(name, timeline);
    current = newIncarnation();
  }

  Node current() {
    return current;
  }

  Node start() {
    current = newIncarnation();
    return current;
  }

  private Node newIncarnation() {
    long own = Mix.mix(key, ++incarnations);
    Node node = new Node(this, incarnations, own >> 2, new SeededRandomness(own));
    if (program != null) {
      node.strand(Strand.Kind.DELIVERY, "program").execute(() -> program.accept(node));
    }
    return node;
  }

  NodeStrand strand(Node node, Strand.Kind kind, String label) {
    int ordinal = labels.merge(label, 1, Integer::sum);
    long own = Mix.mix(key, Mix.mix(Mix.hash(label), ordinal));
    return new NodeStrand(node, label, timeline.strand(kind, name + "/" + label, own), own);
  }

  /** Whether a timer that is due but has not run was handed to its strand, in this seed. */
  boolean handedOver(NodeStrand.Task task) {
    return !fifo && Turns.handedOver(task.strand().key, task.worldDue);
  }

  void note(String what) {
    timeline.note(name + ": " + what);
  }

  long worldNanos() {
    return worldClock.elapsedNanos();
  }

  void pause(long nanos) {
    pausedUntil = Math.max(pausedUntil, Durations.saturatedAdd(worldNanos(), nanos));
  }

  /** What held the process back does so no more. */
  void release() {
    pausedUntil = worldNanos();
    clock.wake();
  }

  /** For how long nothing of the node runs. */
  long stillFor() {
    return Math.max(clock.sleepLeft(), pausedUntil - worldNanos());
  }

  /** Runs a task of the world's own, not the node's. */
  long later(long nanos, Runnable task) {
    return timeline.schedule(strand, nanos, task);
  }
}
