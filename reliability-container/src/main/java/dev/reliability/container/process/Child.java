package dev.reliability.container.process;

/**
 * A process that was started.
 *
 * @param process what the JDK says of it. Its own means to destroy are never used: they close
 *     pipes, which can block
 * @param fence what belongs to it
 * @param wrapper the name of the program that first makes the session and then becomes the wanted
 *     one; empty if there is none
 * @param program the name of the wanted program
 */
record Child(Process process, Fence fence, String wrapper, String program) {

  /** What people call it. */
  String name() {
    return "pid " + process.pid();
  }
}
