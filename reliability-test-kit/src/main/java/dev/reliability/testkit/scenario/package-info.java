/**
 * How workers go wrong, written down once and played everywhere.
 *
 * <p>This package owns the format of a scenario file, its reading into {@link
 * dev.reliability.testkit.scenario.Scenario}s, their two translations (a script for the fake
 * worker, and one for a POSIX shell) and the contract that every runtime's verdict is the file's.
 * It refuses to own the workers' start (the runtime under test does that) and the rules by which a
 * run ends.
 */
@NullMarked
package dev.reliability.testkit.scenario;

import org.jspecify.annotations.NullMarked;
