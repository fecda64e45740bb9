package dev.reliability.core.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was last known of the link (the socket) when something happened elsewhere (requirement B10).
 *
 * @param state the link's state in its own words, such as {@code open} or {@code connecting}
 * @param reason why it last closed, if it did
 * @param reconnectAttempt the reconnect attempts since it was last open
 * @param since since when it has been in this state
 */
public record LinkSnapshot(
    String state, @Nullable String reason, int reconnectAttempt, @Nullable Instant since) {}
