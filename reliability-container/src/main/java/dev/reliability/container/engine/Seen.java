package dev.reliability.container.engine;

/** What a look at one container came to. */
sealed interface Seen {

  /**
   * It is there.
   *
   * @param state what the engine says of it
   */
  record Found(EngineState state) implements Seen {}

  /** The engine says that there is no such container. */
  record Missing() implements Seen {}

  /**
   * The engine did not answer, or not in a way that means anything. Says nothing of the container.
   *
   * @param why what was seen instead
   */
  record NoAnswer(String why) implements Seen {}
}
