package dev.reliability.whatsapp.baileys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.whatsapp.wire.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BaileysSocket} is told, once checked.
 *
 * @param name the socket's own name
 * @param authDir where the credentials are
 * @param node the program that runs the bridge
 * @param baileys the client library
 * @param url what to connect to; null for WhatsApp itself
 * @param keepAlive between the client library's own pings; null for its default
 * @param codeLifetime for how long each QR code holds; null for the library's default
 * @param ping between pings of the bridge
 */
record BaileysOptions(
    String name,
    Path authDir,
    String node,
    Path baileys,
    @Nullable URI url,
    @Nullable Duration keepAlive,
    @Nullable Duration codeLifetime,
    Duration ping) {

  /** The first line to a bridge. */
  ObjectNode hello(int credit) {
    return Json.object()
        .put("baileys", baileys.toAbsolutePath().toString())
        .put("pingMs", ping.toMillis())
        .put("credit", credit);
  }

  /** The line that makes a connection. */
  ObjectNode connect(long generation) {
    ObjectNode line =
        Json.object().put("gen", generation).put("authDir", authDir.toAbsolutePath().toString());
    if (url != null) {
      line.put("url", url.toString());
    }
    if (keepAlive != null) {
      line.put("keepAliveMs", keepAlive.toMillis());
    }
    if (codeLifetime != null) {
      line.put("qrMs", codeLifetime.toMillis());
    }
    return line;
  }
}
