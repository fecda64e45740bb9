package dev.reliability.core.retry;

import org.jspecify.annotations.Nullable;

/** An attempt gave a result that is as good as an error: stands for it among the errors. */
public final class RejectedResultException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int SHOWN = 200;

  private final transient @Nullable Object result;

  RejectedResultException(@Nullable Object result) {
    super("the result was not accepted: " + shown(result), null, false, false);
    this.result = result;
  }

  /** The result; null if that was the operation's. */
  public @Nullable Object result() {
    return result;
  }

  private static String shown(@Nullable Object result) {
    String text;
    try {
      text = String.valueOf(result);
    } catch (RuntimeException e) {
      text = "one that cannot be shown: " + e.getClass().getName();
    }
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
