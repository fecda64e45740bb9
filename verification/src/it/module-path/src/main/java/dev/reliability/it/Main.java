package dev.reliability.it;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.journal.JournalReader;
import dev.reliability.journal.JournalWriter;
import java.nio.file.Path;

/** Uses the library as published: a real process and a journal, on the module path. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    check(Main.class.getModule().isNamed(), "this project is a module");
    Path directory = Path.of("target", "journal");
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        JournalWriter journal = JournalWriter.open(directory);
        ProcessRuntime processes = ProcessRuntime.system(runtime);
        RunSupervisor supervisor =
            RunSupervisor.builder().runtime(runtime).events(journal).build()) {
      RunOutcome outcome =
          supervisor
              .run(Work.of("lane", "item"), processes.worker(ProcessSpec.of("echo", "hello")))
              .join();
      check(outcome.isSuccess(), "a success, not " + outcome);
    }
    try (JournalReader reader = JournalReader.open(directory)) {
      check(reader.stream().count() >= 5, "the journal tells of it");
    }
    for (Class<?> type : new Class<?>[] {RunSupervisor.class, ProcessRuntime.class, JournalWriter.class}) {
      check(type.getModule().isNamed(), type + " is in a module");
    }
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
