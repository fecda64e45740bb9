/**
 * What this process started, written down so that the next one finds it, and what becomes of what
 * an earlier one left.
 *
 * <p>This package owns the {@link dev.reliability.container.orphan.Ledger}, a file per incarnation
 * that says before each start what is about to be started, and the {@link
 * dev.reliability.container.orphan.OrphanReaper}, which goes through the files of dead incarnations
 * and has what is left reported, stopped or adopted. It refuses to own how something is recognised
 * and stopped (an {@link dev.reliability.container.orphan.OrphanSource} per kind does), and run
 * records: those are the reconciler's.
 */
@NullMarked
package dev.reliability.container.orphan;

import org.jspecify.annotations.NullMarked;
