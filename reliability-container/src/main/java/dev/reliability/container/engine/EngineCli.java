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
import dev.reliability.core.runtime.Scheduler;
import dev.reliability.core.runtime.Strand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short calls of an engine's command line. Each is a process of its own with a time limit, after
 * which it is killed with all that belongs to it; the caller never waits. There are only so many at
 * a time, so that hundreds of runs do not start hundreds of processes at once: the others wait in
 * their order, and are given up if their turn does not come within a few such limits.
 */
final class EngineCli {
  private static final Logger log = LoggerFactory.getLogger(EngineCli.class);
  private static final int MOST_OUTPUT = 16 * 1024 * 1024;
  private static final int MOST_ERRORS = 4 * 1024;
  private static final int SIGNALLED = 128;

  /** How many time limits of calls one may wait for its turn. */
  private static final int WAITS = 6;

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
  private final Turns<Call> turns;

  /**
   * Calls to {@code engine}.
   *
   * @param limit how long each may take, once it is its turn
   * @param most how many there may be at a time
   */
  EngineCli(
      Engine engine,
      ProcessRuntime processes,
      Timers timers,
      Strand strand,
      Duration limit,
      int most) {
    this.engine = engine;
    this.processes = processes;
    this.timers = timers;
    this.strand = strand;
    this.limit = limit;
    turns = new Turns<>(most);
  }

  /** Begins a call. The stage never fails, and ends within a few limits. */
  CompletableFuture<Answer> call(List<String> arguments) {
    Call call = new Call(arguments);
    if (turns.take(call)) {
      begin(call);
    } else {
      Duration patience = limit.multipliedBy(WAITS);
      call.timer = timers.later(strand, patience.toNanos(), () -> giveUpWaiting(call, patience));
    }
    return call.answer;
  }

  private void giveUpWaiting(Call call, Duration patience) {
    if (turns.leave(call)) {
      call.answer.complete(
          new Answer(
              -1, "", "", call + " had to wait behind other calls, and did so for " + patience));
    }
  }

  private void turnOver(Call call) {
    Call next = call.over.compareAndSet(false, true) ? turns.next() : null;
    if (next != null) {
      strand.execute(
          () -> {
            timers.cancel(next.timer);
            begin(next);
          });
    }
  }

  private void begin(Call call) {
    List<String> arguments = call.arguments;
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
    log.debug("{}: {}", id, arguments);
    ContainerHandle handle;
    try {
      handle = processes.spawn(spec.build(), context, call);
    } catch (RuntimeException e) {
      call.answer.complete(new Answer(-1, "", "", engine.name() + " could not be called: " + e));
      turnOver(call);
      return;
    }
    call.handle.complete(handle);
    long timer = timers.later(strand, limit.toNanos(), () -> giveUp(call, handle));
    call.answer.thenAccept(
        answer -> {
          timers.cancel(timer);
          if (!call.killed) {
            turnOver(call);
          }
        });
  }

  private void giveUp(Call call, ContainerHandle handle) {
    if (!call.answer.isDone()) {
      log.warn("{} did not end within {}; killed", call.arguments, limit);
      call.killed = true; // its turn is over once it is dead, or cannot be killed
      // Said before the kill, whose exit code would be taken for the answer.
      call.answer.complete(new Answer(-1, "", "", call + " did not end within " + limit));
      handle.kill().whenComplete((report, error) -> turnOver(call));
    }
  }

  private final class Call implements WorkerListener {
    private final List<String> arguments;
    private final CompletableFuture<ContainerHandle> handle = new CompletableFuture<>();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private volatile long timer = Scheduler.NO_TIMER;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean killed;

    private Call(List<String> arguments) {
      this.arguments = arguments;
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
    public String toString() {
      return engine.name() + " " + arguments.get(0);
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
