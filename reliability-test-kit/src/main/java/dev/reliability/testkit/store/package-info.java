/**
 * The contracts of the stores that a user may replace.
 *
 * <p>This package owns the suites of tests that every store passes, whatever it keeps its data in:
 * {@link dev.reliability.testkit.store.LeaseStoreContract}, {@link
 * dev.reliability.testkit.store.StateStoreContract} and {@link
 * dev.reliability.testkit.store.RunStoreContract}. It refuses to own any store, and any clock: the
 * store's own clock is moved by whoever extends a suite.
 */
@NullMarked
package dev.reliability.testkit.store;

import org.jspecify.annotations.NullMarked;
