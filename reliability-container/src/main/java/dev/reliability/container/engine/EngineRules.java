package dev.reliability.container.engine;

import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.Missing;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What it means that the command line that runs a container has ended. Pure.
 *
 * <p>Its exit code alone means little: 125 to 127 are the engine's as well as the worker's, and one
 * that was killed leaves its container running. So the container is looked at, and the code counts
 * only where there is nothing to look at.
 */
final class EngineRules {
  private static final int KILL = 9;
  private static final int SIGNALLED = 128;
  private static final int LARGEST_SIGNAL = 31;
  private static final int ENGINE_FAILED = 125;
  private static final int CANNOT_EXECUTE = 126;
  private static final int NOT_FOUND = 127;
  private static final List<String> IMAGE_MISSING =
      List.of("image not known", "no such image", "unable to find image", "image not found");

  private EngineRules() {}

  /** What became of the container. */
  sealed interface After {

    /**
     * It never ran.
     *
     * @param failure why
     * @param left whether there is something of it to remove
     */
    record Failed(SpawnFailure failure, boolean left) implements After {}

    /**
     * It ran and has ended.
     *
     * @param status how
     */
    record Ended(ExitStatus status) implements After {}

    /** It is running, and nobody reads its output any more. */
    record Running() implements After {}

    /**
     * Nobody can tell.
     *
     * @param why what was seen
     */
    record Unclear(String why) implements After {}
  }

  /**
   * What became of it.
   *
   * @param up whether it is known to have been up
   * @param code the exit code of the command line
   * @param errors what the command line, or the worker, said on standard error
   * @param seen the look at the container that followed
   * @param memory the limit it had
   */
  static After afterCli(boolean up, int code, String errors, Seen seen, OptionalLong memory) {
    if (seen instanceof Found found) {
      EngineState state = found.state();
      return switch (state.state()) {
        case ENDED -> new After.Ended(statusOf(state, memory));
        case RUNNING -> new After.Running();
        case STARTING ->
            up || isNoRefusal(code)
                ? new After.Unclear(
                    "its command line ended (exit code "
                        + code
                        + "), and the engine calls it "
                        + state.status())
                : new After.Failed(failure(code, errors), true);
        case UNKNOWN -> new After.Unclear("the engine calls it " + state.status());
      };
    }
    if (seen instanceof Missing) {
      if (up) {
        return new After.Ended(
            code == ENGINE_FAILED
                ? new ExitStatus.Unknown(
                    "engine_lost: the container is gone, and the engine's command line said "
                        + shown(errors))
                : statusOf(code, ""));
      }
      return isNoRefusal(code)
          ? new After.Unclear(
              "its command line ended (exit code " + code + ") and there is no such container")
          : new After.Failed(failure(code, errors), false);
    }
    return new After.Unclear(seen instanceof NoAnswer none ? none.why() : seen.toString());
  }

  /** Whether the command line was stopped before it could say anything, or thought all was well. */
  private static boolean isNoRefusal(int code) {
    return code == 0 || code > SIGNALLED;
  }

  /** Why a container counts as lost whose command line ended with this code. */
  static String whyLost(After after, int code) {
    return after instanceof After.Unclear unclear
        ? unclear.why()
        : "the command line that carried its output ended (exit code " + code + ") while it ran";
  }

  /** How a container ended, as its engine tells. */
  static ExitStatus statusOf(EngineState state, OptionalLong memory) {
    String detail = "";
    if (state.outOfMemory()) {
      detail = "out of memory";
      if (memory.isPresent()) {
        detail += ", its limit was " + memory.getAsLong() + " bytes";
      }
    }
    return statusOf(state.exitCode(), detail);
  }

  /**
   * How a container ended that was killed here.
   *
   * @param last how it was last seen; null if it was not
   */
  static ExitStatus killed(@Nullable EngineState last, OptionalLong memory) {
    return last != null && last.hasEnded() ? statusOf(last, memory) : new ExitStatus.Signal(KILL);
  }

  private static ExitStatus statusOf(int code, String detail) {
    return code > SIGNALLED && code <= SIGNALLED + LARGEST_SIGNAL
        ? new ExitStatus.Signal(code - SIGNALLED, detail)
        : new ExitStatus.Code(code);
  }

  /** Why a container was not made, or was made and could not run its command. */
  static SpawnFailure failure(int code, String errors) {
    return new SpawnFailure(
        kind(code, errors.toLowerCase(Locale.ROOT)), "exit code " + code + ": " + shown(errors));
  }

  private static Kind kind(int code, String said) {
    if (IMAGE_MISSING.stream().anyMatch(said::contains)) {
      return Kind.IMAGE_MISSING;
    }
    if (said.contains("chdir to cwd") || said.contains("workdir ")) {
      return Kind.DIRECTORY_MISSING;
    }
    if (said.contains("argument list too long")) {
      return Kind.ARGUMENTS_TOO_LONG;
    }
    if (code == NOT_FOUND) {
      return Kind.COMMAND_NOT_FOUND;
    }
    if (code == CANNOT_EXECUTE) {
      return said.contains("permission denied") ? Kind.PERMISSION_DENIED : Kind.NOT_EXECUTABLE;
    }
    return Kind.ENGINE_ERROR;
  }

  private static String shown(String errors) {
    String said = errors.strip();
    return said.isEmpty() ? "nothing" : said.length() > 1000 ? said.substring(0, 1000) : said;
  }
}
