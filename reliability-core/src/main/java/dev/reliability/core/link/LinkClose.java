package dev.reliability.core.link;

import java.time.Instant;

/**
 * One close of a link, as it is remembered (requirement C4).
 *
 * @param at when, by the wall clock
 * @param generation which connection it was
 * @param reason why
 * @param wasOpen whether it had been open
 */
public record LinkClose(Instant at, long generation, CloseReason reason, boolean wasOpen) {}
