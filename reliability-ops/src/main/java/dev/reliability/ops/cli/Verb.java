package dev.reliability.ops.cli;

import dev.reliability.core.store.StoreException;
import dev.reliability.journal.JournalStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One verb: makes its report and prints it. */
abstract class Verb implements Callable<Integer> {
  @Mixin Common common = new Common();

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  /** Whether what it comes to is a report of its own, with a schema. */
  boolean makesReport() {
    return true;
  }

  /** The options of every verb that this one has no use for: its help leaves them out. */
  List<String> useless() {
    return List.of();
  }

  /** What it comes to. */
  abstract Report report(Workplace workplace);

  @Override
  public final Integer call() {
    try (Workplace workplace = new Workplace(common, spec.commandLine().getErr())) {
      checkDirectory();
      Report report = withLoss(report(workplace), workplace.finish()).from(common);
      workplace.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      write(report, workplace.now());
      return report.code().code();
    } catch (CommandException e) {
      return failed(e.code(), String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      return failed(ExitCode.UNKNOWN, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return failed(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private void checkDirectory() {
    if (common.directory.toString().isBlank()) {
      throw CommandException.usage("--dir: expected a directory, got \"" + common.directory + "\"");
    }
  }

  /** What was done and could not be told is done all the same, and that is said. */
  private static Report withLoss(Report report, @Nullable JournalStatus journal) {
    return journal == null || journal.dropped() == 0
        ? report
        : report.failed(
            journal.dropped()
                + " events could not be written to the journal: "
                + journal.lastError());
  }

  private void write(Report report, Instant now) {
    String tool = spec.root().name();
    if (common.jsonOut != null) {
      writeFile("--json-out", common.jsonOut, into -> report.writeJson(into, tool, now));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      try {
        report.writeJson(out, tool, now);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // a PrintWriter throws none
      }
    } else {
      report.print(out);
    }
    out.flush();
  }

  /** What a file is to hold. */
  @FunctionalInterface
  interface Content {
    void writeTo(Writer into) throws IOException;
  }

  /** The whole file, or none of it: what was there before stays until then. */
  static void writeFile(String option, Path file, Content content) {
    Path parent = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || parent == null || !Files.isDirectory(parent)) {
      throw CommandException.usage(
          option + ": expected a file in a directory that is there, got " + file);
    }
    boolean isSpecial = Files.exists(file) && !Files.isRegularFile(file);
    Path part = isSpecial ? file : file.resolveSibling(file.getFileName() + ".part");
    try {
      try (Writer into = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
        content.writeTo(into);
      }
      if (!isSpecial) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      if (!isSpecial) {
        part.toFile().delete();
      }
      throw CommandException.unknown(option + " " + file + " cannot be written: " + e);
    }
  }

  private int failed(ExitCode code, String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(spec.qualifiedName() + ": " + why);
    err.flush();
    return code.code();
  }
}
