/**
 * What events say happened: whether two kinds of them go together, why nothing ran, how a lane and
 * each of its runs fared, what fails most, whether things are well.
 *
 * <p>This package owns the questions, the numbers that answer them, and the ids of the events that
 * each number was counted from. It refuses to own where events come from, how a report is printed,
 * and what holds now: that is read from the stores. Nothing here reads a clock, a file or a store.
 */
@NullMarked
package dev.reliability.ops.analysis;

import org.jspecify.annotations.NullMarked;
