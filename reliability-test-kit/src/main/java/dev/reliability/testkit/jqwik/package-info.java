/**
 * Generators for property tests. The only package here that needs jqwik, which is optional.
 *
 * <p>This package owns how {@linkplain dev.reliability.testkit.fault faults} are made up and how
 * they shrink. It refuses to own the faults themselves, so that a test without jqwik can still
 * write a schedule down and replay it.
 */
@NullMarked
package dev.reliability.testkit.jqwik;

import org.jspecify.annotations.NullMarked;
