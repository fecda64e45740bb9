package dev.reliability.core.incident;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something that was attached to an incident (requirements H1, H2). Immutable, and never rewritten.
 *
 * @param number its number in the incident, from 1
 * @param name what it is, such as {@code status}
 * @param at when it was attached, wall time
 * @param by the person or program that attached it
 * @param sha256 of its bytes, in hexadecimal digits
 * @param size in bytes
 * @param file where its bytes are
 */
public record Evidence(
    long number, String name, Instant at, String by, String sha256, long size, Path file) {}
