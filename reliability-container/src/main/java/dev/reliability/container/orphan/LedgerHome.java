package dev.reliability.container.orphan;

import java.io.IOException;

/** Where the files of ledgers are. */
interface LedgerHome {

  /** Makes and locks the file of a new incarnation, with its first line in it, on the disk. */
  LedgerFile create(String incarnation) throws IOException;

  /**
   * Puts another file in the place of a locked one; at each moment there is the old or the new one,
   * locked. The old one is closed.
   */
  LedgerFile rewrite(String incarnation, LedgerFile old, byte[] content) throws IOException;

  /** Whether the file still has its name: without it nobody finds what it says. */
  boolean isThere(String incarnation);

  /** Nothing is open in it: deletes it, and remembers that the incarnation is dead. */
  void retire(String incarnation, LedgerFile file) throws IOException;

  /** Unlocks and closes it; what is open in it is somebody else's to look after. */
  void leave(String incarnation, LedgerFile file) throws IOException;
}
