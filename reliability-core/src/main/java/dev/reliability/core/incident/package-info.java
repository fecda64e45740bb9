/**
 * Incidents that stay open until there is evidence that they are over.
 *
 * <p>This package owns what is known of an incident ({@link
 * dev.reliability.core.incident.IncidentRegistry}): its changes, notes and evidence, none of which
 * is ever rewritten; the rule of when it may be closed ({@link
 * dev.reliability.core.incident.ClosurePolicy}, pure); and the criterion that something has not
 * happened for two days while its detector was alive ({@link dev.reliability.core.incident.Soak}).
 * It refuses to own the gates and the commands that make the evidence, and to close anything by
 * itself: a named person says so.
 */
@NullMarked
package dev.reliability.core.incident;

import org.jspecify.annotations.NullMarked;
