package dev.reliability.core.run;

import java.nio.charset.StandardCharsets;

/**
 * The host's word on what a valid marker is (requirement B6). Called on the thread that reads the
 * worker's output, for each frame; should be quick and allocate nothing. What it throws counts as
 * {@link Meaning#NOISE} and is logged; while it hangs, output is not read, but every time-out still
 * fires.
 */
@FunctionalInterface
public interface MarkerRule {

  /** What a frame means. */
  enum Meaning {
    /** Output without a meaning: it does not move any timer. */
    NOISE,
    /** A valid marker. */
    PROGRESS,
    /** The final result. */
    RESULT,
    /** A tool was started; counts as progress, and holds the idle time-out until it ends. */
    TOOL_STARTED,
    /** A tool ended; counts as progress. */
    TOOL_ENDED
  }

  /** What this frame means. */
  Meaning judge(OutputFrame frame);

  /**
   * Every line on standard output that is not blank is progress; standard error is noise. The
   * default.
   */
  static MarkerRule anyLine() {
    return frame -> frame.isError() || frame.isBlank() ? Meaning.NOISE : Meaning.PROGRESS;
  }

  /**
   * Lines on standard output that begin with {@code progress} are progress, those with {@code
   * result} the final result.
   */
  static MarkerRule prefixes(String progress, String result) {
    byte[] progressBytes = progress.getBytes(StandardCharsets.UTF_8);
    byte[] resultBytes = result.getBytes(StandardCharsets.UTF_8);
    return frame -> {
      if (frame.isError()) {
        return Meaning.NOISE;
      }
      if (frame.startsWith(resultBytes)) {
        return Meaning.RESULT;
      }
      return frame.startsWith(progressBytes) ? Meaning.PROGRESS : Meaning.NOISE;
    };
  }
}
