/**
 * What events say happened: whether two kinds of them go together, why nothing ran, how a lane and
 * each of its runs fared, what fails most, whether things are well.
 *
 * <pre>{@code
 * Window lastHour = Window.before(now, Duration.ofHours(1));
 * ZeroReport why = ExplainZero.builder(lastHour).now(now).build().of(events);
 * why.verdict();  // dispatch_suppression_bug, say
 * why.proof();    // what shows it: 1, [20260301T000000Z-0a1b2c3d#17]
 * }</pre>
 *
 * <p>This package owns the questions, the numbers that answer them, and the ids of the events that
 * each number was counted from. It refuses to own where events come from, how a report is printed,
 * and what holds now: that is read from the stores. Nothing here reads a clock, a file or a store.
 */
@NullMarked
package dev.reliability.ops.analysis;

import org.jspecify.annotations.NullMarked;
