/**
 * How long to wait, when to stop trying, and the trying itself.
 *
 * <p>This package owns the pure arithmetic of delays ({@link dev.reliability.core.retry.Backoff})
 * and of bounds ({@link dev.reliability.core.retry.RetryPolicy}), and a shell that tries somebody's
 * operation under them ({@link dev.reliability.core.retry.Retry}). It refuses to judge what an
 * error means beyond what it was told, and to go on without an end: a policy without both a bound
 * on attempts and a bound on elapsed time cannot be written down (requirement N1).
 */
@NullMarked
package dev.reliability.core.retry;

import org.jspecify.annotations.NullMarked;
