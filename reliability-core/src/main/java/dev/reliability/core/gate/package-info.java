/**
 * Gates: does it work, as of now, with everything that it needs, and did it do so twice with time
 * in between?
 *
 * <p>This package owns the judgement of a gate ({@link dev.reliability.core.gate.GateReport}, lines
 * that say PASS or FAIL with evidence), the gate of worker connectivity ({@link
 * dev.reliability.core.gate.ConnectivityGate}), and the history in which passes are counted ({@link
 * dev.reliability.core.gate.GateHistory}). It refuses to own what is judged: checks, probes and the
 * comparison of records with workers are handed in. Judging writes what it saw; looking at a
 * history writes nothing.
 */
@NullMarked
package dev.reliability.core.gate;

import org.jspecify.annotations.NullMarked;
