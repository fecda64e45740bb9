package dev.reliability.examples;

import dev.reliability.container.Framing;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.config.ConfigException;
import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunHandle;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunReport;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.run.RunTimeouts;
import dev.reliability.core.run.Work;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.store.Claim;
import dev.reliability.journal.JournalStatus;
import dev.reliability.journal.JournalWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The story of every way in which a worker goes wrong, or the user's own command, supervised. See
 * {@link Options#USAGE}.
 */
public final class Main {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  /** Agents put out long lines. */
  private static final int LONGEST_LINE = 1024 * 1024;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  private Main(PrintStream out, PrintStream err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  /** Runs, and ends the JVM with the exit code. */
  public static void main(String[] arguments) {
    int code = new Main(System.out, System.err, System.getenv()).run(List.of(arguments));
    System.out.flush();
    System.exit(code);
  }

  private int run(List<String> arguments) {
    try {
      Options options = Options.parse(arguments);
      if (options.help()) {
        out.print(Options.USAGE);
        return OK;
      }
      return supervise(options);
    } catch (UsageException | ConfigException | UncheckedIOException e) {
      err.println("error: " + printable(e.getMessage()));
      return USAGE;
    }
  }

  private int supervise(Options options) {
    boolean story = options.command().isEmpty();
    RunPolicy policy = story ? Story.POLICY : ownPolicy(options);
    CompletableFuture<Void> stop = new CompletableFuture<>();
    CompletableFuture<Void> written = new CompletableFuture<>();
    JournalWriter journal = JournalWriter.open(options.directory());
    int code;
    try (ReliabilityRuntime runtime = ReliabilityRuntime.system();
        journal;
        Stores stores = Stores.open(options, runtime);
        EventBus bus = EventBus.builder(runtime).sink(journal).build();
        ProcessRuntime processes = ProcessRuntime.builder(runtime).stopAtExit(false).build();
        RunSupervisor supervisor =
            RunSupervisor.builder()
                .bus(bus)
                .policy(policy)
                .store(stores.runs())
                .leases(stores.leases())
                .drainTimeout(Duration.ZERO)
                .build();
        AtExit atExit = new AtExit(bus, supervisor, processes, stop, journal, written)) {
      code =
          story
              ? story(
                  new Telling(runtime, supervisor, processes, stores),
                  runtime,
                  supervisor,
                  stop,
                  options)
              : own(supervisor, processes, options);
    } finally {
      written.complete(null);
    }
    JournalStatus status = journal.status();
    if (status.dropped() > 0) {
      err.println(
          "error: "
              + status.dropped()
              + " events could not be written to the journal in "
              + options.directory()
              + ": "
              + status.lastError());
      return FAILED;
    }
    return code;
  }

  // ---- the story ----

  private int story(
      Telling telling,
      ReliabilityRuntime runtime,
      RunSupervisor supervisor,
      CompletableFuture<Void> stop,
      Options options) {
    out.println(
        "Telling "
            + telling.number()
            + " of the story: "
            + telling.chapters()
            + " real processes, supervised, with time-outs scaled to seconds ...");
    List<RunReport> reports;
    try (LiveView view = new LiveView(runtime, supervisor, out)) {
      reports = telling.tell(stop);
    }
    String failure = telling.failure();
    if (failure != null) {
      err.println("error: " + printable(failure) + "; what was done is kept");
    }
    out.println();
    Report.table(reports, out);
    out.println();
    reports.stream()
        .filter(report -> telling.chapter(report).item().equals(Story.WITH_TIMELINE))
        .findFirst()
        .ifPresent(
            report -> {
              Report.timeline(report, supervisor.bus().recent().snapshot(), out);
              out.println();
            });
    int elsewhere = telling.done() - reports.size();
    if (elsewhere > 0) {
      out.println("Done by another process, or by an earlier one: " + elsewhere);
    }
    out.println(
        "Events: " + options.directory().resolve("journal-" + supervisor.bus().epoch() + ".jsonl"));
    return surprises(telling, reports) == 0 && telling.done() == telling.chapters() ? OK : FAILED;
  }

  private int surprises(Telling telling, List<RunReport> reports) {
    int surprises = 0;
    for (RunReport report : reports) {
      Story.Chapter chapter = telling.chapter(report);
      if (report.reason().equals(EndReason.SHUTDOWN)) {
        surprises++; // the table says so
      } else if (report.state() != chapter.state() || !report.reason().equals(chapter.reason())) {
        surprises++;
        err.println(
            chapter.item()
                + ": expected "
                + chapter.state().wireName()
                + " because of "
                + chapter.reason()
                + ", got "
                + report.state().wireName()
                + " because of "
                + report.reason()
                + ", "
                + report.end().detail());
      }
    }
    return surprises;
  }

  // ---- the user's own command ----

  private RunPolicy ownPolicy(Options options) {
    RunPolicy.Builder policy =
        RunPolicy.builder().config(ReliabilityConfig.fromEnvironment(environment));
    Optional.ofNullable(options.noOutput()).ifPresent(policy::noOutputTimeout);
    Optional.ofNullable(options.idle()).ifPresent(policy::idleTimeout);
    Optional.ofNullable(options.hard()).ifPresent(policy::hardTimeout);
    try {
      RunPolicy built = policy.build();
      noteEffectiveHard(options, built);
      return built;
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage())
              .replace("a run policy cannot be built: ", "")
              .replace("noOutputTimeout", "--no-output")
              .replace("idleTimeout", "--idle")
              .replace("hardTimeout", "--hard"));
    }
  }

  /**
   * The hard time-out leaves room for an idle one to be carried out; whoever asked for less is
   * told.
   */
  private void noteEffectiveHard(Options options, RunPolicy policy) {
    RunTimeouts timeouts = policy.timeouts(options.lane());
    if (options.hard() != null && timeouts.effectiveHard().compareTo(timeouts.hard()) > 0) {
      err.println(
          "note: --hard "
              + Report.seconds(timeouts.hard())
              + " is raised to "
              + Report.seconds(timeouts.effectiveHard())
              + ", the idle time-out and the graces of stopping; a shorter --idle lowers it");
    }
  }

  private int own(RunSupervisor supervisor, ProcessRuntime processes, Options options) {
    CompletableFuture<RunHandle> run = new CompletableFuture<>();
    ProcessSpec spec;
    try {
      spec =
          ProcessSpec.builder(options.command())
              .output(
                  OutputSpec.framed(new Framing.Lines(LONGEST_LINE))
                      .markers(MarkerRule.anyLine())
                      .onFrame(frame -> echo(frame, supervisor, run)))
              .build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    run.complete(
        supervisor.submit(
            Work.of(options.lane(), itemOf(options, supervisor)), processes.worker(spec)));
    RunOutcome outcome = run.join().outcome().join();
    if (outcome instanceof RunOutcome.Refused refused) {
      err.println("not run: " + words(refused));
      return FAILED;
    }
    Optional<RunReport> report = outcome.ended();
    report.ifPresent(
        ended -> {
          err.println();
          Report.table(List.of(ended), err);
          String detail = ended.end().detail();
          if (detail != null) {
            err.println(printable(detail));
          }
        });
    return outcome.isSuccess() ? OK : FAILED;
  }

  /** What was given a name is done once; what was not is something new each time. */
  private static String itemOf(Options options, RunSupervisor supervisor) {
    String item = options.item();
    return item != null
        ? item
        : printable(options.command().get(0)) + "-" + supervisor.bus().epoch();
  }

  private static String words(RunOutcome.Refused refused) {
    String item = refused.work().lane() + "/" + refused.work().item();
    if (refused.claim() instanceof Claim.Duplicate duplicate) {
      return item + " is being worked on by " + duplicate.holder();
    }
    if (refused.claim() instanceof Claim.AlreadyDone done) {
      return item + " is done, since " + done.doneAt();
    }
    if (refused.claim() instanceof Claim.AttemptsExhausted exhausted) {
      return item + " was tried " + exhausted.attempts() + " times";
    }
    return item + ": " + refused.why() + ", " + refused.detail();
  }

  /**
   * Shows a line, byte for byte; a command whose output nobody reads any more is ended, as a pipe
   * would do it.
   */
  private void echo(OutputFrame frame, RunSupervisor supervisor, CompletableFuture<RunHandle> run) {
    byte[] line = new byte[frame.length() + 1];
    for (int i = 0; i < frame.length(); i++) {
      line[i] = frame.byteAt(i);
    }
    line[frame.length()] = '\n';
    PrintStream stream = frame.isError() ? err : out;
    stream.write(line, 0, line.length);
    if (frame.isTruncated()) {
      err.println("note: the line above was cut after " + LONGEST_LINE + " bytes");
    }
    if (stream.checkError()) {
      run.thenAccept(
          handle -> supervisor.cancel(handle.id(), "main", "nobody reads its output any more"));
    }
  }

  private static String printable(@Nullable String text) {
    return String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
  }
}
