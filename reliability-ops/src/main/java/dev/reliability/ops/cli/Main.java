package dev.reliability.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where {@code reliability VERB ...} begins. */
public final class Main {
  private static final String HELP = "help.txt";

  private Main() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) throws IOException {
    if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
      System.out.write(help());
      System.exit(told(System.out.checkError(), System.err, ExitCode.OK.code()));
    }
    logOnlyWhatMatters();
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, args);
    System.exit(told(out.checkError(), System.err, code));
  }

  /** The code to end with: whoever gets nothing to read must not take that for good news. */
  private static int told(boolean isLost, PrintStream err, int code) {
    if (!isLost) {
      return code;
    }
    err.println("reliability: what it came to could not be written to standard output");
    return code == ExitCode.OK.code() ? ExitCode.UNKNOWN.code() : code;
  }

  /** What {@code --help} says: written down, since to ask all verbs takes three times as long. */
  static byte[] help() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream(HELP)) {
      if (in == null) {
        throw new IOException(HELP + " is not in the jar");
      }
      return in.readAllBytes();
    }
  }

  /** What a verb has to say it prints; of what it uses, only warnings, and on standard error. */
  private static void logOnlyWhatMatters() {
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.log.com.zaxxer.hikari", "off");
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.log.org.eclipse.jetty", "error");
  }

  /** Runs a verb. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return Verbs.run(out, err, args);
  }
}
