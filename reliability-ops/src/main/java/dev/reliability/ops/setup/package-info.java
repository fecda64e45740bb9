/**
 * What an installation says of itself, in {@code reliability.json}: what it depends on, its gate,
 * and what is asked of its safeguards.
 *
 * <p>This package owns the form of that file and the checks that it declares. It refuses to own
 * what is done with them: verbs do that.
 */
@NullMarked
package dev.reliability.ops.setup;

import org.jspecify.annotations.NullMarked;
