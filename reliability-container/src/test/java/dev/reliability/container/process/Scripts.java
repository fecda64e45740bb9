package dev.reliability.container.process;

import dev.reliability.testkit.worker.Behaviour;

/** What a shell plays for each behaviour. */
final class Scripts {

  private Scripts() {}

  static String of(Behaviour behaviour) {
    return switch (behaviour) {
      case EXITS_AT_ONCE -> "exit 0";
      case EXITS_WITH_7 -> "exit 7";
      case THREE_MARKERS_THEN_EXIT -> "echo marker 1; echo marker 2; echo marker 3";
      case NOISE_THEN_EXIT -> "head -c 500 /dev/zero | tr '\\0' '.'; echo noise >&2";
      case RESULT_THEN_EXIT_3 -> "echo marker; echo 'result done: 42'; exit 3";
      case RESULT_THEN_STAYS -> "echo marker; echo 'result done: 42'; exec sleep 300";
      case SILENT -> "exec sleep 300";
      case MARKER_THEN_UNTIL_INPUT_CLOSED -> "echo marker; cat >/dev/null";
      case MARKER_THEN_STUBBORN -> "trap '' TERM; echo marker; while :; do sleep 1; done";
      case TALKS_FOR_EVER -> "trap '' TERM; while :; do echo marker; sleep 0.05; done";
      case CLOSES_OUTPUT_AND_STAYS -> "echo marker; exec >&- 2>&-; exec sleep 300";
      case EXITS_WHILE_PIPE_IS_HELD -> "setsid sleep 20 & echo marker; exit 0";
      case MISSING -> throw new AssertionError("has no script");
    };
  }
}
