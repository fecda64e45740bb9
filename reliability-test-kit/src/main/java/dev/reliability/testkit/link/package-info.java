/**
 * Links for tests: what a {@link dev.reliability.core.link.Link} promises, as a contract that every
 * adapter can extend, and a fake that goes wrong as it is told to.
 *
 * <p>This package owns the contract of core's own SPI and its fake. It refuses to own contracts of
 * what adapters add to it.
 */
@NullMarked
package dev.reliability.testkit.link;

import org.jspecify.annotations.NullMarked;
