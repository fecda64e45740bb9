/**
 * Links that close, and when they are connected again.
 *
 * <p>This package owns what a close means ({@link dev.reliability.core.link.CloseClass}), the pure
 * rules of reconnecting ({@link dev.reliability.core.link.LinkPolicy}, {@link
 * dev.reliability.core.link.BurstCooldown}) and the shell that acts on them ({@link
 * dev.reliability.core.link.LinkSupervisor}): one connection at a time, deadlines, probes, and what
 * is told of all that. It refuses to own transports and protocols (an adapter has them, and says of
 * each close which class it is of), credentials, and messages.
 */
@NullMarked
package dev.reliability.core.link;

import org.jspecify.annotations.NullMarked;
