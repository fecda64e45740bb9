/**
 * A clock that stands still until it is told to move, and a whole simulated world around it.
 *
 * <p>This package owns virtual time: the {@link dev.reliability.testkit.world.FakeClock}, the order
 * in which a {@link dev.reliability.testkit.world.World} runs what is due, the {@link
 * dev.reliability.testkit.world.Node} that stands still or crashes while others go on, its {@link
 * dev.reliability.testkit.world.Connection} to what outlives it, and the proof (a trace hash) that
 * two runs were the same. It refuses to own any fake of a worker, a link or a store, and any
 * assertion about them: it moves time, runs tasks and loses calls, and what that means is the
 * test's to say.
 */
@NullMarked
package dev.reliability.testkit.world;

import org.jspecify.annotations.NullMarked;
