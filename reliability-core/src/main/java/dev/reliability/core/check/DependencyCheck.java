package dev.reliability.core.check;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Looks whether something that the host needs is there (requirement N2): a file, a port, a program,
 * a database. {@link Checks} has the usual ones. Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface DependencyCheck {

  /**
   * One attempt. Called on a delivery strand of its own; may throw, which is a failure.
   *
   * @return what it came to. When the attempt is given up, the stage's future is cancelled: whoever
   *     holds a process or a connection for it lets go of that then
   */
  CompletionStage<CheckResult> check(CheckContext context);

  /**
   * A check by code that blocks. It runs on a strand of its own; when it is given up it is
   * interrupted, and if it does not heed that, left to itself. As long as a call that was given up
   * has not returned, the code is not called again, by whichever preflight: an attempt then fails
   * at once, and says since when that call hangs.
   */
  static DependencyCheck blocking(Blocking code) {
    Objects.requireNonNull(code, "code");
    return new BlockingCheck(code);
  }

  /** Code that blocks and may throw anything. */
  @FunctionalInterface
  interface Blocking {

    /**
     * One attempt.
     *
     * @throws Exception if it failed; its text is the reason
     */
    CheckResult check(CheckContext context) throws Exception;
  }
}
