package dev.reliability.core.event;

import java.time.Duration;

/**
 * The time-outs a run was held to (requirement B10): what was configured, and what followed from
 * it.
 *
 * @param noOutput from the confirmed spawn to the first valid marker
 * @param idle from the last progress to the closing of the worker's input
 * @param hardConfigured from the confirmed spawn to the end, as configured
 * @param hardEffective the one in force: max(configured, idle + the sum of the stop graces)
 * @param startDeadline from the first attempt to start to the confirmed spawn
 * @param linger from the final result to the worker's end
 */
public record TimeoutValues(
    Duration noOutput,
    Duration idle,
    Duration hardConfigured,
    Duration hardEffective,
    Duration startDeadline,
    Duration linger) {}
