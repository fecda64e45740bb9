/**
 * What holds now.
 *
 * <p>This package owns the small interfaces behind which current state is kept, the records they
 * carry, and their in-memory implementations. Every operation is one atomic step and may block; the
 * library calls stores on strands of their own, under a time limit. It refuses to own any rule
 * about when a state may change (it only refuses what the pure {@link
 * dev.reliability.core.store.RunLifecycle} refuses), and any history: that is in the events.
 */
@NullMarked
package dev.reliability.core.store;

import org.jspecify.annotations.NullMarked;
