package dev.reliability.journal;

/** What a journal waits for before it calls a line written. */
public enum Durability {
  /**
   * Lines are handed to the operating system: they outlive the process, not a loss of power. The
   * default.
   */
  OS,
  /**
   * Besides, whenever the writer has caught up it waits until the disk has them: they outlive a
   * loss of power.
   */
  FSYNC
}
