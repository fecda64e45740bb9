package dev.reliability.ops.cli;

/** How the command ends. */
enum ExitCode {
  /** It ran, and what was asked passed, if anything was asked. */
  OK(0),
  /** What was asked did not pass, or was refused. */
  FAIL(1),
  /** It was asked in a way that it does not understand, or with what does not exist. */
  USAGE(2),
  /** It could not find out: a store or a journal does not answer. */
  UNKNOWN(3),
  /** It is itself at fault. */
  INTERNAL(4);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
