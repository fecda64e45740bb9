/**
 * Links to WhatsApp.
 *
 * <p>This package owns what a socket to WhatsApp is ({@link
 * dev.reliability.whatsapp.WhatsAppSocket}), what its closes mean ({@link
 * dev.reliability.whatsapp.CloseTable}), two sockets (the real client library behind a bridge, and
 * gateways that speak HTTP), and the {@link dev.reliability.whatsapp.Outbox} that loses no message
 * and sends none twice. It refuses to own when to connect again (that is core's {@link
 * dev.reliability.core.link.LinkSupervisor}), what messages say, and credentials: those are written
 * by the client library and never deleted.
 */
@NullMarked
package dev.reliability.whatsapp;

import org.jspecify.annotations.NullMarked;
