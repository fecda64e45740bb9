/**
 * The contract of {@link dev.reliability.container.ContainerRuntime}, for whoever implements it,
 * and a runtime that is only played.
 *
 * <p>This package owns the suite of tests that every runtime for containers passes ({@link
 * dev.reliability.container.contract.ContainerRuntimeContract}) and the fake that passes it in
 * simulated time ({@link dev.reliability.container.contract.FakeContainers}). It refuses to own
 * what a worker does once it is started: that is the contract of workers, in the test kit.
 */
@NullMarked
package dev.reliability.container.contract;

import org.jspecify.annotations.NullMarked;
