/**
 * What a user writes: the smallest program, and the story of every way in which a worker goes
 * wrong, on real processes.
 *
 * <p>This package owns nothing that a library should: no rule, no timer, no thread. It refuses to
 * know any internals; what it needs beyond the public API would be a fault of that API.
 */
@NullMarked
package dev.reliability.examples;

import org.jspecify.annotations.NullMarked;
