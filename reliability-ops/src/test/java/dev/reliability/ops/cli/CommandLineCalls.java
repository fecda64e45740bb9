package dev.reliability.ops.cli;

/** Calls of the command for tests of other packages. */
public final class CommandLineCalls {
  private CommandLineCalls() {}

  /**
   * What a call came to.
   *
   * @param code its exit code
   * @param out what it printed
   * @param err what it complained about
   */
  public record Result(int code, String out, String err) {}

  /** Calls it. */
  public static Result call(String... words) {
    Told told = Told.by(words);
    return new Result(told.code(), told.out(), told.err());
  }
}
