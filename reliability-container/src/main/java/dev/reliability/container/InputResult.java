package dev.reliability.container;

/** What became of input for a worker. */
public enum InputResult {
  /** It will be written as soon as the worker takes it. */
  QUEUED,
  /** Too much is queued already: the worker does not read. Nothing of it was taken. */
  FULL,
  /** The input is closed, or the worker is gone. */
  CLOSED
}
