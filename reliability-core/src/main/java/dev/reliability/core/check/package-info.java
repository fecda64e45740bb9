/**
 * What the host depends on, looked at before it starts and while it runs.
 *
 * <p>This package owns the checks ({@link dev.reliability.core.check.DependencyCheck}), the
 * preflight that makes all of them within bounds and lists every failure ({@link
 * dev.reliability.core.check.Preflight}), what may be shown of their output ({@link
 * dev.reliability.core.check.Masker}), and when a dependency that keeps failing wakes somebody
 * ({@link dev.reliability.core.check.DependencyEscalation}). It refuses to own what is done about a
 * failure, and the streaks in which failures are counted.
 */
@NullMarked
package dev.reliability.core.check;

import org.jspecify.annotations.NullMarked;
