/**
 * What can happen to clocks, processes and calls, as data.
 *
 * <p>This package owns faults and schedules of faults: values that can be generated, printed,
 * shrunk and replayed. It refuses to own any way of making them up (that is a generator's) and any
 * judgement of what a program should do about them.
 */
@NullMarked
package dev.reliability.testkit.fault;

import org.jspecify.annotations.NullMarked;
