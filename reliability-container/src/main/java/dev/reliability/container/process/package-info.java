/**
 * Workers that are plain processes: started in a session of their own, drained, framed, and stopped
 * with all that belongs to them.
 *
 * <p>This package owns the start of a process and the classification of starts that fail, the two
 * threads that read each process's output, the cutting of output into frames within fixed memory,
 * the writer of its input, and the kill that reaches the whole session without starting another
 * process. It owns the fences around a process, too: its session, and where it is asked for and
 * there, a pid namespace or a control group. It refuses to own when and why something is stopped
 * (the supervisor decides) and what a frame means (the host's rule says). A process that leaves its
 * session, where that is the fence, is reported, not hunted. Only what an earlier JVM left is
 * hunted by the variable in its environment, too, since nobody else would ever look for it.
 */
@NullMarked
package dev.reliability.container.process;

import org.jspecify.annotations.NullMarked;
