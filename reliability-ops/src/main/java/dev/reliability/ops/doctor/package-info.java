/**
 * Which safeguards are on, and whether what went wrong can happen again.
 *
 * <p>This package owns the safeguards, what shows in a journal that one was really in force, and
 * what follows from it. It refuses to take a setting for a proof, and to look at anything but
 * events: what stores, disks and dependencies say is handed in.
 */
@NullMarked
package dev.reliability.ops.doctor;

import org.jspecify.annotations.NullMarked;
