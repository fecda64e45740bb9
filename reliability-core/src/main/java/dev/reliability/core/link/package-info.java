/**
 * Links that close, and when they are connected again.
 *
 * <p>This package owns what a close means ({@link dev.reliability.core.link.CloseClass}) and the pure
 * rule of reconnecting ({@link dev.reliability.core.link.LinkPolicy}): delays, bursts, cooldowns,
 * stops. It refuses to own transports and protocols (an adapter has them, and says of each close
 * which class it is of), credentials, and messages.
 */
@NullMarked
package dev.reliability.core.link;

import org.jspecify.annotations.NullMarked;
