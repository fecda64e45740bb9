package dev.reliability.container.process;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.Transcript;
import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckOutput;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyCheck;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Durations;
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check by a command: it passes if the command ends with an exit code that is expected, 0 by
 * default.
 *
 * <p>The command runs in a session of its own, without input. Both its streams are read whatever it
 * puts out, and only their ends are kept, so that a gigabyte costs neither memory nor blocks it.
 * What it had put out until a moment before an attempt is given up is shown. Immutable and
 * thread-safe.
 *
 * <p>One that hangs is killed when the attempt is given up, and with it what {@link
 * ProcessRuntime#guarantee} says. What put itself out of its reach, such as a child of {@code
 * setsid} whose parents are gone where the guarantee is {@code group}, survives; what is known to
 * have survived is named in a warning. What a command leaves running when it ends by itself is not
 * touched: its output is no longer listened to half a second later.
 */
public final class CommandCheck implements DependencyCheck {
  private static final Logger log = LoggerFactory.getLogger(CommandCheck.class);
  private static final AtomicLong checks = new AtomicLong();

  /** More than a check keeps, so that it knows that something was left out. */
  private static final int KEPT = CheckOutput.KEPT + 1024;

  /** How long after the exit the end of the output is waited for, which somebody may hold. */
  private static final long DRAIN_NANOS = Duration.ofMillis(500).toNanos();

  /** How long before the attempt is given up its output is looked at. */
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  private final ProcessRuntime processes;
  private final List<String> command;
  private final UnaryOperator<ProcessSpec.Builder> more;
  private final Set<Integer> expected;
  private final Consumer<StopReport> stopped;

  private CommandCheck(
      ProcessRuntime processes,
      List<String> command,
      UnaryOperator<ProcessSpec.Builder> more,
      Set<Integer> expected,
      Consumer<StopReport> stopped) {
    this.processes = processes;
    this.command = command;
    this.more = more;
    this.expected = expected;
    this.stopped = stopped;
  }

  /**
   * A command that must end with exit code 0.
   *
   * @param command the program and its arguments, handed on as they are: no shell looks at them
   * @throws IllegalArgumentException as {@link ProcessSpec#builder(List)} says
   */
  public static CommandCheck of(ProcessRuntime processes, String... command) {
    Objects.requireNonNull(processes, "processes");
    ProcessSpec.builder(command); // refuses now what it would refuse later
    return new CommandCheck(
        processes,
        List.of(command),
        UnaryOperator.identity(),
        Set.of(0),
        report -> warnOfSurvivors(command[0], report));
  }

  /** The same in another directory or environment. Its output and input stay those of a check. */
  public CommandCheck with(UnaryOperator<ProcessSpec.Builder> change) {
    return new CommandCheck(
        processes, command, Objects.requireNonNull(change, "change"), expected, stopped);
  }

  /**
   * The same with other exit codes that pass.
   *
   * @throws IllegalArgumentException if there are none
   */
  public CommandCheck expecting(int... codes) {
    if (codes.length == 0) {
      throw new IllegalArgumentException("expecting: expected at least one exit code, got none");
    }
    Set<Integer> all = new TreeSet<>();
    Arrays.stream(codes).forEach(all::add);
    return new CommandCheck(processes, command, more, all, stopped);
  }

  /** The same, where {@code listener} hears what each kill came to. */
  CommandCheck onStopped(Consumer<StopReport> listener) {
    return new CommandCheck(processes, command, more, expected, stopped.andThen(listener));
  }

  private static void warnOfSurvivors(String program, StopReport report) {
    if (!report.survivors().isEmpty()) {
      log.warn(
          "check by {}: it was given up and killed ({}), but these survived: {}",
          program,
          report.guarantee(),
          report.survivors());
    }
  }

  @Override
  public CompletionStage<CheckResult> check(CheckContext context) {
    ProcessSpec spec =
        more.apply(ProcessSpec.builder(command))
            .closeInputAtStart()
            .output(OutputSpec.lines().markers(frame -> MarkerRule.Meaning.NOISE).keeping(0, KEPT))
            .build();
    Attempt attempt = new Attempt(context);
    attempt.begin(
        processes.spawn(
            spec,
            new RunContext(
                "check-" + checks.incrementAndGet(),
                1,
                Work.of("checks", "command"),
                "",
                context.remaining()),
            attempt));
    return attempt.result;
  }

  private CheckResult judged(ExitStatus status) {
    if (status instanceof ExitStatus.Code code) {
      String ended = command.get(0) + " ended with exit code " + code.code();
      return expected.contains(code.code())
          ? CheckResult.passed(ended)
          : CheckResult.failed(ended + (expected.equals(Set.of(0)) ? "" : ", not of " + expected));
    } else if (status instanceof ExitStatus.Signal signal) {
      String detail = signal.detail().isEmpty() ? "" : " (" + signal.detail() + ")";
      return CheckResult.failed(
          command.get(0) + " was ended by signal " + signal.number() + detail);
    }
    return CheckResult.failed(command.get(0) + " ended, and nobody knows how");
  }

  /** One process. */
  private final class Attempt implements WorkerListener {
    private final CheckContext context;
    private final Strand strand;
    private final CompletableFuture<ContainerHandle> handle = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
    private volatile long look = Scheduler.NO_TIMER;
    private volatile long drain = Scheduler.NO_TIMER;

    Attempt(CheckContext context) {
      this.context = context;
      strand = context.runtime().strand(Strand.Kind.IO, "command check");
      CompletableFuture.allOf(handle, exit, end)
          .thenRunAsync(
              () -> {
                show();
                result.complete(judged(exit.join()));
              },
              strand);
    }

    void begin(ContainerHandle begun) {
      long limit = Durations.saturatedNanos(context.remaining());
      look = later(limit - Math.min(LOOK_NANOS, limit / 10), this::show);
      result.whenComplete(
          (value, error) -> {
            context.runtime().scheduler().cancel(look);
            context.runtime().scheduler().cancel(drain);
            if (result.isCancelled()) {
              begun.kill().thenAccept(stopped);
            }
          });
      handle.complete(begun);
    }

    private long later(long nanos, Runnable task) {
      return context.runtime().scheduler().schedule(strand, nanos, task);
    }

    /** On the strand, so one at a time. */
    private void show() {
      Transcript transcript = handle.join().transcript();
      context.output().clear();
      context.output().append(transcript.out().tail(), false);
      context.output().append(transcript.err().tail(), true);
    }

    @Override
    public void spawnFailed(SpawnFailure failure) {
      result.complete(
          CheckResult.failed(
              command.get(0)
                  + " could not be started ("
                  + failure.kind().wireName()
                  + "): "
                  + failure.detail()));
    }

    @Override
    public void spawnUnknown(String detail) {
      result.complete(
          CheckResult.failed("nobody knows whether " + command.get(0) + " started: " + detail));
    }

    @Override
    public void exited(ExitStatus status) {
      if (exit.complete(status) && !end.isDone()) {
        try {
          drain = later(DRAIN_NANOS, () -> end.complete(null));
        } catch (RejectedExecutionException closed) {
          end.complete(null);
        }
      }
    }

    @Override
    public void eof() {
      end.complete(null);
    }

    @Override
    public void spawned(String workerName) {}

    @Override
    public void output(long bytes) {}

    @Override
    public void progress() {}

    @Override
    public void toolsInFlight(int inFlight) {}

    @Override
    public void result(String payload) {}
  }
}
