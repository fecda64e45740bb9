package dev.reliability.core.check;

import java.util.Objects;
import java.util.function.Function;

/** What one attempt at a check came to. Immutable. */
public sealed interface CheckResult {

  /**
   * What is needed is there.
   *
   * @param detail what was seen, the same whenever the same is seen; may be empty
   */
  record Passed(String detail) implements CheckResult {
    /** Checks that nothing is null. */
    public Passed {
      Objects.requireNonNull(detail, "detail");
    }
  }

  /**
   * It is not.
   *
   * @param why in words, with the value that it is about
   * @param output the last that whatever was asked put out; empty for what the attempt appended to
   *     {@link CheckContext#output}
   */
  record Failed(String why, String output) implements CheckResult {
    /** Checks that nothing is null. */
    public Failed {
      Objects.requireNonNull(why, "why");
      Objects.requireNonNull(output, "output");
    }
  }

  /** It is there. */
  static CheckResult passed(String detail) {
    return new Passed(detail);
  }

  /** It is not, and there is no output but what was appended. */
  static CheckResult failed(String why) {
    return new Failed(why, "");
  }

  /** Applies the function that fits. */
  default <T> T fold(Function<Passed, T> passed, Function<Failed, T> failed) {
    return this instanceof Passed p ? passed.apply(p) : failed.apply((Failed) this);
  }
}
