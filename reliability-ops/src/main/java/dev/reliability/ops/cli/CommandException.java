package dev.reliability.ops.cli;

/** What ends the command before it has a report. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode code;

  private CommandException(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  /** It was asked for something that cannot be. */
  static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message);
  }

  /** It could not find out. */
  static CommandException unknown(String message) {
    return new CommandException(ExitCode.UNKNOWN, message);
  }

  ExitCode code() {
    return code;
  }
}
