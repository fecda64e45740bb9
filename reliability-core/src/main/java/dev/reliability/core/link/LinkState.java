package dev.reliability.core.link;

import java.util.Locale;

/** What a supervised link is doing. */
public enum LinkState {
  /** Nobody has started it yet. */
  IDLE,
  /** It is being connected, until the connect deadline. */
  CONNECTING,
  /** It waits for a person to pair it; the connect deadline stands still. */
  PAIRING,
  /** It is open. */
  OPEN,
  /** It is being closed, until the close time-out. */
  CLOSING,
  /** It will be connected again after a delay. */
  WAITING,
  /** It will be connected again after a cooldown. */
  COOLDOWN,
  /** It stays closed until somebody resumes it. */
  STOPPED;

  /** The spelling that leaves the process, such as {@code cooldown}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
