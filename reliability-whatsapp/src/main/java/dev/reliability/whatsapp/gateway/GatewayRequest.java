package dev.reliability.whatsapp.gateway;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway is asked over HTTP: a POST with a body of JSON, or a GET. Immutable. Its {@link
 * #toString} shows neither the body nor the query.
 *
 * @param uri where
 * @param json the body of a POST; null for a GET
 */
public record GatewayRequest(URI uri, @Nullable String json) {

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the body is empty
   */
  public GatewayRequest {
    Objects.requireNonNull(uri, "uri");
    if (json != null && json.isEmpty()) {
      throw new IllegalArgumentException("json: expected a body for a POST, got an empty one");
    }
  }

  /** A GET. */
  public static GatewayRequest get(URI uri) {
    return new GatewayRequest(uri, null);
  }

  /** A POST. */
  public static GatewayRequest post(URI uri, String json) {
    return new GatewayRequest(uri, Objects.requireNonNull(json, "json"));
  }

  @Override
  public String toString() {
    return (json == null ? "GET " : "POST ") + uri.getHost() + uri.getPath();
  }
}
