/**
 * Records of runs against what is really there (requirements A4, S4).
 *
 * <p>This package owns the pure rules that tell a stale record from a fresh one and a worker that
 * nobody knows from one that somebody does, the {@link dev.reliability.core.reconcile.Reconciler}
 * that applies them, and the proof that it can fire. It refuses to own the workers themselves
 * (adapters list and kill them), the question which incarnations are dead (a ledger or the host
 * says), and items: a lease that nobody renews runs out by itself.
 */
@NullMarked
package dev.reliability.core.reconcile;

import org.jspecify.annotations.NullMarked;
