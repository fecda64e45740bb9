/**
 * Workers that are only played, and the contract that real ones must keep.
 *
 * <p>This package owns the script of a worker that misbehaves on purpose ({@link
 * dev.reliability.testkit.worker.WorkerScript}), the worker that plays it on any runtime ({@link
 * dev.reliability.testkit.worker.FakeWorker}) and the suite of tests that every adapter's worker
 * passes ({@link dev.reliability.testkit.worker.WorkerContract}). It refuses to own time (the
 * runtime handed in has it) and any judgement of what a supervisor should do with such a worker.
 */
@NullMarked
package dev.reliability.testkit.worker;

import org.jspecify.annotations.NullMarked;
