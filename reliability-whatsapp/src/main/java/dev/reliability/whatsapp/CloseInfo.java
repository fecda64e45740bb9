package dev.reliability.whatsapp;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a close: the number alone is not enough, and may be missing. Immutable.
 *
 * @param code the status code; null if there was none
 * @param message what the library said; empty if nothing
 * @param tag the name of the stream error, such as {@code conflict}; empty if there was none
 * @param attrs its attributes
 * @param httpStatus what the upgrade to a WebSocket was answered with, if not with 101; null else
 * @param isLocal whether this side asked for it
 */
public record CloseInfo(
    @Nullable Integer code,
    String message,
    String tag,
    Map<String, String> attrs,
    @Nullable Integer httpStatus,
    boolean isLocal) {

  /** Copies the attributes. */
  public CloseInfo {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(tag, "tag");
    attrs = Map.copyOf(attrs);
  }

  /** A close of which only a number and a message are known. */
  public static CloseInfo of(@Nullable Integer code, String message) {
    return new CloseInfo(code, message, "", Map.of(), null, false);
  }
}
