package dev.reliability.whatsapp;

/**
 * Told what comes over a {@link WhatsAppSocket}, beside what its {@link
 * dev.reliability.core.link.LinkListener} is told. All calls come on one strand for the host's
 * code, one at a time, in their order; one that takes long holds up the messages behind it, and
 * nothing else. What it throws is logged and harms nobody.
 */
public interface WhatsAppListener {

  /**
   * A message came. The other side has been told that it was received, so it does not come again if
   * this process is killed: keep it before anything else. One that was kept may come again after a
   * crash, under the same id and chat.
   */
  default void message(IncomingMessage message) {}

  /** A code to be read with a telephone, as the text that the picture encodes. */
  default void qr(String code) {}

  /** A code to be typed into a telephone. */
  default void pairingCode(String code) {}

  /** This device was paired with an account. */
  default void paired(String account) {}

  /**
   * Messages came faster than this listener took them, and were dropped.
   *
   * @param count how many since the last call
   */
  default void dropped(long count) {}

  /**
   * The account may not do everything any more.
   *
   * @param what in the other side's words
   */
  default void restricted(String what) {}
}
