/**
 * The operator's command.
 *
 * <p>This package owns the verbs: what they take, what they print, as text or as one JSON document,
 * and with which code they exit. It refuses to own what they do: stores, gates, incidents and
 * analyses do that, and a verb that only looks writes nothing.
 */
@NullMarked
package dev.reliability.ops.cli;

import org.jspecify.annotations.NullMarked;
