package dev.reliability.core.event;

/**
 * An event read from elsewhere whose type this version does not know. It is kept as it was.
 *
 * @param name the type's name as it was read
 * @param json the attributes as they were read: one JSON object
 */
public record UnknownEvent(String name, String json) implements EventData {}
