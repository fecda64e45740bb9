package dev.reliability.core.link;

import java.util.Locale;

/** What a close of a link means for whoever would connect again. */
public enum CloseClass {
  /** Try again after a delay. What is not known is of this class. */
  RETRY(false),
  /** Try again at once; honoured once per burst window and not counted, else as {@link #RETRY}. */
  RETRY_IMMEDIATELY(false),
  /** Try again after a cooldown. */
  COOL_DOWN(false),
  /** Closed from this side, as somebody here asked for. */
  LOCAL(true),
  /** The account is not logged in any more. */
  STOP_LOGGED_OUT(true),
  /** Somebody else logged in with the same session: trying again would throw that one out. */
  STOP_REPLACED(true),
  /** The account was banned. */
  STOP_BANNED(true),
  /** This client is too old. */
  STOP_OUTDATED(true),
  /** The other side will never accept what it was sent. */
  STOP_CONFIG(true),
  /** Nobody paired in time. */
  PAIRING_EXPIRED(true);

  private final boolean isFinal;

  CloseClass(boolean isFinal) {
    this.isFinal = isFinal;
  }

  /** Whether nobody connects again until an operator or the host says so. */
  public boolean isFinal() {
    return isFinal;
  }

  /** The spelling that leaves the process, such as {@code stop_replaced}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
