package dev.reliability.journal;

import org.jspecify.annotations.Nullable;

/**
 * How a {@link JournalWriter} is doing. All counts are since it was opened.
 *
 * @param written events whose whole line was written
 * @param waiting events whose line waits in memory for the next batch, or for a disk that takes it
 * @param dropped events that will not be in the journal; a reader sees each as a gap
 * @param droppedSamples how many of the dropped ones were samples
 * @param failures attempts to write that failed
 * @param failing whether the last attempt failed
 * @param lastError what went wrong last, in words, or null if nothing ever did
 */
public record JournalStatus(
    long written,
    long waiting,
    long dropped,
    long droppedSamples,
    long failures,
    boolean failing,
    @Nullable String lastError) {}
