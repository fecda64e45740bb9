/**
 * Guards against doing a thing twice: claims and completions with their events, the keeper of a
 * lease, budgets of side effects, the cursor of what was worked off.
 *
 * <p>This package owns what is said about a claim (events), when a lease is renewed and when its
 * holder is told of the loss, and the arithmetic of budgets. It refuses to own the atomic steps
 * (stores do), the work, and any retry of it.
 */
@NullMarked
package dev.reliability.core.guard;

import org.jspecify.annotations.NullMarked;
