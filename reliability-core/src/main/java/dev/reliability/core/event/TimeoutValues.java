package dev.reliability.core.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time-outs a run was held to (requirement B10): what was configured, and what followed from
 * it.
 *
 * @param noOutput from the confirmed spawn to the first valid marker
 * @param idle from the last progress to the closing of the worker's input
 * @param hardConfigured from the confirmed spawn to the end, as configured
 * @param hardEffective the one in force: max(configured, idle + the sum of the stop graces), or the
 *     run deadline of a job
 * @param startDeadline from the first attempt to start to the confirmed spawn
 * @param linger from the final result to the worker's end
 * @param runDeadline from the confirmed spawn to the end of a job, which the first three do not
 *     apply to; null if the run was not a job
 */
public record TimeoutValues(
    Duration noOutput,
    Duration idle,
    Duration hardConfigured,
    Duration hardEffective,
    Duration startDeadline,
    Duration linger,
    @Nullable Duration runDeadline) {}
