package dev.reliability.container.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few open files, to be given up when no more can be opened: without any, nobody can be looked
 * for or killed, since the table of processes is files, too. Best effort, as whoever is first gets
 * what was given up. Thread-safe.
 */
final class FileReserve {
  private static final Logger log = LoggerFactory.getLogger(FileReserve.class);
  private static final int FILES = 8;

  private final Deque<FileInputStream> kept = new ArrayDeque<>();
  private boolean told;

  FileReserve() {
    fill();
  }

  /** Opens again what was given up, as far as possible. */
  synchronized void fill() {
    try {
      while (kept.size() < FILES) {
        kept.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException none) {
      log.debug("No file can be opened", none);
    }
  }

  /**
   * Gives all up.
   *
   * @return false if there was nothing left to give up
   */
  synchronized boolean giveUp() {
    if (kept.isEmpty()) {
      return false;
    }
    if (told) {
      log.debug("No file can be opened any more, again");
    } else {
      told = true;
      log.warn("No file can be opened any more: those that were kept for this are given up");
    }
    for (FileInputStream file = kept.poll(); file != null; file = kept.poll()) {
      try {
        file.close();
      } catch (IOException e) {
        log.debug("A kept file could not be closed", e);
      }
    }
    return true;
  }
}
