/**
 * The operators' page (requirements R1, R2, F1): who comes in, what each gets, and what is sent to
 * those who watch. It owns the rules of admission, the board of what is shown with its changes, and
 * the limits that keep a browser, a script or an attacker from holding it up. It does not know
 * where facts come from or how a lane is resumed: a {@link dev.reliability.ops.serve.Fleet} does;
 * and it parses no HTTP: Jetty does.
 */
@NullMarked
package dev.reliability.ops.serve;

import org.jspecify.annotations.NullMarked;
