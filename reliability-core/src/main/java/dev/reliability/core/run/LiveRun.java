package dev.reliability.core.run;

import dev.reliability.core.event.RunState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run that has not ended, as seen at one moment.
 *
 * @param run its id
 * @param work what it is about
 * @param state {@code queued} or {@code running}
 * @param worker the worker's name, once it is confirmed
 * @param age since it was submitted
 * @param sinceProgress since the last valid marker, or null if there was none
 * @param progressCount valid markers so far
 * @param outputBytes bytes of output so far
 */
public record LiveRun(
    String run,
    Work work,
    RunState state,
    @Nullable String worker,
    Duration age,
    @Nullable Duration sinceProgress,
    long progressCount,
    long outputBytes) {}
