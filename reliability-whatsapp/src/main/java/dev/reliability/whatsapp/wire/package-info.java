/**
 * JSON on wires, for this module alone: not exported.
 *
 * <p>This package owns reading and making it. It refuses to own what any of it means.
 */
@NullMarked
package dev.reliability.whatsapp.wire;

import org.jspecify.annotations.NullMarked;
