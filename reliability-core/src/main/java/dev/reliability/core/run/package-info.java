/**
 * Runs: one attempt of a worker at an item, from queued to an end that has a reason.
 *
 * <p>This package owns the {@link dev.reliability.core.run.Worker} interface that adapters
 * implement, the time-outs, the pure machine that decides what follows from each thing that happens
 * to a run, and the {@link dev.reliability.core.run.RunSupervisor}, the shell that owns timers and
 * handles and does what was decided. It refuses to own processes and containers (adapters do), what
 * a worker's output means (the host's predicate says), and retries of work that has been running.
 */
@NullMarked
package dev.reliability.core.run;

import org.jspecify.annotations.NullMarked;
