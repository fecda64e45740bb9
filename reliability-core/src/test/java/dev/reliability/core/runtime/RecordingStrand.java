package dev.reliability.core.runtime;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it is given, in order, and runs nothing. Not thread-safe. */
final class RecordingStrand implements Strand {
  final List<Runnable> given = new ArrayList<>();

  @Override
  public String label() {
    return "recording";
  }

  @Override
  public Kind kind() {
    return Kind.CONTROL;
  }

  @Override
  public void execute(Runnable task) {
    given.add(task);
  }
}
