/**
 * Workers that are containers, run through the command line of an engine: docker, podman, nerdctl.
 *
 * <p>This package owns the arguments of such a command line (what differs between engines is data),
 * the confirmation of a start and of an end by the engine's own word, the removal of a container
 * that is confirmed before its place is free, what to make of an engine that does not answer, and
 * which containers dead incarnations left, how they are ended, and how they are attached to again.
 * It refuses to own the pipes and processes of the command line itself (the process package has
 * them), when and why a worker is stopped (the supervisor decides), images (they must be there
 * already) and what other owners run on the same engine.
 */
@NullMarked
package dev.reliability.container.engine;

import org.jspecify.annotations.NullMarked;
