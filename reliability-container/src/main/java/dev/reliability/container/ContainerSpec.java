package dev.reliability.container;

import java.util.List;
import java.util.Map;

/** What to start, as far as every runtime agrees. Implementations are immutable. */
public interface ContainerSpec {

  /** The variable with the run's id that every worker is given, and hands on to what it starts. */
  String RUN_VARIABLE = "RELIABILITY_RUN";

  /** The program and its arguments; empty only where an image has its own. */
  List<String> command();

  /** Labels of the host's own, beside those of {@link ContainerLabels}. */
  Map<String, String> labels();

  /** What is done with its output. */
  OutputSpec output();
}
