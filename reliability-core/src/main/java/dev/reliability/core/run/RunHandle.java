package dev.reliability.core.run;

import java.util.concurrent.CompletableFuture;

/**
 * A run that was submitted.
 *
 * @param id its id, unique; also if it was refused
 * @param outcome what becomes of it; never fails, and cancelling the future does not cancel the run
 */
public record RunHandle(String id, CompletableFuture<RunOutcome> outcome) {}
