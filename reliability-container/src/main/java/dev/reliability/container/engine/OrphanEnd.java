package dev.reliability.container.engine;

import dev.reliability.container.engine.Seen.Found;
import dev.reliability.container.engine.Seen.NoAnswer;
import dev.reliability.container.orphan.Orphan;
import dev.reliability.core.run.StopReport;
import dev.reliability.core.runtime.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of one container that a dead incarnation left: the stop signal, a grace, kill, removal,
 * all by its full id; then whatever processes still work for it. One that the engine does not have
 * may be being made at this moment, or may have been cut off half made: it gets a little time to
 * come to something, because what is cut off is forgotten by its engine while its monitor lives on.
 */
final class OrphanEnd {
  private static final long MAKING_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MOST_DOUBLINGS = 4;

  private final ContainerServices services;
  private final Strand strand;
  private final OrphanCheck check;
  private final Orphan orphan;
  private final long graceNanos;
  private final @Nullable String id;
  private final long begin;

  OrphanEnd(
      ContainerServices services,
      Strand strand,
      OrphanCheck check,
      Orphan orphan,
      long graceNanos) {
    this.services = services;
    this.strand = strand;
    this.check = check;
    this.orphan = orphan;
    this.graceNanos = graceNanos;
    this.id = orphan.entry() == null ? null : EngineLedger.idOf(orphan.entry());
    this.begin = services.timers().nanos();
  }

  /** Begins; fails if the engine does not answer, or if it is not ours to end. */
  CompletionStage<StopReport> run() {
    return look(0);
  }

  private CompletionStage<StopReport> look(int looks) {
    return services
        .commands()
        .inspect(id == null ? orphan.name() : id)
        .thenComposeAsync(seen -> seen(seen, looks), strand);
  }

  private CompletionStage<StopReport> seen(Seen seen, int looks) {
    if (seen instanceof NoAnswer none) {
      throw new EngineException("container " + orphan.name() + ": " + none.why());
    }
    if (seen instanceof Found found) {
      EngineState state = check.ours(orphan, found.state());
      return askToEnd(state).thenComposeAsync(this::end, strand);
    }
    if (orphan.entry() == null) { // found by its labels, and gone since
      return CompletableFuture.completedFuture(StopReport.CLEAN);
    }
    return services
        .processesOf(Set.of(orphan.name()))
        .thenComposeAsync(
            working ->
                working.isEmpty() || services.timers().nanos() - begin >= MAKING_NANOS
                    ? endHalf()
                    : pause(looks).thenComposeAsync(over -> look(looks + 1), strand),
            strand);
  }

  // --- one that is there -------------------------------------------------------------------------

  private CompletionStage<EngineState> askToEnd(EngineState state) {
    if (!state.isRunning() || graceNanos == 0) {
      return CompletableFuture.completedFuture(state);
    }
    long asked = services.timers().nanos();
    return services
        .commands()
        .signal(state.id(), state.stopSignal())
        .thenComposeAsync(answer -> awaitEnd(state, asked, 0), strand);
  }

  private CompletionStage<EngineState> awaitEnd(EngineState last, long asked, int looks) {
    return services
        .commands()
        .inspect(last.id())
        .thenComposeAsync(
            seen -> {
              EngineState now = seen instanceof Found found ? found.state() : last;
              return !now.isRunning()
                      || seen instanceof Seen.Missing
                      || services.timers().nanos() - asked >= graceNanos
                  ? CompletableFuture.completedFuture(now)
                  : pause(looks).thenComposeAsync(over -> awaitEnd(now, asked, looks + 1), strand);
            },
            strand);
  }

  private CompletionStage<StopReport> end(EngineState state) {
    Removal.Known known = state.hasEnded() ? Removal.Known.ENDED : Removal.Known.THERE;
    return Removal.of(services.commands(), services.timers(), strand, state.id(), known)
        .thenCompose(this::withoutProcesses);
  }

  // --- one that is not ---------------------------------------------------------------------------

  /** Whoever makes it is killed, and what was made is removed by its name. */
  private CompletionStage<StopReport> endHalf() {
    CompletionStage<?> noneMakesIt = services.killCommandLines(orphan.name());
    if (id != null) { // it was whole once, and is gone: a name like its is somebody else's
      return noneMakesIt.thenCompose(left -> withoutProcesses(new Removal.Result(null, true, "")));
    }
    return noneMakesIt
        .thenComposeAsync(
            left ->
                Removal.of(
                    services.commands(),
                    services.timers(),
                    strand,
                    orphan.name(),
                    Removal.Known.MAYBE),
            strand)
        .thenCompose(
            result ->
                services
                    .commands()
                    .names() // no look shows half a container, but its name is taken
                    .thenCompose(
                        names ->
                            withoutProcesses(
                                names.contains(orphan.name())
                                    ? new Removal.Result(null, false, "its name is still taken")
                                    : result)));
  }

  private CompletionStage<StopReport> withoutProcesses(Removal.Result result) {
    return services
        .killCommandLines(orphan.name())
        .thenCombine(
            services.killMonitor(orphan.name()),
            (lines, monitors) -> {
              List<String> survivors = new ArrayList<>(result.report(orphan.name()).survivors());
              survivors.addAll(lines);
              survivors.addAll(monitors);
              return new StopReport("container", survivors, 0);
            });
  }

  private CompletableFuture<Void> pause(int looks) {
    long nanos = FIRST_PAUSE_NANOS << Math.min(looks, MOST_DOUBLINGS);
    return services.timers().within(strand, new CompletableFuture<>(), nanos);
  }
}
