package dev.reliability.container.process;

/**
 * One process as a table of processes shows it. A pid alone names nobody, since it is given out
 * again: pid and start together do.
 *
 * @param pid its id
 * @param name its short name
 * @param state its state as {@code /proc} spells it
 * @param parent its parent's pid
 * @param session its session's id; -1 if the system does not tell
 * @param threads how many threads it has
 * @param start when it started, in units of the table it comes from
 */
record ProcStat(
    long pid, String name, char state, long parent, long session, long threads, long start) {

  /** A zombie is dead, unless only its first thread ended. */
  boolean isDead() {
    return state == 'X' || state == 'x' || (state == 'Z' && threads <= 1);
  }

  boolean isSameAs(ProcStat other) {
    return pid == other.pid && start == other.start;
  }

  /** Such as {@code pid 4711 (sleep)}. */
  String describe() {
    return "pid " + pid + " (" + name + ")";
  }
}
