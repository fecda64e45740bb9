/**
 * Measures the library against its peers and against the least code that could do the same work.
 *
 * <p>Each row of {@code docs/performance.md} is one command: everything that is compared is
 * measured in one run, in turns, and only the ratios inside that run mean anything. This package
 * owns the rows and the way they are printed; it decides nothing about the library and nothing else
 * depends on it.
 */
@NullMarked
package dev.reliability.benchmarks;

import org.jspecify.annotations.NullMarked;
