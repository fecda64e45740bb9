package dev.reliability.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The least that a command of picocli can be. */
@Command(name = "hello", description = "Says hello.", mixinStandardHelpOptions = true)
public final class HelloCommand implements Runnable {
  @Option(names = "--name", description = "Whom to greet.", defaultValue = "world")
  private String name;

  /** See the class. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new HelloCommand()).execute(args));
  }

  @Override
  public void run() {
    System.out.println("Hello " + name);
  }
}
