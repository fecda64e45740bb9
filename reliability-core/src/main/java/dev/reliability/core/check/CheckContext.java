package dev.reliability.core.check;

import dev.reliability.core.runtime.ReliabilityRuntime;
import java.time.Duration;

/**
 * What a check is told about the attempt that begins.
 *
 * @param runtime for timers and strands
 * @param attempt which attempt it is, from 1
 * @param remaining how long it may take: then it is given up, its stage is cancelled, and it counts
 *     as one that hung
 * @param output takes what whatever is asked puts out while it is asked, so that it is there also
 *     when it hangs; keeps a bounded tail
 */
public record CheckContext(
    ReliabilityRuntime runtime, int attempt, Duration remaining, CheckOutput output) {}
