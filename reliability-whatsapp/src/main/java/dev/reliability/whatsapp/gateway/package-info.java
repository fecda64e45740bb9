/**
 * A socket on gateways that speak HTTP and tell the session's status over a WebSocket.
 *
 * <p>This package owns the connection to a gateway and WAHA's words; another gateway's words are a
 * {@link dev.reliability.whatsapp.gateway.GatewayMapper} of the host. It refuses to own the session
 * behind the gateway: starting, pairing and keeping it is the gateway's own work.
 */
@NullMarked
package dev.reliability.whatsapp.gateway;

import org.jspecify.annotations.NullMarked;
