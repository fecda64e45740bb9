/**
 * What comes in: every intent is recorded before anybody looks at it, and then gets exactly one
 * verdict.
 *
 * <p>This package owns the order (intent, judgement, enqueueing, verdict), the closed set of
 * reasons to reject, and their events. It refuses to own what a payload means and who may send one:
 * the host's {@link dev.reliability.core.dispatch.DispatchRules} say.
 */
@NullMarked
package dev.reliability.core.dispatch;

import org.jspecify.annotations.NullMarked;
