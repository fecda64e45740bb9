package dev.reliability.core.incident;

import java.time.Instant;

/**
 * Something that somebody wrote down. Immutable, and never rewritten.
 *
 * @param number its number in the incident, from 1
 * @param at when, wall time
 * @param by the person or program that wrote it
 * @param text what was written
 */
public record Note(long number, Instant at, String by, String text) {}
