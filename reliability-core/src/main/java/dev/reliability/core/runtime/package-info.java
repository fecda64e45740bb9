/**
 * The only door to the outside clock.
 *
 * <p>This package owns time (wall and monotonic), timers, randomness and the serial queues
 * ("strands") on which everything else runs. Nothing outside it reads a clock, sleeps, waits with a
 * time limit or makes its own random numbers, so a test can replace the whole outside world by one
 * object. It refuses to own any rule: it does not know what a run, a lane or a link is, and it
 * never decides what a late timer or a jumped clock means.
 */
@NullMarked
package dev.reliability.core.runtime;

import org.jspecify.annotations.NullMarked;
