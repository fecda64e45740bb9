/**
 * How things stand, as far as the stores know.
 *
 * <p>This package owns the view of run locks: who works on what, since when, and whether for too
 * long. It refuses to own the leases it shows, and it changes nothing: looking a thousand times
 * leaves every store as it was.
 */
@NullMarked
package dev.reliability.core.health;

import org.jspecify.annotations.NullMarked;
