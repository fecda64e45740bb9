package dev.reliability.benchmarks;

/** The least that a program can be. */
public final class NothingCommand {
  private NothingCommand() {}

  /** Does nothing. */
  public static void main(String[] args) {}
}
