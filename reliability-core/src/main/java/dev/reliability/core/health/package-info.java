/**
 * How things stand, as far as the stores know.
 *
 * <p>This package owns the view of run locks (who works on what, since when, and whether for too
 * long) and the streaks of criteria: how often each failed, or was met, in a row. It refuses to own
 * the leases it shows, what a criterion means, and what is done about it. To look changes nothing:
 * looking a thousand times leaves every store as it was.
 */
@NullMarked
package dev.reliability.core.health;

import org.jspecify.annotations.NullMarked;
