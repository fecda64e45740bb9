package dev.reliability.examples;

import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunPolicy;
import java.time.Duration;
import java.util.List;

/** Workers as they are met in the field, with time-outs scaled to seconds. */
final class Story {
  /** The chapter whose events are shown. */
  static final String WITH_TIMELINE = "works-then-ignores-everybody";

  private static final String RESULT = "RESULT";

  private static final MarkerRule RESULT_OR_LINE = MarkerRule.prefixes("", RESULT);

  /** The time-outs of the whole story: what takes hours in the field takes seconds here. */
  static final RunPolicy POLICY =
      RunPolicy.builder()
          .noOutputTimeout(Duration.ofSeconds(4))
          .idleTimeout(Duration.ofSeconds(3))
          .hardTimeout(Duration.ofSeconds(10))
          .linger(Duration.ofSeconds(2))
          .graces(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2))
          // Of 200 MB without a newline no line is heard for as long as they take.
          .lane(
              "jarvis-worker-2",
              times -> times.withNoOutput(Duration.ofMinutes(1)).withIdle(Duration.ofMinutes(1)))
          .leaseTime(Duration.ofSeconds(5))
          .maxAttempts(100)
          .finalFailures(
              EndReason.NO_OUTPUT_TIMEOUT, EndReason.HARD_TIMEOUT, EndReason.SPAWN_FAILED)
          .build();

  private Story() {}

  /**
   * One worker of the story.
   *
   * @param lane the lane it works in
   * @param item what it works on, which also says how it goes wrong
   * @param spec the real process
   * @param state how it must end
   * @param reason why it must end so
   */
  record Chapter(String lane, String item, ProcessSpec spec, RunState state, EndReason reason) {}

  static List<Chapter> chapters() {
    return List.of(
        shell(
            "andy-developer",
            "works-and-exits",
            "for i in 1 2 3 4 5; do echo \"step $i\"; sleep 0.4; done; echo 'RESULT all five steps'",
            RunState.DONE,
            EndReason.COMPLETED),
        shell(
            "andy-developer",
            "hangs-before-output",
            "echo 'loading, still loading' >&2; exec sleep 600",
            RunState.FAILED,
            EndReason.NO_OUTPUT_TIMEOUT),
        shell(
            "andy-developer",
            "works-then-idles",
            "echo working; cat >/dev/null",
            RunState.DONE,
            EndReason.IDLE_CLEANUP),
        shell(
            "jarvis-worker-1",
            WITH_TIMELINE,
            "trap '' TERM; echo working; while :; do sleep 1; done",
            RunState.DONE,
            EndReason.IDLE_CLEANUP),
        shell(
            "jarvis-worker-1",
            "talks-for-ever",
            "while :; do echo 'and another thing'; sleep 0.2; done",
            RunState.FAILED,
            EndReason.HARD_TIMEOUT),
        new Chapter(
            "jarvis-worker-1",
            "does-not-exist",
            ProcessSpec.of("agent-that-nobody-installed", "--now"),
            RunState.FAILED,
            EndReason.SPAWN_FAILED),
        shell(
            "jarvis-worker-2",
            "finishes-but-the-pipe-stays-open",
            "sleep 600 & echo 'RESULT reviewed'; wait",
            RunState.DONE,
            EndReason.LINGER_CLEANUP),
        shell(
            "jarvis-worker-2",
            "prints-200-MB-without-a-newline",
            "echo starting; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo 'RESULT 200 MB'",
            RunState.DONE,
            EndReason.COMPLETED));
  }

  private static Chapter shell(
      String lane, String item, String script, RunState state, EndReason reason) {
    ProcessSpec spec =
        ProcessSpec.builder("sh", "-c", script)
            .output(OutputSpec.lines().markers(Story::meaning))
            .build();
    return new Chapter(lane, item, spec, state, reason);
  }

  private static MarkerRule.Meaning meaning(OutputFrame frame) {
    return frame.isBlank() ? MarkerRule.Meaning.NOISE : RESULT_OR_LINE.judge(frame);
  }
}
