package dev.reliability.ops.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.container.orphan.Ledger;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.RunListener;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import dev.reliability.ops.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A host in a JVM of its own, which somebody will kill: it supervises one process that sleeps. */
final class DoomedHost {
  private DoomedHost() {}

  /** One that is up. */
  record Up(Process process, String epoch) {
    void kill() throws InterruptedException {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  static Up start(Path directory) throws IOException {
    List<String> command =
        ChildJvm.command(DoomedHost.class.getName(), "-Xmx96m", "-XX:TieredStopAtLevel=1");
    command.add(directory.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader told = process.inputReader();
    String epoch = said(told, "incarnation ");
    said(told, "ready");
    return new Up(process, epoch);
  }

  /** What follows these words, among whatever is logged. */
  private static String said(BufferedReader told, String words) throws IOException {
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      if (line.startsWith(words)) {
        return line.substring(words.length());
      }
    }
    throw new IOException("the host ended without a word of " + words);
  }

  /** {@code DIRECTORY}. Says its incarnation, and {@code ready} once its worker runs. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("reliability.db"));
    JdbcStore store = JdbcStore.open(new HikariDataSource(config));
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    EventBus bus = EventBus.builder(runtime).sink(JournalWriter.open(directory)).build();
    Ledger ledger = Ledger.open(directory.resolve("ledger"), bus.epoch());
    System.out.println("incarnation " + bus.epoch());
    RunSupervisor.builder()
        .bus(bus)
        .store(store.runs())
        .listener(
            new RunListener() {
              @Override
              public void started(String run, Work work, String worker) {
                System.out.println("ready");
              }
            })
        .build()
        .submit(
            Work.of("lane", "item"),
            ProcessRuntime.builder(runtime)
                .ledger(ledger)
                .build()
                .worker(ProcessSpec.of("sleep", "300")));
    System.in.read();
  }
}
