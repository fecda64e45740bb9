package dev.reliability.container;

import java.util.List;
import java.util.Set;

/** What to start, as far as every runtime agrees. Implementations are immutable. */
public interface ContainerSpec {

  /** The program and its arguments; never empty. */
  List<String> command();

  /** Labels under which {@link ContainerRuntime#list} finds it; a run's id is always one more. */
  Set<String> labels();

  /** What is done with its output. */
  OutputSpec output();
}
