package dev.reliability.ops.cli;

import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunSupervisor;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;

/**
 * Shows a command's output line by line, byte for byte; a command whose output nobody reads any
 * more is ended, as a pipe would do it. Thread-safe.
 */
final class Echo {
  private final RunSupervisor supervisor;
  private final PrintStream out;
  private final PrintStream err = System.err;
  private final CompletableFuture<RunHandle> run = new CompletableFuture<>();

  /**
   * An echo of one run.
   *
   * @param allToErr whether standard output belongs to something else
   */
  Echo(RunSupervisor supervisor, boolean allToErr) {
    this.supervisor = supervisor;
    out = allToErr ? System.err : System.out;
  }

  /** Whose output it is. */
  void of(RunHandle handle) {
    run.complete(handle);
  }

  /** Shows one line. */
  void show(OutputFrame frame) {
    byte[] line = new byte[frame.length() + 1];
    for (int i = 0; i < frame.length(); i++) {
      line[i] = frame.byteAt(i);
    }
    line[frame.length()] = '\n';
    PrintStream stream = frame.isError() ? err : out;
    stream.write(line, 0, line.length);
    if (frame.isTruncated()) {
      err.println("note: the line above was cut after " + RunOptions.LONGEST_LINE + " bytes");
    }
    if (stream.checkError()) {
      run.thenAccept(
          handle ->
              supervisor.cancel(handle.id(), "reliability", "nobody reads its output any more"));
    }
  }
}
