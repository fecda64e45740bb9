package dev.reliability.core.link;

/**
 * Something that is connected to somewhere else, such as a socket. Implementations are safe for use
 * by many threads; no method blocks.
 *
 * <p>After {@link #connect} exactly one {@link LinkListener#closed} is told at the end, also if it
 * never opened. Nothing is told to a listener after that.
 */
public interface Link {

  /**
   * Begins to connect and returns at once. Never called again before the last connection told that
   * it closed, or was given up.
   *
   * @param generation which connection this is, from 1; for logs and protocols
   * @param listener to be told what becomes of it, from any thread
   */
  void connect(long generation, LinkListener listener);

  /** Closes the connection, or gives up connecting. Does nothing if there is none. */
  void close();

  /**
   * Asks the other side for a sign of life, to be told as {@link LinkListener#activity}. Does
   * nothing by default.
   */
  default void probe() {}
}
