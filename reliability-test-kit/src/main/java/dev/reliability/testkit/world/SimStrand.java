package dev.reliability.testkit.world;

import dev.reliability.core.runtime.Strand;

/**
 * A serial queue of a {@link World}; what it holds is kept under its number, in the {@link Lines}
 * and the {@link Slots}.
 */
final class SimStrand implements Strand {
  private final Timeline timeline;
  private final Kind kind;
  private final String label;

  /** Twice its number, plus one if its tasks count as work. */
  final int code;

  SimStrand(Timeline timeline, Kind kind, String label, int number) {
    this.timeline = timeline;
    this.kind = kind;
    this.label = label;
    code = number << 1 | (kind == Kind.MONITOR ? 0 : 1);
  }

  Timeline timeline() {
    return timeline;
  }

  @Override
  public void execute(Runnable task) {
    timeline.execute(this, task);
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public String toString() {
    return label;
  }
}
