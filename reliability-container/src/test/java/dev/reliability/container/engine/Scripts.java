package dev.reliability.container.engine;

import dev.reliability.testkit.worker.Behaviour;

/**
 * What the busybox shell plays for each behaviour as the first process of a container: there a
 * signal without a handler does nothing, and its end is the end of everything in it.
 */
final class Scripts {
  private static final String UNTIL_ASKED = "trap 'exit 0' TERM; ";
  private static final String STAY = "; while :; do sleep 300 & wait $!; done";

  private Scripts() {}

  static String of(Behaviour behaviour) {
    return switch (behaviour) {
      case EXITS_AT_ONCE -> "exit 0";
      case EXITS_WITH_7 -> "exit 7";
      case THREE_MARKERS_THEN_EXIT -> "echo marker 1; echo marker 2; echo marker 3";
      case NOISE_THEN_EXIT -> "head -c 500 /dev/zero | tr '\\0' '.'; echo noise >&2";
      case RESULT_THEN_EXIT_3 -> "echo marker; echo 'result done: 42'; exit 3";
      case RESULT_THEN_STAYS -> UNTIL_ASKED + "echo marker; echo 'result done: 42'" + STAY;
      case SILENT -> UNTIL_ASKED + ":" + STAY;
      case MARKER_THEN_UNTIL_INPUT_CLOSED -> "echo marker; cat >/dev/null";
      case MARKER_THEN_STUBBORN -> "echo marker; while :; do sleep 300; done";
      case TALKS_FOR_EVER -> "while :; do echo marker; sleep 0.05; done";
      case CLOSES_OUTPUT_AND_STAYS -> UNTIL_ASKED + "echo marker; exec >&- 2>&-" + STAY;
      case EXITS_WHILE_PIPE_IS_HELD -> "setsid sleep 20 & echo marker; exit 0";
      case MISSING -> throw new AssertionError("has no script");
    };
  }
}
