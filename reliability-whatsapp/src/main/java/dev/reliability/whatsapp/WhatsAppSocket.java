package dev.reliability.whatsapp;

import dev.reliability.core.link.Link;
import java.util.function.Consumer;

/**
 * A link that carries messages. Implementations are safe for use by many threads, and no method but
 * {@link #close()} blocks. {@code WhatsAppSocketContract}, in this module's test-jar, checks what
 * is promised here.
 */
public interface WhatsAppSocket extends Link, AutoCloseable {

  /**
   * Hands a message over, on the connection that is open now.
   *
   * @param message what to send; its id is the receipt's, and the one under which WhatsApp knows it
   *     where the way there has ids
   * @param result told exactly once what became of it, from any thread; at the latest when the
   *     connection closes, and then before that is told
   */
  void send(OutgoingMessage message, Consumer<? super SendResult> result);

  /** Closes what is open, and gives everything back. The socket cannot be connected again. */
  @Override
  void close();
}
