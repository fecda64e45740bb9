package dev.reliability.container.engine;

import dev.reliability.container.ContainerHandle;
import dev.reliability.container.engine.EngineRules.After;
import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.core.run.ExitStatus;
import dev.reliability.core.run.SpawnFailure;
import dev.reliability.core.run.SpawnFailure.Kind;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Strand;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One container from the wish to start it to its removal. The child process that carries its pipes
 * is a means only: whether the container is up, how it ended and whether it is gone, the engine
 * says. Everything is decided on one strand, which never waits.
 */
final class ContainerLife {
  static final StopReport STEP_TAKEN = new StopReport("container", List.of(), 0);
  private static final int LOOKS_ONCE_UP = 5;

  /** How long the child may take to read the last output once its container is gone. */
  private static final long CHILD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long a start under way may take to come to something once it is to be killed. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final int ROUNDS_BEFORE_STALE = 2;

  private enum Phase {
    STARTING,
    UP,
    /** The engine did not say whether it is up, and that was told. */
    UNKNOWN,
    ENDED
  }

  private final ContainerServices services;
  private final OptionalLong memory;
  private final String name;
  private final String target; // its name, or its id if that is known from the start
  private final EngineLedger.Page page;
  private final Gate gate;
  private final Strand strand;
  private final VariablesFile variables;
  private final Remover remover;
  private final CompletableFuture<ContainerHandle> child = new CompletableFuture<>();
  private final CompletableFuture<Void> childOver = new CompletableFuture<>();
  private final CompletableFuture<Void> startOver =
      new CompletableFuture<>(); // whatever it came to

  // On the strand; the volatile ones are read by everybody.
  private volatile Phase phase = Phase.STARTING;
  private volatile @Nullable EngineState state;
  private @Nullable ExitStatus childExit;
  private boolean terminateWanted;
  private String lastWord = "it was not looked at yet";
  private int staleRounds;

  ContainerLife(
      ContainerServices services,
      OptionalLong memory,
      String name,
      String target,
      EngineLedger.Page page,
      VariablesFile variables,
      Gate gate,
      Strand strand) {
    this.services = services;
    this.memory = memory;
    this.name = name;
    this.target = target;
    this.page = page;
    this.variables = variables;
    this.gate = gate;
    this.strand = strand;
    this.remover = new Remover(services, strand, name, target);
  }

  Gate gate() {
    return gate;
  }

  Strand strand() {
    return strand;
  }

  /** The child that carries its pipes is being started. */
  void connect(ContainerHandle handle) {
    child.complete(handle);
    long timer =
        services.timers().later(strand, services.startTimeout().toNanos(), this::startTimedOut);
    gate.whenTold(() -> services.timers().cancel(timer));
  }

  ContainerHandle child() {
    return child.join();
  }

  // --- what the child does; on the strand ----------------------------------------------------

  /** Nothing was started at all. */
  void refused(SpawnFailure failure) {
    SpawnFailure unwritten = page.refusal();
    remover.nothingThere();
    childOver.complete(null);
    fail(unwritten == null ? failure : unwritten);
  }

  void childUp() {
    new StartLooks(services, target, strand, this::wantsLook, this::looked).begin();
  }

  void childExited(ExitStatus status) {
    childExit = status;
    childOver.complete(null);
    startOver.complete(null);
    new EndLooks(services, target, strand, this::isOpen, this::judge, this::decided).begin();
    forgetIfOver();
  }

  // --- the start -----------------------------------------------------------------------------

  private boolean wantsLook(int looks) {
    return childExit == null
        && (phase == Phase.STARTING
            || (phase == Phase.UP && state == null && looks <= LOOKS_ONCE_UP));
  }

  private void looked(Seen seen) {
    notice(seen);
    EngineState now = state;
    if (now != null && (now.isRunning() || now.hasEnded())) {
      up();
    }
  }

  private void notice(Seen seen) {
    if (seen instanceof Found found) {
      know(found.state());
      lastWord = "the engine calls it " + found.state().status();
    } else {
      lastWord = seen instanceof NoAnswer none ? none.why() : "the engine has no such container";
    }
  }

  private void know(EngineState now) {
    state = now;
    page.became(now.id());
  }

  /**
   * It is up: the engine says so, or something came out on standard output, which only a running
   * container can have put there.
   */
  void up() {
    if (phase == Phase.STARTING) {
      phase = Phase.UP;
      startOver.complete(null);
      variables.remove();
      gate.up(name);
      if (terminateWanted) {
        askToEnd();
      }
    }
  }

  private void startTimedOut() {
    if (phase == Phase.STARTING && !remover.isBusy()) {
      unknown("no start was confirmed within " + services.startTimeout() + ": " + lastWord);
    }
  }

  private void unknown(String detail) {
    tellUnknown(detail);
    kill(); // at once, whoever else wants it: nothing may be tried again before
  }

  private void tellUnknown(String detail) {
    phase = Phase.UNKNOWN;
    startOver.complete(null);
    variables.remove();
    gate.unknown(detail);
  }

  private void fail(SpawnFailure failure) {
    phase = Phase.ENDED;
    startOver.complete(null);
    variables.remove();
    gate.failed(failure);
    forgetIfOver();
  }

  // --- the end -------------------------------------------------------------------------------

  private boolean isOpen() {
    return phase == Phase.STARTING || phase == Phase.UP;
  }

  /** What the look at a container says whose child has ended. */
  private After judge(Seen seen) {
    notice(seen);
    int code = EngineCli.code(childExit);
    String errors = child().transcript().err().text();
    return EngineRules.afterCli(phase == Phase.UP, code, errors, seen, memory);
  }

  private void decided(After after) {
    if (after instanceof After.Ended ended) {
      up();
      end(ended.status());
    } else if (after instanceof After.Failed failed) {
      failedToStart(failed);
    } else {
      lost(after);
    }
  }

  private void failedToStart(After.Failed failed) {
    if (!failed.left()) {
      remover.nothingThere();
      fail(failed.failure());
      return;
    }
    removed()
        .thenAccept(
            result -> {
              if (phase != Phase.STARTING) {
                return;
              }
              if (result.isGone()) {
                fail(failed.failure());
              } else {
                unknown(failed.failure().detail() + "; what was made is left: " + result.why());
              }
            });
  }

  /** Nobody reads it any more, or nobody can tell what it does: it is ended through the engine. */
  private void lost(After after) {
    String why = EngineRules.whyLost(after, EngineCli.code(childExit));
    if (after instanceof After.Running) {
      up();
    }
    if (phase == Phase.STARTING) {
      unknown(why);
      return;
    }
    removed()
        .thenAccept(
            result ->
                end(
                    new ExitStatus.Unknown(
                        "engine_lost: "
                            + why
                            + (result.isGone()
                                ? "; it was stopped and removed"
                                : "; it may still be running: " + result.why()))));
  }

  private void end(ExitStatus status) {
    if (phase == Phase.UP) {
      phase = Phase.ENDED;
      gate.exited(status);
      removed();
    }
  }

  /** Ends it and removes it, unless it is gone; the stage ends on the strand. */
  private CompletableFuture<Removal.Result> removed() {
    return remover
        .remove(known())
        .thenApply(
            result -> {
              forgetIfOver();
              return result;
            });
  }

  private Removal.Known known() {
    EngineState now = state;
    if (now != null && now.hasEnded()) {
      return Removal.Known.ENDED;
    }
    return now != null || phase == Phase.UP ? Removal.Known.THERE : Removal.Known.MAYBE;
  }

  private void forgetIfOver() {
    if (remover.isGone()
        && childOver.isDone()
        && (phase == Phase.ENDED || phase == Phase.UNKNOWN)) {
      page.gone();
      services.forget().accept(name);
    }
  }

  // --- for the watch; on the strand ------------------------------------------------------------

  /** What the engine has of it at the moment; null for nothing. */
  void seenByWatch(@Nullable EngineState now) {
    if (now != null) {
      know(now);
    }
    boolean stale = phase == Phase.UP && childExit == null && (now == null || now.hasEnded());
    staleRounds = stale ? staleRounds + 1 : 0;
    if (staleRounds >= ROUNDS_BEFORE_STALE) {
      child().kill(); // it should have noticed long since: it hangs
    } else if ((phase == Phase.ENDED || phase == Phase.UNKNOWN) && !remover.isGone()) {
      removed();
    }
  }

  // --- for those who stop it -------------------------------------------------------------------

  /** Sends the stop signal, now or once it is up. On the strand. */
  CompletableFuture<StopReport> askToEnd() {
    terminateWanted = true;
    if (phase != Phase.UP) {
      return CompletableFuture.completedFuture(STEP_TAKEN);
    }
    EngineState known = state;
    return services
        .commands()
        .signal(target, known == null ? "TERM" : known.stopSignal())
        .thenApply(answer -> STEP_TAKEN);
  }

  /**
   * Kills and removes it, from any thread; the stage ends when that is done, or given up.
   *
   * <p>A start that is under way gets a little time to come to something: a child that is killed
   * while it makes its container leaves half a one, of which the engine knows nothing.
   */
  CompletionStage<StopReport> kill() {
    return services
        .timers()
        .within(strand, startOver, START_NANOS)
        .thenComposeAsync(over -> phase == Phase.UP ? removed() : cut(), strand)
        .thenComposeAsync(this::killed, strand);
  }

  /** Kills the child and its container, which may be half made, and what watches over that. */
  private CompletionStage<Removal.Result> cut() {
    if (phase != Phase.ENDED) {
      remover.cutOff();
    }
    return child()
        .kill()
        .exceptionally(failed -> StopReport.CLEAN)
        .thenComposeAsync(killed -> removed(), strand);
  }

  private CompletionStage<StopReport> killed(Removal.Result result) {
    if (phase == Phase.STARTING && result.isGone()) {
      fail(new SpawnFailure(Kind.OTHER, "killed before it was up"));
    } else if (phase == Phase.STARTING) {
      tellUnknown("killed before it was up, and perhaps in vain: " + result.why());
    }
    return services
        .timers()
        .within(strand, childOver, CHILD_NANOS)
        .thenCompose(over -> child().kill())
        .thenApplyAsync(
            pipes -> {
              if (result.isGone()) {
                end(EngineRules.killed(result.last(), memory));
              }
              StopReport report = result.report(name);
              return new StopReport(report.guarantee(), report.survivors(), pipes.pipesAbandoned());
            },
            strand);
  }

  String name() {
    return name;
  }

  /** What the engine said of it last; null if it did not yet. */
  @Nullable EngineState state() {
    return state;
  }

  boolean isStarting() {
    return phase == Phase.STARTING;
  }

  boolean isUp() {
    return phase == Phase.UP;
  }
}
