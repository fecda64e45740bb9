package dev.reliability.container.engine;

/** An engine did not answer, or not as it should, so that nobody can tell what is there. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }
}
