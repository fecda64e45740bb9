package dev.reliability.core.link;

/** Told what becomes of one connection. Thread-safe; returns at once. */
public interface LinkListener {

  /** It is open: whatever the other side wants before it takes messages is over. */
  void opened();

  /**
   * Something came from the other side, on the transport: a frame, a ping, an answer. May be called
   * as often as frames come.
   */
  void activity();

  /**
   * It waits for a person, who for example is to read a code with a telephone, or does so no
   * longer. Meanwhile the connect deadline stands still.
   */
  void pairing(boolean waits);

  /** It closed, or could not be opened. The last thing that is told. */
  void closed(CloseReason reason);
}
