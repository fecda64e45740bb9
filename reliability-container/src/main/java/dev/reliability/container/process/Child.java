package dev.reliability.container.process;

/**
 * A process that was started.
 *
 * @param process what the JDK says of it. Its own means to destroy are never used: they close
 *     pipes, which can block
 * @param fence what belongs to it
 * @param enclosure what stood before its command
 * @param program the name of the wanted program
 */
record Child(Process process, Fence fence, Enclosure enclosure, String program) {

  /** What people call it. */
  String name() {
    return "pid " + process.pid();
  }

  /** Whether what stood before the command has become the program, or has started it. */
  boolean isProgramUp() {
    ProcStat now = fence.program();
    return now != null && enclosure.isProgram(now, program); // if gone, its exit code tells
  }
}
