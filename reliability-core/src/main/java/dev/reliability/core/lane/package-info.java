/**
 * Lanes that stop when the same thing keeps failing: fingerprints of failures, the breaker that
 * counts them, pause and resume.
 *
 * <p>This package owns what makes two failures the same, when a lane is paused because of it, and
 * that somebody is asked to look into it at least once per episode. It refuses to own the pause
 * itself (the lease store checks it in the step of the claim), what a failure is (the host and the
 * supervisor say), and what is done about it (the host's hook).
 */
@NullMarked
package dev.reliability.core.lane;

import org.jspecify.annotations.NullMarked;
