package dev.reliability.container.orphan;

import dev.reliability.container.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** A process that holds a ledger until it is killed, or says what it sees of others' ledgers. */
final class LedgerHolder {
  private LedgerHolder() {}

  /** Starts one that holds a ledger with these runs; it says when it is ready. */
  static Process start(Path directory, String incarnation, String... runs) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("hold", directory.toString(), incarnation));
    arguments.addAll(List.of(runs));
    return java(arguments);
  }

  /** Starts one that tells each intent once it is written, and each end before it is. */
  static Process churn(Path directory, String incarnation) throws IOException {
    return java(List.of("churn", directory.toString(), incarnation));
  }

  /** What another process sees. */
  static String ask(Path directory, String incarnation) throws Exception {
    Process process = java(List.of("ask", directory.toString(), incarnation));
    try (BufferedReader told = process.inputReader()) {
      String answer = told.readLine();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("asking failed: " + process.exitValue());
      }
      return answer;
    }
  }

  private static Process java(List<String> arguments) throws IOException {
    return ChildJvm.builder(LedgerHolder.class, arguments).start();
  }

  /** {@code hold DIRECTORY INCARNATION RUN ...}, {@code ask ...} or {@code churn ...}. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    if (args[0].equals("ask")) {
      LedgerDirectory ledgers = LedgerDirectory.at(directory);
      boolean dead = ledgers.isDead(args[2]);
      List<DeadLedger> taken = ledgers.takeDead();
      System.out.println(
          "dead: " + dead + ", taken: " + taken.stream().map(DeadLedger::incarnation).toList());
      return;
    }
    if (args[0].equals("churn")) {
      churn(LedgerDirectory.at(directory), args[2]);
    }
    Ledger ledger = Ledger.open(directory, args[2]);
    for (int i = 3; i < args.length; i++) {
      ledger.intend(LedgerTest.intent(args[i])).became(Map.of("pid", String.valueOf(i - 2)));
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // nothing is ever said
    }
  }

  private static void churn(LedgerDirectory directory, String incarnation) throws IOException {
    Ledger ledger = new Ledger(directory.home(), directory.path(), incarnation, 1_500);
    Deque<Ledger.Line> lines = new ArrayDeque<>();
    for (long i = 0; ; i++) {
      Ledger.Line line = ledger.intend(LedgerTest.intent("r" + i));
      System.out.println("+r" + i);
      System.out.flush();
      line.became(Map.of("pid", Long.toString(i)));
      lines.add(line);
      if (lines.size() > 5) {
        System.out.println("-r" + (i - 5));
        System.out.flush();
        lines.remove().gone();
      }
    }
  }
}
