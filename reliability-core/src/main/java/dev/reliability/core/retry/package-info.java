/**
 * How long to wait, and when to stop trying.
 *
 * <p>This package owns the pure arithmetic of delays ({@link dev.reliability.core.retry.Backoff})
 * and of bounds ({@link dev.reliability.core.retry.RetryPolicy}). It refuses to own the trying
 * itself: it reads no clock, holds no timer and calls nobody. A policy without both a bound on
 * attempts and a bound on elapsed time cannot be written down (requirement N1).
 */
@NullMarked
package dev.reliability.core.retry;

import org.jspecify.annotations.NullMarked;
