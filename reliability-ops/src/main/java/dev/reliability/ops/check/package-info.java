/**
 * Checks for a preflight that need more than core has.
 *
 * <p>This package owns the check by HTTP. It refuses to own the preflight, and clients: those are
 * the host's.
 */
@NullMarked
package dev.reliability.ops.check;

import org.jspecify.annotations.NullMarked;
