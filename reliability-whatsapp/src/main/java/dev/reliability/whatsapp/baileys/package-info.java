/**
 * A socket on Baileys, the client library that speaks WhatsApp's own protocol.
 *
 * <p>This package owns the bridge: a process of Node, the lines that go to and from it, and the
 * scripts that it runs, which ship beside these classes. It refuses to own when to connect, what a
 * close means, and credentials: the bridge writes them where it is told to, and deletes none.
 */
@NullMarked
package dev.reliability.whatsapp.baileys;

import org.jspecify.annotations.NullMarked;
