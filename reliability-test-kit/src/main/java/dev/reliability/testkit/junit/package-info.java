/**
 * A simulated world as a parameter of a JUnit test.
 *
 * <p>This package owns the life of a {@link dev.reliability.testkit.world.World} around one test,
 * and what is printed when the test fails. It refuses to own anything that a test without JUnit
 * would want: that is in the world's own package.
 */
@NullMarked
package dev.reliability.testkit.junit;

import org.jspecify.annotations.NullMarked;
