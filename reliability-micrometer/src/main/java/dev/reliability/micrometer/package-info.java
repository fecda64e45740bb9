/**
 * Meters, and whom to wake because of them.
 *
 * <p>This package owns which meters there are and under which names ({@link
 * dev.reliability.micrometer.ReliabilityMeters}), the rules of alerts that are made of them ({@link
 * dev.reliability.micrometer.AlertRules}) and the dashboard that shows them ({@link
 * dev.reliability.micrometer.Dashboard}). It refuses to own what happened (that is told in events,
 * and nothing is measured that no event tells), and how meters leave the process.
 */
@NullMarked
package dev.reliability.micrometer;

import org.jspecify.annotations.NullMarked;
