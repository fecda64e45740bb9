package dev.reliability.ops.analysis;

import java.time.Instant;

/**
 * Something that many failures have in common. Immutable.
 *
 * @param key what it is: a fingerprint, a lane, a reason
 * @param failures how often, and which
 * @param first when it was told first
 * @param last when it was told last
 */
public record Hotspot(String key, Cited failures, Instant first, Instant last) {}
