/**
 * How things stand, as far as the stores know, and whether that will do.
 *
 * <p>This package owns the view of run locks (who works on what, since when, and whether for too
 * long), the streaks of criteria (how often each failed, or was met, in a row), signals and when
 * they are stale, and what a gate of both says. It refuses to own the leases it shows, what a
 * criterion means (the host's probes say), and what is done about a verdict. To look changes
 * nothing: looking a thousand times leaves every store as it was.
 */
@NullMarked
package dev.reliability.core.health;

import org.jspecify.annotations.NullMarked;
