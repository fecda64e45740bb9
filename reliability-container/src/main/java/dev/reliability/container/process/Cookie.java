package dev.reliability.container.process;

import dev.reliability.container.ContainerSpec;
import java.nio.charset.StandardCharsets;

/**
 * A variable that is put into the environment of each process, and so of whatever it starts: by
 * this a process is known to belong to a run even after it got away from its parents.
 *
 * @param value the run's id
 */
record Cookie(String value) {
  /** The variable's name. */
  static final String NAME = ContainerSpec.RUN_VARIABLE;

  /** How it looks in a block of variables that each end with a zero byte. */
  byte[] entry() {
    return (NAME + "=" + value + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
