package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.RunContext;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.Work;
import dev.reliability.core.run.WorkerListener;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short calls of an engine's command line. Each is a process of its own with a time limit, after
 * which it is killed with all that belongs to it; the caller never waits.
 */
final class EngineCli {
  private static final Logger log = LoggerFactory.getLogger(EngineCli.class);
  private static final int MOST_OUTPUT = 16 * 1024 * 1024;
  private static final int MOST_ERRORS = 4 * 1024;
  private static final int SIGNALLED = 128;
  private static final AtomicLong calls = new AtomicLong();

  /**
   * What came of a call.
   *
   * @param code its exit code; -1 if it did not end by itself
   * @param out what it put out
   * @param err what it complained
   * @param problem why there is no answer; empty if there is one, a refusal perhaps
   */
  record Answer(int code, String out, String err, String problem) {
    boolean isOk() {
      return problem.isEmpty() && code == 0;
    }

    /** What went wrong, for people. */
    String complaint() {
      return problem.isEmpty() ? ("exit code " + code + ": " + err.strip()) : problem;
    }
  }

  private final Engine engine;
  private final ProcessRuntime processes;
  private final Timers timers;
  private final Strand strand;
  private final Duration limit;

  /**
   * Calls to {@code engine}.
   *
   * @param limit how long each may take
   */
  EngineCli(Engine engine, ProcessRuntime processes, Timers timers, Strand strand, Duration limit) {
    this.engine = engine;
    this.processes = processes;
    this.timers = timers;
    this.strand = strand;
    this.limit = limit;
  }

  /** Begins a call. The stage never fails, and ends within the limit or a little later. */
  CompletableFuture<Answer> call(List<String> arguments) {
    List<String> command = new ArrayList<>(engine.program());
    command.addAll(arguments);
    ProcessSpec.Builder spec =
        ProcessSpec.builder(command)
            .closeInputAtStart()
            .output(
                OutputSpec.lines()
                    .markers(frame -> MarkerRule.Meaning.NOISE)
                    .keeping(MOST_OUTPUT, 0));
    engine.environment().forEach(spec::env);
    String id = engine.name() + "-call-" + calls.incrementAndGet();
    RunContext context = new RunContext(id, 1, Work.of("engine", arguments.get(0)), "", limit);
    Call call = new Call();
    log.debug("{}: {}", id, arguments);
    ContainerHandle handle;
    try {
      handle = processes.spawn(spec.build(), context, call);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new Answer(-1, "", "", engine.name() + " could not be called: " + e));
    }
    call.handle.complete(handle);
    long timer = timers.later(strand, limit.toNanos(), () -> giveUp(arguments, call, handle));
    call.answer.thenRun(() -> timers.cancel(timer));
    return call.answer;
  }

  private void giveUp(List<String> arguments, Call call, ContainerHandle handle) {
    String problem = engine.name() + " " + arguments.get(0) + " did not end within " + limit;
    if (call.answer.complete(new Answer(-1, "", "", problem))) {
      log.warn("{} did not end within {}; killed", arguments, limit);
      handle.kill();
    }
  }

  private final class Call implements WorkerListener {
    private final CompletableFuture<ContainerHandle> handle = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private Call() {
      CompletableFuture.allOf(handle, exit, end).thenRun(() -> answer.complete(answer()));
    }

    private Answer answer() {
      var transcript = handle.join().transcript();
      String err = transcript.err().head();
      return new Answer(
          code(exit.join()),
          transcript.out().head(),
          err.length() > MOST_ERRORS ? err.substring(0, MOST_ERRORS) : err,
          "");
    }

    @Override
    public void spawnFailed(SpawnFailure failure) {
      answer.complete(
          new Answer(-1, "", "", engine.name() + " could not be called: " + failure.detail()));
    }

    @Override
    public void spawnUnknown(String detail) {
      answer.complete(new Answer(-1, "", "", detail));
    }

    @Override
    public void eof() {
      end.complete(null);
    }

    @Override
    public void exited(ExitStatus status) {
      exit.complete(status);
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

  /** The exit code as a shell would tell it. */
  static int code(@Nullable ExitStatus status) {
    if (status instanceof ExitStatus.Code code) {
      return code.code();
    }
    return status instanceof ExitStatus.Signal signal ? SIGNALLED + signal.number() : -1;
  }
}
