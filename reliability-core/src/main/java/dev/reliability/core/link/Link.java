package dev.reliability.core.link;

/**
 * Something that is connected to somewhere else, such as a socket. Implementations are safe for use
 * by many threads; no method blocks. {@code LinkContract} in the test kit checks what is promised
 * here.
 *
 * <p>After {@link #connect} exactly one {@link LinkListener#closed} is told at the end, also if it
 * never opened. Nothing is told to a listener after that.
 */
public interface Link {

  /**
   * Begins to connect and returns at once. Not called again before the last connection told that it
   * closed, or did not do so in time after it was asked to: whatever is left of that one is then to
   * be thrown away.
   *
   * @param generation which connection this is; grows with each
   * @param listener to be told what becomes of it, from any thread
   */
  void connect(long generation, LinkListener listener);

  /**
   * Closes the connection of that generation, or gives up connecting. Does nothing if it closed
   * already, or if another one has taken its place.
   */
  void close(long generation);

  /**
   * Asks the other side for a sign of life, to be told as {@link LinkListener#activity}.
   *
   * @return whether it was asked; a link that says no, as all do by default, is never taken for
   *     dead because it is quiet
   */
  default boolean probe(long generation) {
    return false;
  }
}
