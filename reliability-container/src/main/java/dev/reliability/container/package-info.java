/**
 * Workers outside this process: what can be started, how it is watched and how it is stopped,
 * whatever runs it.
 *
 * <p>This package owns the {@link dev.reliability.container.ContainerRuntime} interface that
 * runtimes implement, and the words they share: how output is cut into frames, what is kept of it,
 * what went wrong in it. It refuses to own any particular way to run something (processes have
 * their own package), when a worker is stopped and why (the supervisor decides), and what output
 * means (the host's rule says).
 */
@NullMarked
package dev.reliability.container;

import org.jspecify.annotations.NullMarked;
